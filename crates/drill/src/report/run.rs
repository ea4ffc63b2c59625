//! The runs of a drill, each with its actions: when they began and ended, and what came of them.

use std::collections::BTreeMap;

use runbook::{Action, ActionName, Entry, Event, Failure, Observed, Plan, PlanKind, Stage};

use crate::history::{History, RunStep, Site, What};

/// What became of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// Its id.
    pub run: String,
    /// What it was for, from where and to where; none when it was not begun.
    pub route: Option<Route>,
    /// When its plan was written, or refused.
    pub planned_ms: u64,
    /// How it ended.
    pub ending: Ending,
    /// Its actions in the order in which they began; those of the way back too.
    pub actions: Vec<ActionReport>,
}

/// What a run was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Planned or not.
    pub kind: PlanKind,
    /// The Region that was active.
    pub source: Site,
    /// The Region to open.
    pub target: Site,
    /// The epoch that was reserved.
    pub epoch: u64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The target is active, and the run is closed.
    Closed,
    /// The source is active again.
    Aborted,
    /// It was not begun, for these reasons.
    NotBegun(String),
    /// It was still open when the drill ended.
    Open,
}

impl Ending {
    /// The word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Aborted => "aborted",
            Self::NotBegun(_) => "not begun",
            Self::Open => "open",
        }
    }
}

/// One action of a run, over all its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionReport {
    /// Which.
    pub name: ActionName,
    /// Its phase.
    pub stage: Stage,
    /// The Region that its calls go to.
    pub region: String,
    /// How often it was attempted.
    pub attempts: u32,
    /// When the first attempt began, or somebody decided about it.
    pub began_ms: u64,
    /// When the last attempt ended; none when that was not written down.
    pub ended_ms: Option<u64>,
    /// What came of it.
    pub outcome: ActionOutcome,
}

impl ActionReport {
    /// From the first begin to the last end, in milliseconds.
    #[must_use]
    pub fn took_ms(&self) -> Option<u64> {
        self.ended_ms.map(|ended_ms| ended_ms - self.began_ms)
    }
}

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionOutcome {
    /// It is done, and this was seen.
    Done(Observed),
    /// It was attempted in vain.
    Failed(Failure),
    /// A person left it out, for this reason.
    Skipped(String),
    /// So many people approved, and it did not end.
    Approved(u32),
    /// It began, and no end of it was written down.
    Begun,
}

/// One run's journal, each entry with the time of the drill at which it was written: the times in
/// the entries are those of their writers' clocks.
pub(super) struct Journal<'history> {
    pub(super) run: &'history str,
    pub(super) entries: Vec<(u64, &'history Entry)>,
    /// When and why its plan was refused.
    pub(super) refused: Option<(u64, &'history str)>,
}

/// The journals of a drill, in the order in which the runs were asked for.
pub(super) fn journals(history: &History) -> Vec<Journal<'_>> {
    let mut journals: Vec<Journal<'_>> = Vec::new();
    for moment in &history.moments {
        let What::Run { run, step } = &moment.what else { continue };
        let at = match journals.iter().position(|journal| journal.run == run) {
            Some(at) => at,
            None => {
                journals.push(Journal { run, entries: Vec::new(), refused: None });
                journals.len() - 1
            }
        };
        match step {
            RunStep::Journaled(entry) => journals[at].entries.push((moment.at_ms, entry)),
            RunStep::NotPlanned(reason) => journals[at].refused = Some((moment.at_ms, reason)),
            _ => {}
        }
    }
    journals
}

impl<'history> Journal<'history> {
    /// The plan, and when it was written.
    pub(super) fn plan(&self) -> Option<(u64, &'history Plan)> {
        self.entries.iter().find_map(|(at_ms, entry)| match &entry.event {
            Event::Planned { plan, .. } => Some((*at_ms, &**plan)),
            _ => None,
        })
    }

    /// What the run was for.
    pub(super) fn route(&self) -> Option<Route> {
        let (_, plan) = self.plan()?;
        let (source, target) = (Site::of(&plan.source)?, Site::of(&plan.target)?);
        Some(Route { kind: plan.kind, source, target, epoch: plan.epoch.number() })
    }

    /// When an action of this phase began for the first time.
    pub(super) fn stage_began_ms(&self, stage: Stage) -> Option<u64> {
        let (_, plan) = self.plan()?;
        self.entries.iter().find_map(|(at_ms, entry)| match &entry.event {
            Event::Began { action, .. } => {
                let action = action_of(plan, *action)?;
                (action.stage == stage).then_some(*at_ms)
            }
            _ => None,
        })
    }
}

/// The action of this name, on the way forward or back.
fn action_of(plan: &Plan, name: ActionName) -> Option<&Action> {
    plan.actions.iter().chain(&plan.way_back).find(|action| action.name == name)
}

/// What became of every run.
pub(super) fn runs(history: &History) -> Vec<RunReport> {
    journals(history).iter().filter_map(report).collect()
}

fn report(journal: &Journal<'_>) -> Option<RunReport> {
    let planned_ms = match (journal.plan(), journal.refused) {
        (Some((at_ms, _)), _) | (None, Some((at_ms, _))) => at_ms,
        // A runner that found nothing to do: the plan was never written.
        (None, None) => return None,
    };
    Some(RunReport {
        run: journal.run.to_owned(),
        route: journal.route(),
        planned_ms,
        ending: ending(journal),
        actions: actions(journal),
    })
}

fn ending(journal: &Journal<'_>) -> Ending {
    if let (None, Some((_, reason))) = (journal.plan(), journal.refused) {
        return Ending::NotBegun(reason.to_owned());
    }
    let is_done = |wanted: ActionName| {
        journal.entries.iter().any(|(_, entry)| {
            matches!(&entry.event, Event::Ended { action, result: Ok(_), .. } if *action == wanted)
        })
    };
    match (is_done(ActionName::Close), is_done(ActionName::Abort)) {
        (true, _) => Ending::Closed,
        (_, true) => Ending::Aborted,
        _ => Ending::Open,
    }
}

fn actions(journal: &Journal<'_>) -> Vec<ActionReport> {
    let Some((_, plan)) = journal.plan() else { return Vec::new() };
    let mut order: Vec<ActionName> = Vec::new();
    let mut reports: BTreeMap<ActionName, ActionReport> = BTreeMap::new();
    for (at_ms, entry) in &journal.entries {
        let Some(action) = subject(&entry.event).and_then(|name| action_of(plan, name)) else {
            continue;
        };
        let report = reports.entry(action.name).or_insert_with(|| {
            order.push(action.name);
            begun(action, *at_ms)
        });
        note(report, *at_ms, &entry.event);
    }
    order.iter().filter_map(|name| reports.remove(name)).collect()
}

/// The action that an entry is about.
fn subject(event: &Event) -> Option<ActionName> {
    match event {
        Event::Began { action, .. }
        | Event::Ended { action, .. }
        | Event::Retried { action, .. }
        | Event::Skipped { action, .. }
        | Event::Approved { action, .. } => Some(*action),
        Event::Planned { .. }
        | Event::Took { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. }
        | Event::Aborted { .. } => None,
    }
}

fn begun(action: &Action, at_ms: u64) -> ActionReport {
    ActionReport {
        name: action.name,
        stage: action.stage,
        region: action.region.to_string(),
        attempts: 0,
        began_ms: at_ms,
        ended_ms: None,
        outcome: ActionOutcome::Begun,
    }
}

fn note(report: &mut ActionReport, at_ms: u64, event: &Event) {
    match event {
        Event::Began { attempt, .. } => report.attempts = report.attempts.max(*attempt),
        Event::Ended { result, .. } => {
            report.ended_ms = Some(at_ms);
            report.outcome = match result {
                Ok(observed) => ActionOutcome::Done(observed.clone()),
                Err(failure) => ActionOutcome::Failed(failure.clone()),
            };
        }
        Event::Skipped { reason, .. } => {
            report.ended_ms = Some(at_ms);
            report.outcome = ActionOutcome::Skipped(reason.clone());
        }
        Event::Approved { .. } => match &mut report.outcome {
            ActionOutcome::Approved(people) => *people += 1,
            ActionOutcome::Begun => report.outcome = ActionOutcome::Approved(1),
            _ => {}
        },
        _ => {}
    }
}
