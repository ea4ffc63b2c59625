//! What came of it: what was lost and became of it, and RTO and RPO.

use std::collections::BTreeMap;

use serde::Serialize;

/// What was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Whether the run may lose data: a failover may.
    pub may_lose: bool,
    /// How far the standby's database was behind when it was decided, as far as was known then.
    pub lag_at_decision_ms: Option<u64>,
    /// How many payments and refunds it lacked then, as far as was known then.
    pub estimated_movements: Option<u64>,
    /// How many it lacked when it was opened.
    pub actual_movements: Option<u64>,
    /// Where the ledgers ended, as far as the run looked.
    pub ledgers: LedgerEnds,
    /// How many rows were found in the source's database that the target's has not, once the source was back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescued_rows: Option<u64>,
}

/// Where the ledgers ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerEnds {
    /// The source's, when its end was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<LedgerEnd>,
    /// The target's, when it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<LedgerEnd>,
}

/// The end of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerEnd {
    /// Its position, where the engine tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// How many movements it has.
    pub movements: u64,
    /// How many faults its books have.
    pub faults: u64,
}

/// RTO and RPO.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// What the time counts from: `fault`, or `plan` where nobody said when it began.
    pub counts_from: &'static str,
    /// The time without service.
    pub rto: Objective,
    /// What of it each phase took, from the plan on. Phases after service is back are not part of the RTO.
    pub phases: Vec<Spent>,
    /// When a Region took payments again, by the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<Service>,
    /// The stretch of data that was lost.
    pub rpo: Objective,
}

/// Something that was promised, and what was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// What was promised.
    pub target_ms: Option<u64>,
    /// What was measured.
    pub measured_ms: Option<u64>,
    /// `met`, `missed`, `not-served` or `not-known`.
    pub verdict: &'static str,
}

/// How long a phase took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// The phase.
    pub stage: &'static str,
    /// How long.
    pub ms: u64,
    /// Whether it is part of the RTO.
    pub in_rto: bool,
}

/// When a Region took payments again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// The Region.
    pub region: String,
    /// When.
    pub at: String,
    /// The action that shows it.
    pub shown_by: &'static str,
}

/// What became of what was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// How many payments and refunds were put into quarantine before the target was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<u64>,
    /// How many were left in quarantine when the run looked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// How many ended in which way.
    pub outcomes: Option<BTreeMap<String, u64>>,
    /// Each of them.
    pub movements: Option<Vec<Reconciled>>,
}

/// A payment or refund that was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// Its id.
    pub id: String,
    /// The payment that a refund gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// How much, in minor units of its currency.
    pub minor_units: i64,
    /// Its currency.
    pub currency: String,
    /// When it was accepted.
    pub accepted_at: String,
    /// The epoch that it was accepted in.
    pub accepted_epoch: u64,
    /// Whether its client had been told that it was accepted; left out where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_acknowledged: Option<bool>,
    /// What of it was lost.
    pub lost: &'static str,
    /// The state of its record.
    pub state: String,
    /// What became of it, in words.
    pub became: String,
}
