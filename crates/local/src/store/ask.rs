//! What clients ask of an endpoint, and what it answers.

use serde::{Deserialize, Serialize};

/// A question to the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoreAsk {
    /// What is stored under this key?
    Read { key: String },
    /// Store this if the condition holds. It is also well if this is what is stored.
    Put { key: String, condition: Condition, text: String },
    /// What is stored under the keys that begin so, after this one? Each as it was at some moment
    /// while this was answered, not all at the same.
    List { prefix: String, after: Option<String> },
}

/// What must be stored for a write to take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    /// Nothing.
    Absent,
    /// A JSON object whose member `revision` is this.
    Revision(u64),
    /// This text.
    Text(String),
}

/// What the store answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoreReply {
    /// This is stored.
    Stored { text: Option<String> },
    /// The write took place.
    Written,
    /// The condition does not hold: this is stored. The write did not take place; unless it is in
    /// doubt, because what it wrote may have been there in between.
    Holds { text: Option<String>, is_doubtful: bool },
    /// These are stored; perhaps more, after the last key that was looked at.
    Listed { items: Vec<(String, String)>, more_after: Option<String> },
    /// There is no majority that answers. A write may have taken place, or may yet, if it is in doubt.
    Failed { is_doubtful: bool, cause: String },
}

impl Condition {
    /// Whether it holds over what is stored.
    pub(super) fn holds(&self, stored: Option<&str>) -> bool {
        match (self, stored) {
            (Self::Absent, stored) => stored.is_none(),
            (Self::Revision(_) | Self::Text(_), None) => false,
            (Self::Revision(revision), Some(stored)) => revision_of(stored) == Some(*revision),
            (Self::Text(text), Some(stored)) => text == stored,
        }
    }
}

fn revision_of(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Revised {
        revision: u64,
    }
    serde_json::from_str::<Revised>(text).ok().map(|revised| revised.revision)
}
