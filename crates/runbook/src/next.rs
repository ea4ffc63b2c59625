//! What is due, from the journal alone.

use fence::{Author, Millis};
use planted::{Bug, is_planted};

use crate::action::{Action, ActionName, Condition, OnFailure};
use crate::journal::{Entry, Event};
use crate::observed::{Failure, Refused};
use crate::plan::Plan;
use crate::progress::{Heading, Progress};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'j> {
    /// There is no plan.
    NotPlanned,
    /// Another run has begun since: this one is over.
    Superseded,
    /// Nothing: the run has come to the end of its way forward.
    Finished,
    /// Nothing: the run has come to the end of its way back.
    TurnedBack,
    /// Nothing, until a person lets it go on.
    Paused {
        /// Who paused it.
        by: &'j Author,
    },
    /// People must approve first.
    Approval {
        /// The action that asks for it.
        action: &'j Action,
        /// How many have, whose approval still counts.
        approved: u32,
    },
    /// A person must decide: a required action failed.
    Person {
        /// The action.
        action: &'j Action,
        /// How it failed.
        failure: &'j Failure,
    },
    /// The run is to turn back: a required action failed, and nothing is lost by it.
    TurnBack {
        /// The action.
        action: &'j Action,
        /// How it failed.
        failure: &'j Failure,
    },
    /// An attempt of an action; of one that people approve, to note that they have.
    Act {
        /// The action.
        action: &'j Action,
        /// The number of the attempt.
        attempt: u32,
        /// Not before this.
        not_before: Millis,
    },
}

/// What is due at `now` in the run with this journal.
///
/// # Panics
/// When a number is missing in the journal.
#[must_use]
pub fn next(entries: &[Entry], now: Millis) -> Next<'_> {
    Progress::of(entries).next(entries, now)
}

/// Who has approved of `action`, in the plan in force of the run with this journal, so that it counts at `now`: each
/// person once.
///
/// # Panics
/// When a number is missing in the journal.
#[must_use]
pub fn approvers(entries: &[Entry], action: ActionName, now: Millis) -> Vec<&Author> {
    Progress::of(entries).approvers(action, entries, now)
}

impl Progress {
    /// What is due at `now`; `entries` are those that were read.
    pub(crate) fn next<'j>(&self, entries: &'j [Entry], now: Millis) -> Next<'j> {
        match (self.due(entries, now), self.paused(entries)) {
            (
                due @ (Next::NotPlanned | Next::Superseded | Next::Finished | Next::TurnedBack),
                _,
            )
            | (due, None) => due,
            (_, Some(by)) => Next::Paused { by },
        }
    }

    /// What is due when nobody has paused the run.
    pub(crate) fn due<'j>(&self, entries: &'j [Entry], now: Millis) -> Next<'j> {
        let Some((plan, ..)) = self.planned(entries) else { return Next::NotPlanned };
        if self.is_superseded() {
            return Next::Superseded;
        }
        let way = plan.way(self.heading());
        let mut dues = way.iter().filter_map(|action| self.due_of(action, plan, entries, now));
        dues.next().unwrap_or(match self.heading() {
            Heading::Forward => Next::Finished,
            Heading::Back => Next::TurnedBack,
        })
    }

    /// What is due of this action; nothing when it is over.
    fn due_of<'j>(
        &self,
        action: &'j Action,
        plan: &Plan,
        entries: &'j [Entry],
        now: Millis,
    ) -> Option<Next<'j>> {
        let is_skipped = action.is_skippable && self.is_skipped(action.name);
        if is_skipped || !self.is_met(action.condition, entries) {
            return None;
        }
        if action.approvers > 0 && !is_planted(Bug::ApprovalNotNeeded) {
            return self.approval_of(action, entries, now);
        }
        match self.ended(action.name, entries) {
            Some((Ok(_), _)) => None,
            Some((Err(failure), at)) => self.after(action, failure, at, plan),
            None if is_planted(Bug::BegunTakenForDone) && self.has_begun(action.name) => None,
            None => Some(self.act(action, Millis(0))),
        }
    }

    fn act<'j>(&self, action: &'j Action, not_before: Millis) -> Next<'j> {
        Next::Act { action, attempt: self.next_attempt(action.name), not_before }
    }

    fn is_met(&self, condition: Condition, entries: &[Entry]) -> bool {
        match condition {
            Condition::Always => true,
            Condition::IfRefused(name) => {
                self.ended(name, entries).is_some_and(|(result, _)| is_refused_for_versions(result))
            }
            Condition::IfDone(name) => self.observed(name, entries).is_some(),
            Condition::IfBegun => self.may_have_begun(),
        }
    }

    /// What follows a failure of `action`.
    fn after<'j>(
        &self,
        action: &'j Action,
        failure: &'j Failure,
        at: Millis,
        plan: &Plan,
    ) -> Option<Next<'j>> {
        let refused = match failure {
            Failure::Refused(refused, _) => Some(*refused),
            Failure::TryAgain(_) | Failure::TimedOut => None,
        };
        if refused.is_none() && self.failures(action.name) < action.retry.attempts_max {
            return Some(self.act(action, at.plus(action.retry.interval)));
        }
        let other_way = Condition::IfRefused(action.name);
        if refused == Some(Refused::Versions)
            && plan.actions.iter().any(|action| action.condition == other_way)
        {
            return None;
        }
        match action.on_failure {
            OnFailure::GoOn => None,
            OnFailure::Abort => Some(Next::TurnBack { action, failure }),
            // The database service said no, or cancelled: the source is the writer still (rule 16.1
            // step 5).
            OnFailure::Stop
                if action.name == ActionName::SwitchDatabase
                    && refused == Some(Refused::NothingMoved) =>
            {
                Some(Next::TurnBack { action, failure })
            }
            OnFailure::Stop => Some(Next::Person { action, failure }),
        }
    }

    /// Approvals count when enough people have given them that have not run out, or when what they
    /// permit has begun.
    ///
    /// Its further attempts, by whichever runner, belong to the same decision: an unclear one may
    /// have had its effect, and the run that may hold the lock or may have detached must not stand
    /// still for people. When all of them have failed and a person retries, it is decided anew. That
    /// asks for approvals that count and is safe: a run that did begin has only reserved an epoch
    /// and waits, and may be turned back; what did detach is found detached.
    fn approval_of<'j>(
        &self,
        action: &'j Action,
        entries: &[Entry],
        now: Millis,
    ) -> Option<Next<'j>> {
        let is_used = |name| self.has_begun(name) && !self.is_retried(name);
        if permits(action.name).is_some_and(is_used) {
            return None;
        }
        let approved = self.approvers(action.name, entries, now).len();
        let approved = u32::try_from(approved).unwrap_or(u32::MAX);
        if approved < action.approvers {
            return Some(Next::Approval { action, approved });
        }
        let is_noted = self.observed(action.name, entries).is_some();
        (!is_noted).then(|| self.act(action, Millis(0)))
    }

    /// Who has approved of `action` so that it counts at `now`, each person once.
    pub(crate) fn approvers<'j>(
        &self,
        action: ActionName,
        entries: &'j [Entry],
        now: Millis,
    ) -> Vec<&'j Author> {
        let approvals = self.since_planned(entries).iter().filter_map(|entry| match &entry.event {
            Event::Approved { action: of, by, expires_at, .. } if *of == action => {
                (now < *expires_at || is_planted(Bug::ExpiredApprovalCounts)).then_some(by)
            }
            _ => None,
        });
        let mut people: Vec<&Author> = Vec::new();
        for by in approvals {
            if !people.iter().any(|one| one.is_one_with(by)) {
                people.push(by);
            }
        }
        people
    }
}

/// What people permit with an approval. What comes between the two uses nothing up.
const fn permits(approval: ActionName) -> Option<ActionName> {
    match approval {
        ActionName::ApproveLoss => Some(ActionName::BeginRun),
        ActionName::ApproveDetach => Some(ActionName::DetachDatabase),
        _ => None,
    }
}

fn is_refused_for_versions<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Refused(Refused::Versions, _)))
}
