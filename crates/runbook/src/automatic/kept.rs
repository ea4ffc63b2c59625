//! What is remembered in the strongly consistent table about failovers that alarms start, so that an event which comes
//! twice, or to both Regions, starts one run and tells people once.

use std::collections::BTreeSet;

use fence::{Author, Millis, RegionName, RunId};

/// An alarm that rings: where, and since when. One that stops and rings again is another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Episode {
    /// The Region of the alarm.
    pub region: RegionName,
    /// Since when it rings.
    pub since: Millis,
}

impl Episode {
    /// The run that it starts: always the same one, so that whoever starts it twice starts it once.
    #[must_use]
    pub fn run(&self) -> RunId {
        RunId::new(format!("failover-alarm-{:x}", self.since.0 / 1_000))
    }
}

/// All that is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Raised by one on each write: what the conditional write compares; 0 where nothing is stored.
    pub revision: u64,
    /// What people have said last; none: nobody has said anything, and what is deployed counts.
    pub switch: Option<Switch>,
    /// The latest run that an alarm has started.
    pub started: Option<Started>,
    /// What people were told last.
    pub told: Option<Told>,
}

/// People turn it off and on, at once and without a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// Whether alarms may start anything.
    pub is_on: bool,
    /// Who says so.
    pub by: Author,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Millis,
}

/// A run that an alarm has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The run.
    pub run: RunId,
    /// When it was decided.
    pub at: Millis,
    /// Because of which alarm.
    pub episode: Episode,
}

/// What people were told of one episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The episode.
    pub episode: Episode,
    /// What about, each by its word.
    pub about: BTreeSet<String>,
}

impl Kept {
    /// What is stored when somebody says this.
    #[must_use]
    pub fn with_switch(&self, switch: Switch) -> Self {
        Self { switch: Some(switch), ..self.next() }
    }

    /// What is stored when an alarm has started a run.
    #[must_use]
    pub fn with_started(&self, started: Started) -> Self {
        Self { started: Some(started), ..self.next() }
    }

    /// What is stored when people were told of this.
    #[must_use]
    pub fn with_told(&self, episode: &Episode, about: BTreeSet<String>) -> Self {
        let mut all = self.about(episode).cloned().unwrap_or_default();
        all.extend(about);
        Self { told: Some(Told { episode: episode.clone(), about: all }), ..self.next() }
    }

    /// What people were told of an episode.
    #[must_use]
    pub fn about(&self, episode: &Episode) -> Option<&BTreeSet<String>> {
        self.told.as_ref().filter(|told| told.episode == *episode).map(|told| &told.about)
    }

    fn next(&self) -> Self {
        Self { revision: self.revision.saturating_add(1), ..self.clone() }
    }
}
