//! What a report says of a run, from its journal alone.

use std::collections::BTreeMap;

use fence::{Author, DurationMs, Millis};

use crate::action::{ActionName, Stage};
use crate::journal::{Entry, Event, RunnerName};
use crate::observed::{Evidence, Failure, Observed, Tail};
use crate::plan::Plan;
use crate::progress::{Heading, Progress};

/// What a report says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary<'j> {
    /// The plan in force: the last one, when a switchover went on as a failover.
    pub plan: &'j Plan,
    /// Who asked for it.
    pub by: &'j Author,
    /// Why.
    pub reason: &'j str,
    /// When the first plan was written.
    pub planned_at: Millis,
    /// When the last entry was written.
    pub told_until: Millis,
    /// How long each stage took, in their order; those without an entry are left out.
    pub phases: BTreeMap<Stage, DurationMs>,
    /// When the target was opened.
    pub opened_at: Option<Millis>,
    /// When traffic was sent to it.
    pub directed_at: Option<Millis>,
    /// Who turned the run back, when and why.
    pub turned_back: Option<(&'j Author, Millis, &'j str)>,
    /// What was known of the loss before it was decided about.
    pub evidence: Option<&'j Evidence>,
    /// Who approved of what, and when.
    pub approvals: Vec<(ActionName, &'j Author, Millis)>,
    /// The source's end.
    pub tail: Option<&'j Tail>,
    /// The target's database as it was verified.
    pub database: Option<&'j Tail>,
    /// How many movements were put in quarantine.
    pub held: Option<u64>,
    /// Attempts that failed.
    pub failures: Vec<FailedAttempt<'j>>,
    /// What was skipped, by whom and why.
    pub skipped: Vec<(ActionName, &'j Author, &'j str)>,
    /// Who carried it on, in order.
    pub runners: Vec<&'j RunnerName>,
}

/// An attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedAttempt<'j> {
    /// What was attempted.
    pub action: ActionName,
    /// The number of the attempt.
    pub attempt: u32,
    /// When it ended.
    pub at: Millis,
    /// How it failed.
    pub failure: &'j Failure,
}

/// What a report says of the run with this journal; nothing before it is planned.
#[must_use]
pub fn summary(entries: &[Entry]) -> Option<Summary<'_>> {
    let (first, last) = (entries.first()?, entries.last()?);
    let Event::Planned { plan, by, reason } = &first.event else { return None };
    let mut summary = Summary {
        plan,
        by,
        reason,
        planned_at: first.at,
        told_until: last.at,
        phases: phases(entries),
        opened_at: None,
        directed_at: None,
        turned_back: None,
        evidence: None,
        approvals: Vec::new(),
        tail: None,
        database: None,
        held: None,
        failures: Vec::new(),
        skipped: Vec::new(),
        runners: Vec::new(),
    };
    entries.iter().for_each(|entry| summary.take(entry));
    Some(summary)
}

impl<'j> Summary<'j> {
    fn take(&mut self, entry: &'j Entry) {
        let at = entry.at;
        match &entry.event {
            Event::Planned { plan, by, reason } => {
                (self.plan, self.by, self.reason) = (plan, by, reason);
            }
            Event::Took { runner } => self.runners.push(runner),
            Event::Ended { action, result: Ok(observed), .. } => self.see(*action, observed, at),
            Event::Ended { action, attempt, result: Err(failure), .. } => {
                let (action, attempt) = (*action, *attempt);
                self.failures.push(FailedAttempt { action, attempt, at, failure });
            }
            Event::Skipped { action, by, reason } => self.skipped.push((*action, by, reason)),
            Event::Approved { action, by, .. } => self.approvals.push((*action, by, at)),
            Event::Aborted { by, reason } => self.turned_back = Some((by, at, reason)),
            Event::Began { .. }
            | Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::Retried { .. } => {}
        }
    }

    fn see(&mut self, action: ActionName, observed: &'j Observed, at: Millis) {
        match (action, observed) {
            (ActionName::Open, _) => self.opened_at = Some(at),
            (ActionName::DirectTraffic, _) => self.directed_at = Some(at),
            (_, Observed::Evidence(evidence)) => self.evidence = Some(evidence),
            (_, Observed::Tail(tail)) => self.tail = Some(tail),
            (_, Observed::Database(tail)) => self.database = Some(tail),
            (ActionName::HoldMissing, Observed::Movements(count)) => self.held = Some(*count),
            _ => {}
        }
    }
}

/// What was known of the loss before it is decided about, and when it was seen; nothing where nobody has seen it yet.
///
/// # Panics
/// When a number is missing in the journal.
#[must_use]
pub fn evidence(entries: &[Entry]) -> Option<(&Evidence, Millis)> {
    match Progress::of(entries).ended(ActionName::SnapshotEvidence, entries) {
        Some((Ok(Observed::Evidence(evidence)), at)) => Some((evidence, at)),
        _ => None,
    }
}

/// How long each stage of a run took: the parts of its RTO.
///
/// The time up to an entry about an action belongs to that action's stage, so that waiting for
/// people, for the next attempt and for another runner counts where the run stood. The sum is the
/// time from the plan to the last such entry.
#[must_use]
pub fn phases(entries: &[Entry]) -> BTreeMap<Stage, DurationMs> {
    let mut phases = BTreeMap::new();
    let mut since = entries.first().map_or(Millis(0), |entry| entry.at);
    let (mut plan, mut heading) = (None, Heading::Forward);
    for entry in entries {
        let name = match &entry.event {
            Event::Planned { plan: planned, .. } => {
                (plan, heading) = (Some(planned), Heading::Forward);
                continue;
            }
            Event::Aborted { .. } => {
                heading = Heading::Back;
                continue;
            }
            Event::Began { action, .. } | Event::Ended { action, .. } => *action,
            _ => continue,
        };
        let actions = plan.map_or(&[][..], |plan| plan.way(heading));
        if let Some(action) = actions.iter().find(|action| action.name == name) {
            let spent = phases.entry(action.stage).or_insert(DurationMs::ZERO);
            *spent = spent.plus(entry.at.since(since));
            since = since.max(entry.at);
        }
    }
    phases
}
