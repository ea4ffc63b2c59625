//! How far a run has come, kept up entry by entry.
//!
//! Holds places in the journal instead of references to them, so that a runner keeps it beside the
//! entries that it adds to.

use fence::{Author, Millis};
use planted::{Bug, is_planted};

use crate::action::{Action, ActionName};
use crate::journal::{Entry, Event, RunnerName};
use crate::observed::{Evidence, Failure, Observed, Refused};
use crate::plan::Plan;

/// Which list of the plan a run is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heading {
    /// The way forward.
    Forward,
    /// The way back.
    Back,
}

/// What became of one action on the way that the run is on.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    /// How many attempts began.
    began: u32,
    /// How many failed since a person gave it more.
    failed: u32,
    /// Where the entry is with which the latest attempt began, as long as that has not ended.
    in_hand: Option<usize>,
    /// Where the entry is with which the latest attempt ended that counts.
    ended: Option<usize>,
    is_skipped: bool,
    /// Whether a person gave it more and no attempt has begun since.
    is_retried: bool,
}

/// How far a run has come.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    tried: [Tried; ActionName::ALL.len()],
    /// Where the plan in force is.
    planned: Option<usize>,
    /// Where the runner took the run that has it now.
    took: Option<usize>,
    /// Where it was paused.
    paused: Option<usize>,
    heading: Heading,
    is_superseded: bool,
    /// Whether an earlier plan took the run lock, with which the plan in force goes on.
    has_lock_before: bool,
    /// Whether the plan in force took the run lock, or may have.
    may_have_begun: bool,
    /// Whether the point of no return was passed, or may have been, under whichever plan.
    may_have_passed: bool,
    /// How many entries it has read.
    length: usize,
}

impl Progress {
    /// Nothing was written yet.
    pub(crate) const fn new() -> Self {
        Self {
            tried: [Tried {
                began: 0,
                failed: 0,
                in_hand: None,
                ended: None,
                is_skipped: false,
                is_retried: false,
            }; ActionName::ALL.len()],
            planned: None,
            took: None,
            paused: None,
            heading: Heading::Forward,
            is_superseded: false,
            has_lock_before: false,
            may_have_begun: false,
            may_have_passed: false,
            length: 0,
        }
    }

    /// How far these entries go.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut progress = Self::new();
        entries.iter().for_each(|entry| progress.write(entry));
        progress
    }

    /// Takes the next entry.
    ///
    /// # Panics
    /// When it is not the next: a journal has no gaps.
    pub(crate) fn write(&mut self, entry: &Entry) {
        let index = self.length;
        assert_eq!(u64::try_from(index), Ok(entry.position), "a journal has no gaps");
        self.length += 1;
        match &entry.event {
            Event::Planned { .. } => self.plan_at(index),
            Event::Took { .. } => self.took = Some(index),
            Event::Began { action, .. } => self.begin(*action, index),
            Event::Ended { action, attempt, result, .. } => {
                self.end(*action, *attempt, result, index);
            }
            Event::Paused { .. } => self.paused = Some(index),
            Event::Resumed { .. } => self.paused = None,
            Event::Retried { action, .. } => {
                let tried = self.tried_mut(*action);
                (tried.failed, tried.ended, tried.is_retried) = (0, None, true);
            }
            Event::Skipped { action, .. } => self.tried_mut(*action).is_skipped = true,
            Event::Approved { .. } => {}
            Event::Aborted { .. } => self.turn_back(),
        }
    }

    fn plan_at(&mut self, index: usize) {
        // A switchover that goes on as a failover has the run lock already.
        let has_lock_before = self.planned.is_some();
        *self = Self {
            planned: Some(index),
            has_lock_before,
            may_have_begun: has_lock_before,
            may_have_passed: self.may_have_passed,
            length: self.length,
            ..Self::new()
        };
    }

    fn begin(&mut self, action: ActionName, index: usize) {
        let tried = self.tried_mut(action);
        (tried.began, tried.in_hand) = (tried.began.saturating_add(1), Some(index));
        tried.is_retried = false;
        match action {
            ActionName::BeginRun => self.may_have_begun = true,
            ActionName::PassPointOfNoReturn => self.may_have_passed = true,
            _ => {}
        }
    }

    fn end(
        &mut self,
        action: ActionName,
        attempt: u32,
        result: &Result<Observed, Failure>,
        index: usize,
    ) {
        let refused = match result {
            Err(Failure::Refused(refused, _)) => Some(*refused),
            Ok(_) | Err(_) => None,
        };
        if action == ActionName::BeginRun && refused.is_some() {
            self.may_have_begun = self.has_lock_before;
        }
        self.is_superseded |= refused == Some(Refused::Superseded);
        let tried = self.tried_mut(action);
        // What began before the run turned back, or by a runner that lost it, does not count.
        if attempt == tried.began && tried.in_hand.is_some() {
            tried.in_hand = None;
            tried.ended = Some(index);
            tried.failed = tried.failed.saturating_add(u32::from(result.is_err()));
        }
    }

    fn turn_back(&mut self) {
        self.heading = Heading::Back;
        self.paused = None;
        self.tried = Self::new().tried;
    }

    fn tried(&self, action: ActionName) -> &Tried {
        &self.tried[action as usize]
    }

    fn tried_mut(&mut self, action: ActionName) -> &mut Tried {
        &mut self.tried[action as usize]
    }

    pub(crate) fn is_superseded(&self) -> bool {
        self.is_superseded
    }

    pub(crate) fn may_have_begun(&self) -> bool {
        self.may_have_begun
    }

    /// Whether a person may turn the run back: nobody has begun to pass the point of no return.
    pub(crate) fn may_abort(&self) -> bool {
        self.heading == Heading::Forward
            && (!self.may_have_passed || is_planted(Bug::AbortPastNoReturn))
    }

    pub(crate) fn heading(&self) -> Heading {
        self.heading
    }

    /// The number of the next attempt.
    pub(crate) fn next_attempt(&self, action: ActionName) -> u32 {
        self.tried(action).began.saturating_add(1)
    }

    pub(crate) fn has_begun(&self, action: ActionName) -> bool {
        self.tried(action).began > 0
    }

    /// Where the entry is with which the attempt in hand began.
    pub(crate) fn in_hand(&self, action: ActionName) -> Option<usize> {
        self.tried(action).in_hand
    }

    /// Whether a person gave the action more and no attempt has begun since.
    pub(crate) fn is_retried(&self, action: ActionName) -> bool {
        self.tried(action).is_retried
    }

    pub(crate) fn failures(&self, action: ActionName) -> u32 {
        self.tried(action).failed
    }

    pub(crate) fn is_skipped(&self, action: ActionName) -> bool {
        self.tried(action).is_skipped
    }

    /// How the latest attempt of an action ended, and when.
    pub(crate) fn ended<'j>(
        &self,
        action: ActionName,
        entries: &'j [Entry],
    ) -> Option<(&'j Result<Observed, Failure>, Millis)> {
        let entry = &entries[self.tried(action).ended?];
        match &entry.event {
            Event::Ended { result, .. } => Some((result, entry.at)),
            other => unreachable!("{other:?} is not an end"),
        }
    }

    /// What was seen of an action that succeeded.
    pub(crate) fn observed<'j>(
        &self,
        action: ActionName,
        entries: &'j [Entry],
    ) -> Option<&'j Observed> {
        self.ended(action, entries).and_then(|(result, _)| result.as_ref().ok())
    }

    /// What was known of the loss before it was decided about.
    pub(crate) fn evidence(&self, entries: &[Entry]) -> Evidence {
        match self.observed(ActionName::SnapshotEvidence, entries) {
            Some(Observed::Evidence(evidence)) => evidence.clone(),
            _ => Evidence::default(),
        }
    }

    /// The plan in force, who asked for it, and why.
    pub(crate) fn planned<'j>(
        &self,
        entries: &'j [Entry],
    ) -> Option<(&'j Plan, &'j Author, &'j str)> {
        match &entries[self.planned?].event {
            Event::Planned { plan, by, reason } => Some((plan, by, reason)),
            other => unreachable!("{other:?} is not a plan"),
        }
    }

    /// The entries under the plan in force.
    pub(crate) fn since_planned<'j>(&self, entries: &'j [Entry]) -> &'j [Entry] {
        &entries[self.planned.unwrap_or(0)..]
    }

    /// The runner that took the plan in force last.
    pub(crate) fn runner<'j>(&self, entries: &'j [Entry]) -> Option<&'j RunnerName> {
        match &entries[self.took?].event {
            Event::Took { runner } => Some(runner),
            other => unreachable!("{other:?} takes nothing"),
        }
    }

    /// Who paused the run that is paused.
    pub(crate) fn paused<'j>(&self, entries: &'j [Entry]) -> Option<&'j Author> {
        match &entries[self.paused?].event {
            Event::Paused { by } => Some(by),
            other => unreachable!("{other:?} pauses nothing"),
        }
    }
}

impl Plan {
    /// The list of actions in this direction.
    #[must_use]
    pub fn way(&self, heading: Heading) -> &[Action] {
        match heading {
            Heading::Forward => &self.actions,
            Heading::Back => &self.way_back,
        }
    }
}
