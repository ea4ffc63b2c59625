//! All that is known of a drill when it is over, from everybody who saw a part of it.

use drill::{ClientRequest, Site};
use fence::ControlRecord;
use payments::{Intent, PaymentRecord, Posting};

use super::notes::Noted;
use crate::postgres::{EpochRaise, WatchedCommit};
use crate::store::Chosen;

/// What everybody saw. Times are microseconds since the Unix epoch, on the one clock of this machine.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The name of the scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// When the drill began.
    pub begin_us: u64,
    /// When it ended: what is later is not a part of it.
    pub end_us: u64,
    /// What clients want, by number.
    pub requests: Vec<ClientRequest>,
    /// What was noted by clients and by whoever ran the two Regions.
    pub notes: Vec<Noted>,
    /// What the strongly consistent store held, in order.
    pub chosen: Vec<Chosen>,
    /// What both ledgers have in the end: the same, but for what has not reached the standby.
    pub commits: Vec<WatchedCommit>,
    /// When the epoch of the ledger was raised.
    pub raises: Vec<EpochRaise>,
    /// What writers that were replaced had committed and the new ones have not.
    pub tails: Vec<TailOf>,
    /// What the services' logs say of their gates, in order.
    pub gates: Vec<GateLine>,
    /// What there is in the end.
    pub end: Ending,
}

impl Evidence {
    /// How many commits told no event, which is all that shows the epoch that they carried.
    #[must_use]
    pub fn unseen_epochs(&self) -> u64 {
        let tails = self.tails.iter().flat_map(|tail| &tail.commits);
        self.commits.iter().chain(tails).filter(|commit| commit.epoch.is_none()).count() as u64
    }
}

/// What a writer that was replaced had committed and the new one has not.
#[derive(Debug, Clone)]
pub struct TailOf {
    /// Whose database it was.
    pub site: Site,
    /// The commits.
    pub commits: Vec<WatchedCommit>,
}

/// A line of a service's log about its gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateLine {
    /// When.
    pub at_us: u64,
    /// Whose gate.
    pub site: Site,
    /// The epoch under which it is open; none: it is closed.
    pub open: Option<u64>,
    /// Why it is closed.
    pub reason: &'static str,
}

/// What there is in the end.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    /// What was left to do, for people; empty when the drill came to rest.
    pub left: Vec<String>,
    /// The control record.
    pub record: Option<ControlRecord>,
    /// The payments of the active Region's ledger.
    pub payments: Vec<PaymentRecord>,
    /// Its postings.
    pub postings: Vec<Posting>,
    /// The intents.
    pub intents: Vec<Intent>,
}
