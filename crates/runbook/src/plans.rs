//! The lists of actions, one table for each kind of run, in the order of the rules 16.1 to 16.4.

mod calls;
mod failover;
mod misplaced;
mod switchover;
mod way_back;

use fence::{DurationMs, RegionName, RunId, Timing};

use crate::action::{Action, ActionName, Call, Condition, OnFailure, Retry, Side, Stage};

pub(crate) use calls::known_api;

/// As often as it takes.
const FOREVER: u32 = u32::MAX;

/// Between which Regions a run goes.
#[derive(Clone, Copy)]
pub(crate) struct Place<'r> {
    pub(crate) source: &'r RegionName,
    pub(crate) target: &'r RegionName,
    /// How long leases last there.
    pub(crate) timing: &'r Timing,
}

impl Place<'_> {
    /// Where the calls of a side go. What belongs to neither Region is asked in the target's, where
    /// whoever drives the run is.
    fn region(self, side: Side) -> RegionName {
        match side {
            Side::Source => self.source.clone(),
            Side::Target | Side::Global => self.target.clone(),
        }
    }
}

/// The way forward of a switchover or a failback.
pub(crate) fn switchover(place: Place<'_>) -> Vec<Action> {
    misplaced::rows(switchover::ROWS).iter().map(|row| row.action(place)).collect()
}

/// The way forward of a failover, whose loss so many people approve, after this earlier run.
pub(crate) fn failover(place: Place<'_>, approvers: u32, earlier: Option<&RunId>) -> Vec<Action> {
    let rows = misplaced::rows(failover::ROWS);
    rows.iter()
        .filter(|row| row.name != ActionName::CloseEarlier || earlier.is_some())
        .map(|row| Action { approvers: row.approvers * approvers, ..row.action(place) })
        .collect()
}

/// The way back of any run.
pub(crate) fn way_back(place: Place<'_>) -> Vec<Action> {
    misplaced::rows(way_back::ROWS).iter().map(|row| row.action(place)).collect()
}

/// A line of a table: an action before it is known between which Regions.
#[derive(Clone)]
struct Row {
    name: ActionName,
    stage: Stage,
    side: Side,
    time_limit_s: u64,
    /// Whether an attempt may have to wait for leases to run out, besides.
    waits_for_leases: bool,
    attempts_max: u32,
    interval_s: u64,
    on_failure: OnFailure,
    is_skippable: bool,
    condition: Condition,
    /// 1 for what people approve, 0 for what machines do.
    approvers: u32,
}

/// A required action: what it is, on which side, how long an attempt may take, how many there are,
/// and how many seconds lie between two. Unless it says otherwise, it waits for a person when it
/// failed.
const fn row(
    name: ActionName,
    stage: Stage,
    side: Side,
    time_limit_s: u64,
    attempts_max: u32,
    interval_s: u64,
) -> Row {
    Row {
        name,
        stage,
        side,
        time_limit_s,
        waits_for_leases: false,
        attempts_max,
        interval_s,
        on_failure: OnFailure::Stop,
        is_skippable: false,
        condition: Condition::Always,
        approvers: 0,
    }
}

impl Row {
    /// Best effort, which a person need not wait for.
    const fn or_go_on(self) -> Self {
        Self { on_failure: OnFailure::GoOn, is_skippable: true, ..self }
    }

    /// After leases have run out, which takes so much longer.
    const fn after_leases(self) -> Self {
        Self { waits_for_leases: true, ..self }
    }

    /// Required, and nothing is lost by turning back.
    const fn or_abort(self) -> Self {
        Self { on_failure: OnFailure::Abort, ..self }
    }

    /// Required, unless a person knows better.
    const fn skippable(self) -> Self {
        Self { is_skippable: true, ..self }
    }

    const fn when(self, condition: Condition) -> Self {
        Self { condition, ..self }
    }

    /// Done by people.
    const fn by_people(self) -> Self {
        Self { approvers: 1, ..self }
    }

    fn action(&self, place: Place<'_>) -> Action {
        let calls = calls::of(self.name).iter().map(|call| Call {
            service: call.service,
            api: call.api,
            plane: call.plane,
            region: place.region(call.side.unwrap_or(self.side)),
        });
        let leases = place.timing.lease_length.plus(place.timing.clock_bound);
        let wait = if self.waits_for_leases { leases } else { DurationMs::ZERO };
        Action {
            name: self.name,
            stage: self.stage,
            side: self.side,
            region: place.region(self.side),
            calls: calls.collect(),
            time_limit: DurationMs(self.time_limit_s * 1_000).plus(wait),
            retry: Retry {
                attempts_max: self.attempts_max,
                interval: DurationMs(self.interval_s * 1_000),
            },
            on_failure: self.on_failure,
            is_skippable: self.is_skippable,
            condition: self.condition,
            approvers: self.approvers,
        }
    }
}
