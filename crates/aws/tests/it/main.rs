//! The adapters over real HTTP: DynamoDB in this process behind ways that can be broken, and an emulator of the rest.

mod automatic;
mod clock;
mod double;
mod fence_over_table;
mod intents;
mod items;
mod journal;
mod messages;
mod pages;
mod pays;
mod roots;
mod samples;
mod secrets;
mod waits;
