//! Child processes: started, frozen, woken and killed; and none of them left when the supervisor is gone, however it
//! went.

mod child;
mod directory;
mod table;
mod warden;

pub use child::{NotStarted, Process};
pub(crate) use directory::SOCKET;
pub use directory::{Claimed, Directory};
pub use warden::{Ended, Warden, serve_warden};
