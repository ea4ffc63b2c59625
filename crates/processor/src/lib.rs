//! The simulated processor of cards: takes money once for each key, and fails in every way that a real one does.
//!
//! A value, [`CardProcessor`]: what is asked of it changes its books and gives back a [`Behaviour`], which says what it
//! answers and how the answer travels. Acting that out over HTTP or in a simulation, keeping the books on a disk and
//! the time are the caller's. What a card does is written on its token: [`CardToken`].

mod asked;
mod behaviour;
mod books;
mod entry;
mod script;

pub use asked::{Asked, CardToken, Wanted};
pub use behaviour::{Answer, Behaviour, Travel};
pub use books::{CardProcessor, Old, Terms};
pub use entry::{Decided, Entry, Moved};
