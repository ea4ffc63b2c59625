//! What somebody asks for, and the settings under which it is judged.

use std::collections::BTreeSet;

use fence::{Author, DurationMs, RunId, Timing};

use crate::plan::PlanKind;
use crate::unmet::Precondition;

/// Somebody wants a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id: a new one, or that of a switchover on its way that is to go on as a failover.
    pub run: RunId,
    /// What it is for.
    pub kind: PlanKind,
    /// Who wants it.
    pub by: Author,
    /// Why.
    pub reason: String,
    /// Under which settings.
    pub settings: Settings,
}

/// How careful a run is. The defaults are those of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How many people must accept a loss; at least one. Who asked for the run may be one of them.
    pub approvers: u32,
    /// How long leases last: the same as in every process of the system.
    pub timing: Timing,
    /// The most that the standby's database may be behind before a planned run.
    pub database_lag_max: DurationMs,
    /// The most that tables may be behind before a planned run.
    pub table_lag_max: DurationMs,
    /// The most that buckets may be behind before a planned run.
    pub bucket_lag_max: DurationMs,
    /// For how long the database's lag must have been low before a switchover.
    pub calm_before_switchover: DurationMs,
    /// For how long it must have been low before a failback.
    pub calm_before_failback: DurationMs,
    /// How long after a failover nobody fails back.
    pub pause_before_failback: DurationMs,
    /// The approved change under which a failback is done, such as a ticket's number.
    pub change: Option<String>,
    /// What a person has decided to do without; only what may be
    /// ([`Precondition::may_be_overridden`]) counts.
    pub despite: BTreeSet<Precondition>,
}

impl Default for Settings {
    fn default() -> Self {
        const MINUTE: DurationMs = DurationMs(60_000);
        Self {
            approvers: 2,
            timing: Timing::default(),
            database_lag_max: DurationMs(2_000),
            table_lag_max: DurationMs(5_000),
            bucket_lag_max: MINUTE,
            calm_before_switchover: MINUTE.times(15),
            calm_before_failback: MINUTE.times(30),
            pause_before_failback: MINUTE.times(24 * 60),
            change: None,
            despite: BTreeSet::new(),
        }
    }
}
