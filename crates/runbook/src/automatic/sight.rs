//! What is seen when an alarm rings: all that is judged.

use fence::{Lease, Millis, RegionName, RunId};

use super::kept::{Episode, Kept};
use crate::conditions::span;
use crate::facts::RecordSeen;

/// How an alarm is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// It rings.
    Rings {
        /// Since when.
        since: Millis,
    },
    /// It does not.
    Quiet,
    /// There is none.
    Absent,
    /// CloudWatch does not answer.
    Silent {
        /// What it or its client said.
        cause: String,
    },
}

/// The runs that there were lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs {
    /// Whether the run of this episode has a plan.
    pub is_planned: bool,
    /// One that is not over, and may still begin.
    pub open: Option<RunId>,
    /// The one that has ended last, and when.
    pub last_ended: Option<(RunId, Millis)>,
}

/// What is seen. An error is what whoever was asked, or its client, said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// When, by the clock of whoever looks.
    pub at: Millis,
    /// The Region that looks, which a failover would open.
    pub here: RegionName,
    /// The alarm here: the other Region does not answer the canary here.
    pub near: View,
    /// The alarm in the witness Region: that Region does not answer the canary there.
    pub far: View,
    /// The control record.
    pub record: RecordSeen,
    /// The lease of the other Region.
    pub lease: Result<Option<Lease>, String>,
    /// What is remembered.
    pub kept: Result<Kept, String>,
    /// The runs.
    pub runs: Result<Runs, String>,
    /// What keeps this Region from taking over, in words; nothing when it is ready.
    pub not_ready: Vec<String>,
}

impl Sight {
    /// The episode, while the alarm here rings.
    #[must_use]
    pub fn episode(&self) -> Option<Episode> {
        match self.near {
            View::Rings { since } => Some(Episode { region: self.here.clone(), since }),
            View::Quiet | View::Absent | View::Silent { .. } => None,
        }
    }

    /// Who has seen what, for people and for the journal.
    #[must_use]
    pub fn evidence(&self) -> String {
        let lease = match &self.lease {
            Ok(Some(lease)) => lease.expires_at(),
            Ok(None) | Err(_) => None,
        };
        let lease = match lease {
            Some(until) => format!("its lease is over for {}", span(self.at.since(until))),
            None => "nobody holds its lease".to_owned(),
        };
        let far = self.seen(&self.far);
        let near = self.seen(&self.near);
        format!(
            "the other Region has not answered {} ({near}) nor the witness Region ({far}), and {lease}",
            self.here
        )
    }

    fn seen(&self, view: &View) -> String {
        match view {
            View::Rings { since } => format!("the alarm rings for {}", span(self.at.since(*since))),
            View::Quiet => "the alarm is quiet".to_owned(),
            View::Absent => "there is no alarm".to_owned(),
            View::Silent { .. } => "the alarm is not known".to_owned(),
        }
    }
}
