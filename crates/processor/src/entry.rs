//! What the processor's books hold, as plain data that a shell can keep on a disk.

use payments::{Money, Time, Verdict};

use crate::asked::Wanted;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing was done under it.
    Unseen {
        /// Since when it is asked about.
        asked_since: Option<Time>,
        /// How many calls were not taken.
        not_taken: u32,
    },
    /// Nothing was done under it, and nothing will be.
    Closed,
    /// The last word is said.
    Decided(Decided),
}

/// What was decided under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What was asked.
    pub wanted: Wanted,
    /// How much.
    pub money: Money,
    /// When.
    pub at: Time,
    /// The last word.
    pub verdict: Verdict,
    /// For how many asks it is still said to be at work.
    pub pending: u32,
}

/// Money that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Under which key.
    pub key: String,
    /// Whether it was taken or given back.
    pub wanted: Wanted,
    /// How much.
    pub money: Money,
}
