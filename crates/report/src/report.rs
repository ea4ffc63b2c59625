//! The report as a value: plain words and numbers, in the shape of its JSON.
//!
//! A member that is `null` is not known, and [`Report::not_known`] says why. One that is left out does not apply, or not
//! yet. Instants are texts by RFC 3339 in UTC; spans are milliseconds.

mod course;
mod outcome;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::known::{Alarm, FollowUp};

pub use course::{Attempt, CallTold, DnsTold, Fence, ProbeTold, Step};
pub use outcome::{
    LedgerEnd, LedgerEnds, Loss, Objective, Reconciled, Reconciliation, Recovery, Service, Spent,
};

/// What a report says of a run (rule `ops-evidence-report`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The format of the JSON.
    pub format: &'static str,
    /// The version of the program that made the report.
    pub tideover: String,
    /// When it was made.
    pub reported_at: String,
    /// The run.
    pub run: Run,
    /// The plans that it was done by; more than one when a switchover went on as a failover.
    pub plans: Vec<PlanTold>,
    /// SHA-256 of the journal as a file with an entry on each line, in hexadecimal.
    pub journal_sha256: String,
    /// The templates that the system was deployed from.
    pub templates: Option<Vec<TemplateTold>>,
    /// Who approved of what, and what they were shown.
    pub approvals: Vec<Approval>,
    /// What was asked of the system before the last plan was made.
    pub preconditions: Vec<PreconditionResult>,
    /// What was lost: as it was estimated, and as it was.
    pub loss: Loss,
    /// How the source was kept from writing.
    pub fence: Fence,
    /// Every action, with its attempts.
    pub steps: Vec<Step>,
    /// Whether API calls are known: how many there were.
    pub api_calls: Option<u64>,
    /// What DNS answered.
    pub dns: DnsTold,
    /// RTO and RPO, measured beside what was promised.
    pub recovery: Recovery,
    /// The alarms, as they were when the report was made.
    pub alarms: Option<Vec<Alarm>>,
    /// The alarms, as the run saw them before anything changed.
    pub alarms_at_decision: Option<Vec<Alarm>>,
    /// The alarms of the Region that serves, as the run saw them when users were served.
    pub alarms_at_end: Option<Vec<Alarm>>,
    /// What the run has stored of itself, and where.
    pub kept: Vec<Kept>,
    /// What became of what was lost.
    pub reconciliation: Reconciliation,
    /// Where the run left its plan.
    pub deviations: Vec<Deviation>,
    /// What is to be done, and by whom.
    pub follow_ups: Vec<FollowUp>,
    /// What is not known, and why.
    pub not_known: Vec<NotKnown>,
}

/// The run itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Switchover, failover or failback: as it ended.
    pub kind: &'static str,
    /// The Region that was active.
    pub source: String,
    /// The Region that was to be opened.
    pub target: String,
    /// The Region with the third vote.
    pub witness: String,
    /// Who asked for it, as they called themselves.
    pub initiator: String,
    /// As whom they came, where somebody else vouches for that: in AWS the ARN of their credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator_principal: Option<String>,
    /// Why.
    pub reason: String,
    /// The approved change under which it was done, if one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// When it was planned.
    pub planned_at: String,
    /// When the last entry of its journal was written.
    pub told_until: String,
    /// How it ended: `finished`, `turned-back`, `superseded`, or `open`.
    pub status: &'static str,
    /// The same in a sentence, with what it waits for.
    pub standing: String,
    /// Who carried it on, in order.
    pub runners: Vec<Runner>,
}

/// Somebody who carried the run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Runner {
    /// The runner.
    pub name: String,
    /// When it took the run.
    pub took_at: String,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanTold {
    /// What for.
    pub kind: &'static str,
    /// Who asked for it, as they called themselves.
    pub by: String,
    /// As whom they came, where somebody else vouches for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// The format of the journal that it is written in.
    pub format: u64,
    /// SHA-256 of the line of the journal that holds it, in hexadecimal.
    pub sha256: String,
    /// The epoch that it was made from.
    pub epoch_seen: u64,
    /// The epoch that it reserves.
    pub epoch_reserved: u64,
    /// How many actions its way forward has.
    pub actions: usize,
}

/// A template, by what its text digests to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TemplateTold {
    /// The Region.
    pub region: String,
    /// The stack.
    pub stack: String,
    /// SHA-256 of its text in the assembly, in hexadecimal.
    pub sha256: String,
    /// As it was deployed when the report was made; left out where that was not asked, or not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed: Option<DeployedTold>,
    /// Why nothing is told of that, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_deployed: Option<String>,
}

/// A template as it was deployed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeployedTold {
    /// SHA-256 of its text as it was sent, in hexadecimal.
    pub sha256: String,
    /// Whether it says the same, however it is written.
    pub is_same: bool,
    /// Whether its stack was changed last before the run: then the run found it so.
    pub was_there_before: bool,
    /// When its stack was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The action that asked for it.
    pub action: &'static str,
    /// Who, as they called themselves.
    pub by: String,
    /// As whom they came, where somebody else vouches for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// When.
    pub at: String,
    /// Until when it counted.
    pub expires_at: String,
    /// What that person was shown.
    pub shown: Shown,
}

/// What a person was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// In words, as it was shown.
    pub text: String,
    /// How far the standby's database was behind, where that was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_ms: Option<u64>,
    /// When it was that far behind, where that was measured before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_at: Option<String>,
    /// How many payments and refunds it lacked, where that was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movements_missing: Option<u64>,
    /// Which these were, the first of them where they were many; left out where that was not written down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
    /// Their money, in minor units by currency; left out where it was not added up.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub money: BTreeMap<String, u64>,
}

/// What came of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreconditionResult {
    /// Its name.
    pub name: &'static str,
    /// `met`, or `done-without` when a person decided to do without it.
    pub result: &'static str,
    /// What was found, when it was not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// A file of a run that was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Where.
    pub place: String,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// Until when nobody can delete or replace it; left out where nothing keeps people from that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<String>,
}

/// Where the run left its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deviation {
    /// When.
    pub at: String,
    /// What kind: `retry`, `retried-by-person`, `skip`, `takeover`, `pause`, `resume`, `turned-back`, `given-up`,
    /// `no-answer`, `replanned`, `done-without` or `one-approver`.
    pub kind: &'static str,
    /// What happened.
    pub what: String,
    /// Who did it, where somebody did, as they called themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// As whom they came, where somebody else vouches for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
}

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotKnown {
    /// Where it would stand in the report: a JSON pointer.
    pub what: String,
    /// Why.
    pub why: String,
}
