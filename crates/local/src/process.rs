//! Child processes: started, frozen, woken and killed; and none of them left when the supervisor is gone, however it
//! went.

mod child;
mod directory;
mod mounts;
mod table;
mod warden;

pub use child::{NotStarted, Process};
pub(crate) use directory::make_passable;
pub use directory::{Claimed, Directory, socket_in};
pub(crate) use mounts::{OWN_DISK, unmount};
pub use warden::{Ended, Warden, serve_warden};
