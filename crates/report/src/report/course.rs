//! What was done: the fence, every action with its attempts, and what DNS answered.

use serde::Serialize;

/// How the source was kept from writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fence {
    /// `closed`, `not-reached`, or `given-back` when the source was opened again.
    pub outcome: &'static str,
    /// The same in a sentence.
    pub told: String,
    /// How long a lease lasts.
    pub lease_length_ms: u64,
    /// How far clocks may be apart.
    pub clock_bound_ms: u64,
    /// What came of turning off the source's intake, which a lost source does not answer.
    pub source_told_to_stop: String,
    /// How long the run waited until no gate of the source could be open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited_ms: Option<u64>,
    /// From when no gate of the source could be open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// When the point of no return was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_of_no_return_at: Option<String>,
    /// The epoch of the ledger that was opened: its first write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch_in_ledger: Option<u64>,
}

/// An action, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub action: &'static str,
    /// Its phase.
    pub stage: &'static str,
    /// The number of the plan that it belongs to, from 1.
    pub plan: usize,
    /// `forward` or `back`.
    pub way: &'static str,
    /// The Region that its calls go to.
    pub region: String,
    /// Whether the run does not go on without it.
    pub is_required: bool,
    /// What came of it: `done`, `skipped`, `given-up`, `failed`, `in-hand`, `unanswered`, `not-due` or `not-begun`.
    pub result: &'static str,
    /// What was seen, or why it failed or was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// When its first attempt began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began_at: Option<String>,
    /// When its last attempt ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// From its first attempt to the end of its last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Its attempts.
    pub attempts: Vec<Attempt>,
}

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Its number.
    pub number: u32,
    /// Who made it.
    pub runner: String,
    /// When it began.
    pub began_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// `done`, `failed`, or `no-answer` when nobody wrote what came of it.
    pub result: &'static str,
    /// What was seen, or how it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What it called, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Vec<CallTold>>,
}

/// A request to an API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallTold {
    /// When it began.
    pub at: String,
    /// The Region whose endpoint was asked.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The id that the service gave it; left out without an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The status of the answer; left out without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took; left out when it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
}

/// What DNS answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DnsTold {
    /// Before the switch was turned.
    pub before: Option<Vec<ProbeTold>>,
    /// After it.
    pub after: Option<Vec<ProbeTold>>,
    /// What came of the action that asks DNS until it names the opened Region.
    pub confirmed: String,
}

/// One question to DNS, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeTold {
    /// When it was asked.
    pub at: String,
    /// Who was asked.
    pub asked: String,
    /// The name.
    pub name: String,
    /// What was answered.
    pub answer: String,
}
