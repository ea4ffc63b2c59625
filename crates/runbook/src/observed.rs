//! What the world answers to an action: everything that a later decision rests on.

use std::collections::BTreeMap;
use std::fmt;

use fence::{Epoch, Millis};

use crate::notes::Notes;

/// What was seen of an action that succeeded. Having found it done already is a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// It is done; there is nothing to tell.
    Done,
    /// It is done, and this was seen or kept besides.
    Noted(Notes),
    /// What was known before the loss was decided.
    Evidence(Evidence),
    /// The source's end.
    Tail(Tail),
    /// The target's database as it was verified.
    Database(Tail),
    /// The epoch row of the ledger.
    Epoch(Epoch),
    /// How many movements were put in quarantine, or are left in it.
    Movements(u64),
    /// How many people approved.
    Approved(u32),
}

/// What is known of the loss before it is decided about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How far the standby's database was behind, in milliseconds, when that was seen last.
    pub lag_ms: Option<u64>,
    /// When it was that far behind, where that was measured before it was asked for: since then it may have fallen
    /// further behind.
    pub lag_at: Option<Millis>,
    /// How many intents the standby's ledger has not, if they could be counted.
    pub intents_missing: Option<u64>,
    /// Which these are, the first of them where they are many.
    pub named: Vec<String>,
    /// Their money, in minor units by currency, where it was added up.
    pub money: BTreeMap<String, u64>,
}

/// Where a ledger ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tail {
    /// Its position, as a number that only grows; none where the engine does not tell.
    pub position: Option<u64>,
    /// How many movements it has.
    pub movements: u64,
    /// How many faults its books have.
    pub faults: u64,
}

/// Why an attempt of an action did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may or may not have happened, or does not work now: to be done again.
    TryAgain(String),
    /// No answer within the time limit: to be done again.
    TimedOut,
    /// It did not happen, and will not by being asked for again.
    Refused(Refused, String),
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refused {
    /// Another run has begun since, and this one is over: it may not touch anything any more.
    Superseded,
    /// The control record does not allow it.
    Record,
    /// A precondition does not hold any more.
    Precondition,
    /// The databases' versions do not allow it.
    Versions,
    /// The database was not moved, and no move of it is under way.
    NothingMoved,
    /// The database is not what it should be: not a writer, behind, or its books are broken.
    Database,
    /// Anything else that does not change by itself.
    Other,
}

impl Refused {
    /// The word in journals.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Record => "record",
            Self::Precondition => "precondition",
            Self::Versions => "versions",
            Self::NothingMoved => "nothing-moved",
            Self::Database => "database",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TryAgain(cause) => write!(f, "not done yet: {cause}"),
            Self::TimedOut => f.write_str("no answer within the time limit"),
            Self::Refused(_, cause) => write!(f, "refused: {cause}"),
        }
    }
}

impl std::error::Error for Failure {}
