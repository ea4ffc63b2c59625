//! What an action saw or kept besides what it was for. Reports tell it; whether a run goes on rests on none of it.

use fence::Millis;

/// What an action saw or kept besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Alarms as they stood.
    pub alarms: Vec<AlarmNote>,
    /// What DNS answered.
    pub dns: Vec<DnsNote>,
    /// What was stored of the run.
    pub kept: Vec<KeptNote>,
    /// The target's alarms that called nobody before the run, by their names: people wanted them so.
    pub silent: Vec<String>,
    /// What could not be seen or done, and why, in sentences.
    pub lacking: Vec<String>,
}

impl Notes {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How an alarm stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlarmNote {
    /// Its Region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Its state, in the words of the service.
    pub state: String,
}

/// One question to DNS, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsNote {
    /// When it was answered.
    pub at: Millis,
    /// Who was asked.
    pub asked: String,
    /// The name.
    pub name: String,
    /// What was answered, or why nothing was.
    pub answer: String,
}

/// What was stored of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNote {
    /// Where.
    pub place: String,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// Until when nobody can delete or replace it; none where nothing keeps people from that.
    pub locked_until: Option<Millis>,
}
