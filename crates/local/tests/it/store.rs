//! The strongly consistent store over real connections: replicas as tasks on loopback addresses.

mod journal;
mod logs;
mod majority;
mod races;
mod silence;
mod trio;
