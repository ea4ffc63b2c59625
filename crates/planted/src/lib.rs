//! Mistakes that can be planted in the code, one at a time, so that the drill shows that it finds
//! each of them.
//!
//! Every [`Bug`] is one that a tired engineer could make; the code asks [`is_planted`] at the very
//! place where it would be made. Without the feature `planted-bugs` the answer is a constant, no
//! branch is left and nothing can be planted. The program that is released is built without it.

mod bug;
mod planting;

pub use bug::Bug;
pub use planting::is_planted;
#[cfg(feature = "planted-bugs")]
pub use planting::{PLANTED_BUG, while_planted};
