//! Questions and answers, and their form between a run and the function that it asks.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use report::Movement;
use runbook::{Evidence, Failure, Observed, Refused, Tail};
use serde::{Deserialize, Serialize};
use stores::Standing;

/// What is asked of the ledger of one Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// That its tables be those of this version.
    Migrate,
    /// How it stands.
    Standing,
    /// Where it ends, if it takes writes, and whether its books are whole.
    Tail,
    /// How many events wait in its outbox.
    Outbox,
    /// How many intents from before this epoch it lacks.
    Missing {
        /// The epoch of the run.
        epoch: u64,
    },
    /// What was held under this epoch, and what became of that: a page, after the one of this id.
    Recovered {
        /// The epoch of the run.
        epoch: u64,
        /// The last id of the page before; empty for the first page.
        after: String,
    },
    /// That its epoch row be this.
    RaiseEpoch {
        /// The epoch of the run.
        epoch: u64,
        /// The Region that is to be active under it.
        region: String,
    },
    /// That every intent from before this epoch that it lacks be put into quarantine.
    Hold {
        /// The epoch of the run.
        epoch: u64,
    },
    /// That the processor be asked about everything in quarantine, and what it knows be settled; and that what the lost
    /// Region told last be told again.
    Settle {
        /// The epoch of the run.
        epoch: u64,
    },
}

/// A question as it is sent, with how long whoever asks waits for the answer: work that nobody waits for any more would go
/// on, and be in the way of who asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
    /// For how many milliseconds the answer is waited for; whoever does not say so waits as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<u64>,
}

impl Question {
    /// The question of somebody who waits so long.
    #[must_use]
    pub fn new(ask: Ask, limit: Duration) -> Self {
        // A table may be so large that changing it takes longer than anybody waits, and is done whole or not at all.
        let is_bounded = ask != Ask::Migrate;
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Self { ask, within_ms: is_bounded.then_some(limit_ms) }
    }
}

/// A payment or refund that the ledger lacked when the run's epoch began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Its id: `pay_…`, or `ref_…` of a refund.
    pub id: String,
    /// The payment that a refund gives back.
    pub payment: Option<String>,
    /// How much it moves, in minor units.
    pub minor_units: i64,
    /// In which currency.
    pub currency: String,
    /// The epoch that it was accepted in.
    pub accepted_epoch: u64,
    /// When it was accepted, by the clock of the Region that did, in milliseconds since 1970.
    pub accepted_at: u64,
    /// Where it stands now, by the name of the state.
    pub state: String,
}

impl From<Recovered> for Movement {
    /// As evidence. Whether its client was told that it was accepted, no ledger knows.
    fn from(recovered: Recovered) -> Self {
        Self {
            id: recovered.id,
            payment: recovered.payment,
            minor_units: recovered.minor_units,
            currency: recovered.currency,
            accepted_epoch: recovered.accepted_epoch,
            accepted_at: recovered.accepted_at,
            state: recovered.state,
            was_acknowledged: None,
        }
    }
}

/// What a ledger lacks, for whoever is to decide about that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The payments and refunds by id, the first of them where they are many.
    pub named: Vec<String>,
    /// Their money, in minor units by currency.
    pub money: BTreeMap<String, u64>,
}

impl Missing {
    /// How many are named at most.
    pub const NAMED_MAX: usize = 20;

    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.money.is_empty()
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// It is so.
    Done,
    /// How it stands.
    Standing(Standing),
    /// Where it ends.
    Tail {
        /// Its position in its log, in bytes; none where the engine does not tell.
        position: Option<u64>,
        /// How many movements it has.
        movements: u64,
        /// How many faults its books have.
        faults: u64,
    },
    /// So many.
    Count {
        /// How many.
        count: u64,
        /// What is missing, where that was asked.
        #[serde(default, skip_serializing_if = "Missing::is_empty")]
        missing: Missing,
    },
    /// A page of what it lacked, in the order of ids; empty when there is no more.
    Recovered {
        /// The payments and refunds.
        movements: Vec<Recovered>,
    },
    /// The epoch row is this.
    Epoch {
        /// The epoch.
        epoch: u64,
    },
    /// Not now: to be asked again.
    TryAgain {
        /// What stood against it.
        cause: String,
    },
    /// The database is not what it should be; that does not change by itself.
    Refused {
        /// What stood against it.
        cause: String,
    },
}

impl Answer {
    /// So many, of which nothing else is told.
    pub(crate) fn count(count: u64) -> Self {
        Self::Count { count, missing: Missing::default() }
    }

    /// What is known of a loss before it is decided about, when this was answered about what is missing.
    #[must_use]
    pub fn evidence(self, lag_ms: Option<u64>) -> Evidence {
        match self {
            Self::Count { count, missing: Missing { named, money } } => {
                Evidence { lag_ms, lag_at: None, intents_missing: Some(count), named, money }
            }
            _ => Evidence { lag_ms, ..Evidence::default() },
        }
    }

    /// A store that failed, in the words of everybody who had to do with it.
    #[must_use]
    pub fn silent(error: &(dyn Error + 'static)) -> Self {
        let causes = std::iter::successors(Some(error), |&error| error.source());
        let words: Vec<String> = causes.map(ToString::to_string).collect();
        Self::TryAgain { cause: words.join(": ") }
    }

    /// What a run notes of it.
    ///
    /// # Errors
    /// When it is no success.
    pub fn observed(self) -> Result<Observed, Failure> {
        match self {
            Self::Done | Self::Standing(_) | Self::Recovered { .. } => Ok(Observed::Done),
            Self::Tail { position, movements, faults } => {
                Ok(Observed::Tail(Tail { position, movements, faults }))
            }
            Self::Count { count, .. } => Ok(Observed::Movements(count)),
            Self::Epoch { epoch } => Ok(Observed::Epoch(fence::Epoch::new(epoch))),
            Self::TryAgain { cause } => Err(Failure::TryAgain(cause)),
            Self::Refused { cause } => Err(Failure::Refused(Refused::Database, cause)),
        }
    }
}
