//! The adapters over real HTTP: DynamoDB in this process behind ways that can be broken, and an emulator of the rest.

mod roots;
