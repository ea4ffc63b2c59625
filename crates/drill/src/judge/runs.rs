//! The journals of a drill's runs, as far as they are written at a moment.

use std::collections::{BTreeMap, BTreeSet};

use runbook::{
    Action, ActionName, Condition, Entry, Event, Failure, Heading, OnFailure, Plan, Refused,
};

/// Every run by its id.
#[derive(Default)]
pub(super) struct Runs<'h>(BTreeMap<&'h str, Run<'h>>);

/// One run.
pub(super) struct Run<'h> {
    /// How many entries its journal has.
    pub(super) length: u64,
    plan: Option<&'h Plan>,
    /// All that is written.
    entries: Vec<&'h Entry>,
    /// The attempts on the way forward, and on the way back, which has actions of its own.
    ways: [Vec<Tries<'h>>; 2],
    heading: Heading,
    /// What was under way when the plan in force was written, and may still have its effect.
    in_flight: BTreeSet<ActionName>,
}

/// What became of the attempts of one action.
#[derive(Clone, Default)]
struct Tries<'h> {
    /// Attempts that began and have not ended.
    open: BTreeSet<u32>,
    began: u32,
    /// The result of the last that ended: nothing wrong, or what.
    last: Option<Option<&'h Failure>>,
    is_done: bool,
    is_skipped: bool,
    /// Who approved, and until when it counts.
    approvals: BTreeMap<&'h str, u64>,
}

impl Tries<'_> {
    fn may_act(&self) -> bool {
        let is_unclear = matches!(self.last, Some(Some(Failure::TryAgain(_) | Failure::TimedOut)));
        !self.open.is_empty() || is_unclear
    }
}

impl<'h> Runs<'h> {
    /// The run of this id; it begins to be when it is asked for.
    pub(super) fn run(&mut self, id: &'h str) -> &mut Run<'h> {
        self.0.entry(id).or_default()
    }
}

impl Default for Run<'_> {
    fn default() -> Self {
        let way = vec![Tries::default(); ActionName::ALL.len()];
        let ways = [way.clone(), way];
        let in_flight = BTreeSet::new();
        let entries = Vec::new();
        Self { length: 0, plan: None, entries, ways, heading: Heading::Forward, in_flight }
    }
}

impl<'h> Run<'h> {
    /// Takes the next entry.
    pub(super) fn write(&mut self, entry: &'h Entry) {
        self.length = self.length.max(entry.position.saturating_add(1));
        self.entries.push(entry);
        match &entry.event {
            // A switchover that goes on as a failover: everything counts from here.
            Event::Planned { plan, .. } => {
                let (in_flight, length) = (self.in_flight(), self.length);
                let entries = std::mem::take(&mut self.entries);
                *self = Self { length, plan: Some(plan), entries, in_flight, ..Self::default() };
            }
            Event::Began { action, attempt, .. } => {
                let tries = self.tries_mut(*action);
                tries.open.insert(*attempt);
                tries.began += 1;
            }
            Event::Ended { action, attempt, result, .. } => {
                let tries = self.tries_mut(*action);
                tries.open.remove(attempt);
                tries.last = Some(result.as_ref().err());
                tries.is_done |= result.is_ok();
            }
            Event::Skipped { action, .. } => self.tries_mut(*action).is_skipped = true,
            Event::Approved { action, by, expires_at, .. } => {
                self.tries_mut(*action).approvals.insert(by.as_str(), expires_at.0);
            }
            Event::Aborted { .. } => self.heading = Heading::Back,
            Event::Took { .. }
            | Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::Retried { .. } => {}
        }
    }

    /// The journal has lost everything behind its first lines; what was under way may still have its
    /// effect.
    pub(super) fn shorten(&mut self, lines: u64) {
        let in_flight = self.in_flight();
        let kept = std::mem::take(&mut self.entries);
        *self = Self::default();
        for entry in kept.into_iter().filter(|entry| entry.position < lines) {
            self.write(entry);
        }
        self.in_flight.extend(in_flight);
    }

    /// Whether an action has ended well under any plan of this run: a request that an earlier plan sent may have
    /// its effect under a later one, and rests on what was done before it.
    pub(super) fn was_ever_done(&self, wanted: ActionName) -> bool {
        self.entries.iter().any(|entry| {
            matches!(&entry.event, Event::Ended { action, result: Ok(_), .. } if *action == wanted)
        })
    }

    /// The attempts of an action on both ways.
    fn tries(&self, action: ActionName) -> impl Iterator<Item = &Tries<'h>> {
        self.ways.iter().map(move |way| &way[action as usize])
    }

    /// Those on the way that the run is on.
    fn tries_now(&self, action: ActionName) -> &Tries<'h> {
        &self.ways[self.heading as usize][action as usize]
    }

    /// Those that an entry of now is about.
    fn tries_mut(&mut self, action: ActionName) -> &mut Tries<'h> {
        &mut self.ways[self.heading as usize][action as usize]
    }

    /// Its plan, once it is written.
    pub(super) fn plan(&self) -> Option<&'h Plan> {
        self.plan
    }

    /// Whether the journal says that this action succeeded.
    pub(super) fn is_done(&self, action: ActionName) -> bool {
        self.tries(action).any(|tries| tries.is_done)
    }

    /// Whether an effect of this action may appear now: an attempt is under way, or one ended of
    /// which nobody knows what came.
    pub(super) fn may_act(&self, action: ActionName) -> bool {
        self.in_flight.contains(&action) || self.tries(action).any(Tries::may_act)
    }

    /// Every action that may act now.
    fn in_flight(&self) -> BTreeSet<ActionName> {
        ActionName::ALL.iter().copied().filter(|action| self.may_act(*action)).collect()
    }

    /// Who approved an action so that it still counts at this time, by the clock of the journal.
    pub(super) fn approvers(&self, action: ActionName, now: u64) -> BTreeSet<&'h str> {
        let approvals = self.tries(action).flat_map(|tries| &tries.approvals);
        approvals.filter(|(_, until)| **until > now).map(|(by, _)| *by).collect()
    }

    /// The first action of the plan that must be over before this one begins and is not.
    pub(super) fn skipped_over(&self, action: ActionName) -> Option<ActionName> {
        let plan = self.plan?;
        let mut before = plan.way(self.heading).iter().take_while(|before| before.name != action);
        before.find(|before| !self.is_over(plan, before)).map(|before| before.name)
    }

    /// Whether the plan has this action on the way that the run is on.
    pub(super) fn is_planned(&self, action: ActionName) -> bool {
        let way = self.plan.map_or(&[][..], |plan| plan.way(self.heading));
        way.iter().any(|planned| planned.name == action)
    }

    fn is_over(&self, plan: &Plan, action: &Action) -> bool {
        let tries = self.tries_now(action.name);
        let is_approved = || {
            let approvers = u32::try_from(tries.approvals.len()).unwrap_or(u32::MAX);
            action.approvers > 0 && approvers >= action.approvers
        };
        let is_due = match action.condition {
            Condition::Always => true,
            Condition::IfRefused(other) => self.is_refused_for_versions(other),
            Condition::IfDone(other) => self.is_done(other),
            Condition::IfBegun => self.may_have_begun(),
        };
        let is_given_up = action.on_failure == OnFailure::GoOn && tries.last.is_some();
        let has_another_way = self.is_refused_for_versions(action.name)
            && plan.actions.iter().any(|it| it.condition == Condition::IfRefused(action.name));
        tries.is_done
            || tries.is_skipped
            || !is_due
            || is_given_up
            || has_another_way
            || is_approved()
    }

    /// Whether the run has the run lock, as far as the journal tells. A refusal of one attempt is one
    /// of all: the record has moved on, and what an earlier attempt still writes finds it changed.
    fn may_have_begun(&self) -> bool {
        let is_refused = |tries: &Tries<'_>| matches!(tries.last, Some(Some(Failure::Refused(..))));
        self.tries(ActionName::BeginRun).any(|tries| tries.began > 0 && !is_refused(tries))
    }

    fn is_refused_for_versions(&self, action: ActionName) -> bool {
        let for_versions = |tries: &Tries<'_>| {
            matches!(tries.last, Some(Some(Failure::Refused(Refused::Versions, _))))
        };
        self.tries(action).any(for_versions)
    }
}
