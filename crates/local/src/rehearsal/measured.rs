//! What a live drill measured besides its report: how long nobody could write at each handover, and
//! what a set-up without intents would have lost.
//!
//! Pure: everything is read out of the history.

use drill::{
    Answer, Expectation, Happening, History, Part, Report, Scenario, Site, Verdict, What, judge,
};
use payments::MovementId;
use runbook::PlanKind;

use crate::pace::Pace;

/// What one drill measured. Times are milliseconds of the drill.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The scenario as it was judged: with what a live drill is expected to reach.
    pub scenario: Scenario,
    /// What happened.
    pub history: History,
    /// What the judge says of it.
    pub verdict: Verdict,
    /// What the simulator's report says of it.
    pub report: Report,
    /// One for each run that made another Region active.
    pub handovers: Vec<Handover>,
    /// Every payment and refund that a promotion lost.
    pub lost: Vec<LostPayment>,
    /// How many payments and refunds clients asked for in each second before anything happened; none
    /// where that was no time.
    pub offered_per_s: Option<u64>,
    /// How many commits told no event, so that nobody saw which epoch they carried.
    pub unseen_epochs: u64,
    /// Receipts that lost Regions had alone, a row for each loss.
    pub left_behind: Vec<LeftBehind>,
    /// What the scenario has and nobody played, for people: lines whose moment never came, and orders
    /// that found no run.
    pub unplayed: Vec<String>,
}

/// Receipts that a Region had alone when it was lost: objects are copied late, and nobody waits for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftBehind {
    /// The Region that was lost.
    pub site: Site,
    /// How many receipts the other did not have.
    pub receipts: u64,
    /// How many of them it has in the end.
    pub arrived: u64,
}

/// A run that made another Region active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The run.
    pub run: String,
    /// What kind it was.
    pub kind: PlanKind,
    /// The Region that it opened.
    pub target: Site,
    /// The fault that it is the answer to; none: nothing had failed.
    pub cause: Option<String>,
    /// From the fault, or the plan, to the first payment that is acknowledged there.
    pub rto_ms: Option<u64>,
    /// The parts of that; empty when there is none.
    pub parts: Vec<(Part, u64)>,
    /// How long nobody could write.
    pub pause: WritePause,
}

/// How long nobody could write while the permission to do so changed hands, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WritePause {
    /// From the last payment that one Region acknowledged to the first that the other did.
    pub clients_ms: Option<u64>,
    /// From the last commit under the old epoch to the first under the new one.
    pub ledger_ms: Option<u64>,
}

/// A payment or refund that a promotion lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostPayment {
    /// Which.
    pub movement: MovementId,
    /// Its idempotency key, where a client was told of it.
    pub key: Option<String>,
    /// Whether a client had been told that it was accepted, before it was lost.
    pub was_acknowledged: bool,
    /// What became of it.
    pub outcome: &'static str,
}

/// What is expected of every recovery of a live drill, in milliseconds.
const RTO_MS: u64 = 5_000;
/// How long a planned change may let nobody write, in milliseconds; less is asked of no pause.
const PLANNED_PAUSE_MS: u64 = 2_000;

/// The scenario with what a live drill is expected to reach: its own times are those of AWS.
#[must_use]
pub fn as_expected_live(scenario: &Scenario) -> Scenario {
    let happens = |is_such: fn(&Happening) -> bool| {
        scenario.happenings.iter().any(|line| is_such(&line.happening))
    };
    let planned = !happens(|it| matches!(it, Happening::Fault(_) | Happening::Abort));
    let may_fail_over = happens(|it| matches!(it, Happening::Run(PlanKind::Failover)))
        || scenario.operator.watch.is_some();
    let stated = scenario.expectation;
    let fails_over = may_fail_over && stated.active == Some(Site::Standby);
    // A pause in which a Region is lost and replaced is as long as that.
    let least_ms = if may_fail_over { RTO_MS } else { PLANNED_PAUSE_MS };
    let shortened = |ms: u64| (ms / Pace::default().scenario_divisor).max(least_ms);
    let expectation = Expectation {
        rto_ms: (stated.rto_ms.is_some() || fails_over).then_some(RTO_MS),
        pause_ms: stated.pause_ms.map(shortened).or(planned.then_some(PLANNED_PAUSE_MS)),
        ..scenario.expectation
    };
    Scenario { expectation, ..scenario.clone() }
}

impl Measured {
    /// Judges and measures a drill.
    #[must_use]
    pub fn of(scenario: &Scenario, history: History) -> Self {
        let scenario = as_expected_live(scenario);
        let verdict = judge(&scenario, &history);
        let report = Report::new(&scenario, &history, &verdict);
        let (handovers, lost) = (handovers(&report, &history), lost(&report));
        let offered_per_s = offered_per_s(&history, verdict.facts.disturbed_ms);
        let (unseen_epochs, left_behind, unplayed) = (0, Vec::new(), Vec::new());
        Self {
            scenario,
            history,
            verdict,
            report,
            handovers,
            lost,
            offered_per_s,
            unseen_epochs,
            left_behind,
            unplayed,
        }
    }

    /// How many broken rules have one of these names.
    #[must_use]
    pub fn broken(&self, names: &[&str]) -> u64 {
        let is_such = |violation: &&drill::Violation| names.contains(&violation.name());
        self.verdict.violations.iter().filter(is_such).count() as u64
    }

    /// How many payments a client was told of that a set-up with asynchronous replication and no
    /// intents would not know any more.
    #[must_use]
    pub fn lost_without_intents(&self) -> u64 {
        self.lost.iter().filter(|row| row.was_acknowledged).count() as u64
    }
}

fn handovers(report: &Report, history: &History) -> Vec<Handover> {
    let changed = report.recoveries.iter().filter_map(|recovery| {
        let route = recovery.route;
        let active_ms = opened_ms(history, &recovery.run, route.target)?;
        Some(Handover {
            run: recovery.run.clone(),
            kind: route.kind,
            target: route.target,
            cause: recovery.cause.clone(),
            rto_ms: recovery.rto_ms(),
            parts: recovery.parts.clone(),
            pause: WritePause {
                clients_ms: clients_pause_ms(history, active_ms, route.target),
                ledger_ms: ledger_pause_ms(history, active_ms, route.target),
            },
        })
    });
    changed.collect()
}

/// When the control record made the target of a run active; none when it was aborted.
fn opened_ms(history: &History, run: &str, target: Site) -> Option<u64> {
    history.moments.iter().find_map(|moment| {
        let What::Record(record) = &moment.what else { return None };
        let is_ours = record.run().is_some_and(|open| open.id.as_str() == run);
        let is_active = record.state() == fence::State::Active;
        let site = record.active_region().and_then(Site::of);
        (is_ours && is_active && site == Some(target)).then_some(moment.at_ms)
    })
}

/// Of two series of times the last of the one before the first of the other, from a moment on.
fn gap_ms(first_ms: Option<u64>, before: impl Iterator<Item = u64>) -> Option<u64> {
    let first_ms = first_ms?;
    before.take_while(|at_ms| *at_ms <= first_ms).last().map(|last_ms| first_ms - last_ms)
}

fn clients_pause_ms(history: &History, active_ms: u64, target: Site) -> Option<u64> {
    let acknowledged = |site: Site| {
        history.moments.iter().filter_map(move |moment| match moment.what {
            What::Told { from, answer: Answer::Acknowledged(_), .. } if from == site => {
                Some(moment.at_ms)
            }
            _ => None,
        })
    };
    let first_ms = acknowledged(target).find(|at_ms| *at_ms >= active_ms);
    gap_ms(first_ms, acknowledged(target.other()))
}

/// What a run itself writes into the ledger is no payment that could be made.
fn ledger_pause_ms(history: &History, active_ms: u64, target: Site) -> Option<u64> {
    let committed = |of: Site| {
        history.moments.iter().filter_map(move |moment| match moment.what {
            What::Committed { site, gate: Some(_), .. } if site == of => Some(moment.at_ms),
            _ => None,
        })
    };
    let first_ms = committed(target).find(|at_ms| *at_ms >= active_ms);
    gap_ms(first_ms, committed(target.other()))
}

fn lost(report: &Report) -> Vec<LostPayment> {
    let rows = report.loss.rows.iter().map(|row| LostPayment {
        movement: row.row.movement,
        key: row.key.clone(),
        was_acknowledged: row.row.acknowledged_ms.is_some_and(|ms| ms <= row.row.promoted.ms),
        outcome: row.fate(),
    });
    rows.collect()
}

/// From the first request to the first fault or run.
fn offered_per_s(history: &History, until_ms: Option<u64>) -> Option<u64> {
    let first = |moment: &&drill::Moment| matches!(moment.what, What::Sent { attempt: 1, .. });
    let sent = || history.moments.iter().filter(first).map(|moment| moment.at_ms);
    let (from_ms, until_ms) = (sent().next()?, until_ms.unwrap_or(history.end.at_ms));
    let number = sent().take_while(|at_ms| *at_ms < until_ms).count() as u64;
    (number * 1_000).checked_div(until_ms.saturating_sub(from_ms))
}
