//! How long it took until users were served again: the RTO, and the parts that it is made of.

use std::collections::BTreeSet;

use fence::State;
use runbook::{PlanKind, Stage};

use super::run::{Journal, Route, journals};
use crate::history::{Answer, History, Site, What};

/// A part of the RTO. Each ends where the next begins, so that together they are the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// From what happened to the plan.
    Detect,
    /// From the plan to the run lock: preconditions, evidence, approval.
    Decide,
    /// Until no gate of the source can be open.
    Fence,
    /// Until the database service answers that the database has changed hands.
    Promote,
    /// Until the control record makes a Region active.
    Verify,
    /// Until that Region acknowledges the first payment.
    Route,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Detect, Self::Decide, Self::Fence, Self::Promote, Self::Verify, Self::Route];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Decide => "decide",
            Self::Fence => "fence",
            Self::Promote => "promote",
            Self::Verify => "verify",
            Self::Route => "route",
        }
    }

    /// What it lasts until, for people.
    #[must_use]
    pub const fn ends_with(self) -> &'static str {
        match self {
            Self::Detect => "a person asks for the run and its plan is written",
            Self::Decide => "evidence is taken, people have approved, the run lock is held",
            Self::Fence => "no gate of the source can be open any more",
            Self::Promote => "the target's database is the writer",
            Self::Verify => "the books are checked, what is missing is held, the Region is active",
            Self::Route => "the first payment is acknowledged there",
        }
    }
}

/// What one run did for the users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The run.
    pub run: String,
    /// What it was for.
    pub route: Route,
    /// What began it: a line of the scenario, or none for a planned change.
    pub cause: Option<String>,
    /// When that was.
    pub began_ms: u64,
    /// When the Region that it made active acknowledged a payment; none: it never did.
    pub served_ms: Option<u64>,
    /// Whether a client asked in vain in between. Where none did, the time until somebody asked says
    /// nothing of the service.
    pub was_felt: bool,
    /// How long each part took; empty when there is no RTO.
    pub parts: Vec<(Part, u64)>,
}

impl Recovery {
    /// The measured RTO, in milliseconds; none when nobody was served any more, or nobody had asked.
    #[must_use]
    pub fn rto_ms(&self) -> Option<u64> {
        let served_ms = self.served_ms.filter(|_| self.was_felt)?;
        Some(served_ms - self.began_ms)
    }
}

/// One recovery for each run that made a Region active, in the order of the runs.
pub(super) fn recoveries(history: &History) -> Vec<Recovery> {
    let mut since_ms = 0;
    let mut recoveries = Vec::new();
    for journal in journals(history) {
        let Some(recovery) = recovery(history, &journal, since_ms) else { continue };
        since_ms = recovery.served_ms.unwrap_or(history.end.at_ms);
        recoveries.push(recovery);
    }
    recoveries
}

fn recovery(history: &History, journal: &Journal<'_>, since_ms: u64) -> Option<Recovery> {
    let (planned_ms, _) = journal.plan()?;
    let route = journal.route()?;
    let (active_ms, site) = activation(history, journal.run)?;
    let fault = outage(history, since_ms, planned_ms, route.kind);
    let began_ms = fault.map_or(planned_ms, |(at_ms, _)| at_ms);
    let served_ms = first_acknowledged_ms(history, began_ms, active_ms, site);
    let was_felt = asks_in_vain(history, began_ms, served_ms.unwrap_or(history.end.at_ms));
    let ends = ends(journal, planned_ms, active_ms);
    let measured_ms = served_ms.filter(|_| was_felt);
    Some(Recovery {
        run: journal.run.to_owned(),
        route,
        cause: fault.map(|(_, line)| line.to_owned()),
        began_ms,
        served_ms,
        was_felt,
        parts: measured_ms.map(|served_ms| parts(began_ms, ends, served_ms)).unwrap_or_default(),
    })
}

/// When the control record made a Region active by this run, and which.
fn activation(history: &History, run: &str) -> Option<(u64, Site)> {
    let mut was_changing = false;
    history.moments.iter().find_map(|moment| {
        let What::Record(record) = &moment.what else { return None };
        let is_ours = record.run().is_some_and(|open| open.id.as_str() == run);
        let is_active = record.state() == State::Active;
        let opened = was_changing && is_active;
        was_changing = is_ours && !is_active;
        let site = record.active_region().and_then(Site::of)?;
        opened.then_some((moment.at_ms, site))
    })
}

/// The fault that a run is the answer to: the first one since users were served last, or a later
/// one if requests that were sent in between were served.
fn outage(
    history: &History,
    since_ms: u64,
    planned_ms: u64,
    kind: PlanKind,
) -> Option<(u64, &str)> {
    let faults = history.moments.iter().filter_map(|moment| match &moment.what {
        What::Happened { line, is_fault: true } => Some((moment.at_ms, line.as_str())),
        _ => None,
    });
    let mut faults = faults.filter(|(at_ms, _)| (since_ms..=planned_ms).contains(at_ms)).peekable();
    while let Some(fault) = faults.next() {
        let (until_ms, is_last) = faults.peek().map_or((planned_ms, true), |next| (next.0, false));
        let is_harmless = serves_between(history, fault.0, until_ms);
        // A Region that is cut off serves on until its lease ends: a failover is the answer to that.
        let is_answered = is_last && kind == PlanKind::Failover;
        if !is_harmless || is_answered {
            return Some(fault);
        }
    }
    None
}

/// Whether a request that was sent in this time was also acknowledged in it.
fn serves_between(history: &History, from_ms: u64, until_ms: u64) -> bool {
    let mut sent = BTreeSet::new();
    let within = history.moments.iter().skip_while(|moment| moment.at_ms <= from_ms);
    within.take_while(|moment| moment.at_ms < until_ms).any(|moment| match moment.what {
        What::Sent { request, attempt, .. } => {
            sent.insert((request, attempt));
            false
        }
        What::Told { request, attempt, answer: Answer::Acknowledged(_), .. } => {
            sent.contains(&(request, attempt))
        }
        _ => false,
    })
}

/// Whether a client asked in this time and was not served.
fn asks_in_vain(history: &History, from_ms: u64, until_ms: u64) -> bool {
    let within = history.moments.iter().skip_while(|moment| moment.at_ms < from_ms);
    within.take_while(|moment| moment.at_ms <= until_ms).any(|moment| match moment.what {
        What::Told { answer, .. } => !matches!(answer, Answer::Acknowledged(_) | Answer::Refused),
        _ => false,
    })
}

/// When a Region that became active acknowledged a request that was sent since it all began.
fn first_acknowledged_ms(
    history: &History,
    began_ms: u64,
    active_ms: u64,
    site: Site,
) -> Option<u64> {
    let mut sent = BTreeSet::new();
    let mut since = history.moments.iter().skip_while(|moment| moment.at_ms < began_ms);
    let told = since.find(|moment| match moment.what {
        What::Sent { request, attempt, .. } => {
            sent.insert((request, attempt));
            false
        }
        What::Told { request, attempt, from, answer: Answer::Acknowledged(_) } => {
            from == site && moment.at_ms >= active_ms && sent.contains(&(request, attempt))
        }
        _ => false,
    });
    told.map(|moment| moment.at_ms)
}

/// When each part but the last ends. A run that was aborted never came to some of them: those last
/// no time.
fn ends(journal: &Journal<'_>, planned_ms: u64, active_ms: u64) -> [u64; 5] {
    let mut ends = [planned_ms, active_ms, active_ms, active_ms, active_ms];
    let stages = [Stage::Fence, Stage::Promote, Stage::Verify];
    for (end, stage) in ends[1..].iter_mut().zip(stages) {
        *end = journal.stage_began_ms(stage).unwrap_or(active_ms);
    }
    ends
}

fn parts(began_ms: u64, ends: [u64; 5], served_ms: u64) -> Vec<(Part, u64)> {
    let mut from_ms = began_ms;
    let ends = ends.into_iter().chain([served_ms]);
    let parts = Part::ALL.into_iter().zip(ends).map(|(part, end_ms)| {
        // What began later than a Region was active is no part of its recovery.
        let end_ms = end_ms.clamp(from_ms, served_ms);
        let took_ms = end_ms - from_ms;
        from_ms = end_ms;
        (part, took_ms)
    });
    parts.collect()
}
