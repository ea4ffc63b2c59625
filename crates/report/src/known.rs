//! What is known of a run besides its journal. Whoever gathers it says what there is; the report says of the rest that
//! it is not known.

use std::collections::BTreeMap;

use runbook::{ActionName, Entry, Event, Plan};
use serde::{Deserialize, Serialize};

/// What is known besides the journal. As JSON it is what `tideover report --known FILE` reads: every member may be left
/// out. Times are milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Known {
    /// When what the run answers to began: the loss of the Region. Without it, RTO counts from the plan.
    pub fault_at: Option<u64>,
    /// The Region that is home: the home primary of the file.
    pub home: Option<String>,
    /// What the owner of the service has promised.
    pub objectives: Option<Objectives>,
    /// The API calls of the attempts. An attempt that is not listed made none.
    pub calls: Option<Vec<AttemptCalls>>,
    /// What DNS answered.
    pub dns: Dns,
    /// The alarms, as they were when the report was made.
    pub alarms: Option<Vec<Alarm>>,
    /// Every payment and refund that the target's ledger lacked when it was opened.
    pub movements: Option<Vec<Movement>>,
    /// The templates that the system was deployed from.
    pub templates: Option<Vec<Template>>,
    /// What people want done besides what follows from the run.
    pub follow_ups: Vec<FollowUp>,
    /// Why something is not known, by its place in the report, such as `/alarms`.
    pub why: BTreeMap<String, String>,
}

impl Known {
    /// It is not known what the opened ledger lacked, for this reason.
    pub fn lacks_movements(&mut self, why: &str) {
        for what in
            ["/reconciliation/movements", "/reconciliation/outcomes", "/recovery/rpo/measured_ms"]
        {
            self.why.insert(what.to_owned(), why.to_owned());
        }
    }
}

/// The plan in force of a run that may have opened its target: before that its ledger lacks nothing for good.
#[must_use]
pub fn opened(entries: &[Entry]) -> Option<&Plan> {
    let is_held = |entry: &Entry| match &entry.event {
        Event::Ended { action, result: Ok(_), .. } => {
            matches!(action, ActionName::HoldMissing | ActionName::Open)
        }
        _ => false,
    };
    let mut plans = entries.iter().rev().filter_map(|entry| match &entry.event {
        Event::Planned { plan, .. } => Some(&**plan),
        _ => None,
    });
    entries.iter().any(is_held).then(|| plans.next())?
}

/// Recovery objectives, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objectives {
    /// Longest time without service.
    pub rto_ms: u64,
    /// Longest stretch of data that may be lost.
    pub rpo_ms: u64,
}

/// The API calls of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptCalls {
    /// The action, by its name in the journal.
    pub action: String,
    /// The number of the attempt.
    pub attempt: u32,
    /// What was called, in order.
    pub calls: Vec<ApiCall>,
}

/// A request to an API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiCall {
    /// When it began.
    pub at: u64,
    /// The Region whose endpoint was asked.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The id that the service gave it; none without an answer.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The status of the answer; none without one.
    #[serde(default)]
    pub status: Option<u16>,
    /// How long it took, in milliseconds; none when it was given up.
    #[serde(default)]
    pub ms: Option<u64>,
}

/// What DNS answered, before the run turned the switch and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dns {
    /// Before.
    pub before: Option<Vec<Probe>>,
    /// After.
    pub after: Option<Vec<Probe>>,
}

/// One question to DNS, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// When it was asked.
    pub at: u64,
    /// Who was asked: an authoritative server or a resolver.
    pub asked: String,
    /// The name.
    pub name: String,
    /// What it answered: addresses, or the Region that they belong to.
    pub answer: String,
}

/// How an alarm stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// Its Region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Its state, in the words of the service, such as `OK`.
    pub state: String,
}

/// A payment or refund that the target's ledger lacked when it was opened, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// Its id: `pay_…`, or `ref_…` of a refund.
    pub id: String,
    /// The payment that a refund gives back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// How much, in minor units of its currency.
    pub minor_units: i64,
    /// Its currency.
    pub currency: String,
    /// The epoch that it was accepted in.
    pub accepted_epoch: u64,
    /// When it was accepted, by the clock of the Region that did.
    pub accepted_at: u64,
    /// The state of its record in the ledger, such as `succeeded`, or `refused`.
    pub state: String,
    /// Whether its client had been told that it was accepted, where that is known.
    #[serde(default)]
    pub was_acknowledged: Option<bool>,
}

/// A template, by what its text digests to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The Region.
    pub region: String,
    /// The stack.
    pub stack: String,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// As it is deployed, where that was asked and answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<Deployed>,
    /// Why it is not known how it is deployed, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_deployed: Option<String>,
}

/// A template as it was deployed when the report was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    /// SHA-256 of its text as it was sent, in hexadecimal.
    pub sha256: String,
    /// Whether it says the same, however it is written.
    pub is_same: bool,
    /// When its stack was changed last: before the run, and it is what the system was made from then.
    #[serde(default)]
    pub changed_at: Option<u64>,
}

/// Something to be done, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What.
    pub what: String,
    /// Whose it is.
    pub owner: String,
}
