//! What people may order of a run: each order is an entry of its journal, or is refused with the
//! reason why.

use fence::{Author, DurationMs, Millis, NoAnswer};

use crate::action::{Action, ActionName, Condition};
use crate::journal::{Entry, Event};
use crate::next::Next;
use crate::not_taken::NotTaken;
use crate::plan::{Plan, PlanKind};
use crate::ports::Journal;
use crate::progress::{Heading, Progress};
use crate::writing::{Written, read, write};

/// What a person orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// To stop after the action in hand.
    Pause,
    /// To go on.
    Resume,
    /// To give an action that failed its attempts once more.
    Retry(ActionName),
    /// To leave an action out.
    Skip {
        /// The action.
        action: ActionName,
        /// Why.
        reason: String,
    },
    /// To approve what waits for approval.
    Approve {
        /// The action that asks for it.
        action: ActionName,
        /// For how long it counts.
        lasts: DurationMs,
    },
    /// To turn back.
    Abort {
        /// Why.
        reason: String,
    },
}

/// Writes what `by` orders at `now` into the journal of a run.
///
/// # Errors
/// When it may not be ordered now, or when the journal does not answer.
pub async fn order(
    journal: &impl Journal,
    control: &Control,
    by: &Author,
    now: Millis,
) -> Result<(), NotTaken> {
    enter(journal, now, |entries| judge(entries, control, by, now).map(Some)).await
}

/// Writes a plan into its journal: the first of an empty one, or the failover as which its
/// switchover goes on. It may be done any number of times.
///
/// # Errors
/// When the journal has another plan, or does not answer.
pub async fn write_plan(
    journal: &impl Journal,
    plan: &Plan,
    by: &Author,
    reason: &str,
    now: Millis,
) -> Result<(), NotTaken> {
    enter(journal, now, |entries| {
        let progress = Progress::of(entries);
        if let Some((planned, ..)) = progress.planned(entries) {
            if planned == plan {
                return Ok(None);
            }
            if !goes_on_as(planned, plan) {
                return Err(NotTaken::OtherPlan { kind: planned.kind });
            }
            may_go_on(&progress, entries, now)?;
        }
        let (plan, by, reason) = (Box::new(plan.clone()), by.clone(), reason.to_owned());
        Ok(Some(Event::Planned { plan, by, reason }))
    })
    .await
}

/// A run goes on as another only while no Region can be open: once one may be, a run that goes on
/// would wait for a lock that is given back meanwhile. On the way back that is so from `abort` on;
/// before it, a source that is lost must not keep its failover from beginning.
fn may_go_on(progress: &Progress, entries: &[Entry], now: Millis) -> Result<(), NotTaken> {
    if let Next::Finished | Next::TurnedBack | Next::Superseded = progress.due(entries, now) {
        return Err(NotTaken::Over);
    }
    let mut opening = [ActionName::Open, ActionName::Abort].into_iter();
    match opening.find(|action| progress.has_begun(*action)) {
        Some(action) => Err(NotTaken::MayBeOpen { action }),
        None => Ok(()),
    }
}

/// Whether a switchover goes on as this failover, because its source was lost.
fn goes_on_as(planned: &Plan, plan: &Plan) -> bool {
    planned.kind != PlanKind::Failover
        && plan.kind == PlanKind::Failover
        && (planned.epoch, &planned.run) == (plan.seen, &plan.run)
}

/// Writes what `decide` makes of all entries, again and again until nobody else was faster.
async fn enter(
    journal: &impl Journal,
    now: Millis,
    decide: impl Fn(&[Entry]) -> Result<Option<Event>, NotTaken>,
) -> Result<(), NotTaken> {
    let mut entries = read(journal, at_once).await.map_err(silent)?;
    loop {
        let Some(event) = decide(&entries)? else { return Ok(()) };
        let position = u64::try_from(entries.len()).expect("a journal fits into memory");
        let entry = Entry { position, at: now, event };
        match write(journal, &entry, at_once).await.map_err(silent)? {
            Written::Yes | Written::Among(_) => return Ok(()),
            Written::No(all) => entries = all,
        }
    }
}

/// Whoever gives an order has no clock here; a journal that stays silent is told at once.
async fn at_once() {}

fn silent(no_answer: NoAnswer) -> NotTaken {
    NotTaken::JournalSilent { cause: no_answer.cause }
}

/// What the order comes to while these are all entries.
fn judge(
    entries: &[Entry],
    control: &Control,
    by: &Author,
    now: Millis,
) -> Result<Event, NotTaken> {
    let progress = Progress::of(entries);
    let (plan, ..) = progress.planned(entries).ok_or(NotTaken::NotPlanned)?;
    let due = match progress.due(entries, now) {
        Next::Finished | Next::TurnedBack | Next::Superseded => return Err(NotTaken::Over),
        due => due,
    };
    let (by, paused) = (by.clone(), progress.paused(entries));
    match control {
        Control::Pause => match paused {
            Some(by) => Err(NotTaken::Paused { by: by.clone() }),
            None => Ok(Event::Paused { by }),
        },
        Control::Resume => match paused {
            Some(_) => Ok(Event::Resumed { by }),
            None => Err(NotTaken::NotPaused),
        },
        Control::Retry(action) => {
            may_retry(*action, &due).map(|()| Event::Retried { action: *action, by })
        }
        Control::Skip { action, reason } => {
            may_skip(*action, plan.way(progress.heading()), &due)?;
            Ok(Event::Skipped { action: *action, by, reason: reason.clone() })
        }
        Control::Approve { action, lasts } => {
            may_approve(*action, &due)?;
            let approved = progress.approvers(*action, entries, now);
            if let Some(one) = approved.into_iter().find(|one| one.is_one_with(&by)) {
                return Err(NotTaken::ApprovedAlready { by: one.clone(), action: *action });
            }
            let (expires_at, shown) = (now.plus(*lasts), progress.evidence(entries));
            Ok(Event::Approved { action: *action, by, expires_at, shown })
        }
        Control::Abort { .. } if progress.heading() == Heading::Back => Err(NotTaken::TurnsBack),
        Control::Abort { .. } if !progress.may_abort() => Err(NotTaken::PointOfNoReturnPassed),
        Control::Abort { reason } => Ok(Event::Aborted { by, reason: reason.clone() }),
    }
}

/// The action that a run is at.
fn action_of<'j>(due: &Next<'j>) -> &'j Action {
    match due {
        Next::Act { action, .. }
        | Next::Approval { action, .. }
        | Next::Person { action, .. }
        | Next::TurnBack { action, .. } => action,
        Next::NotPlanned
        | Next::Superseded
        | Next::Finished
        | Next::TurnedBack
        | Next::Paused { .. } => unreachable!("the run goes on"),
    }
}

/// What failed for good may be retried; and what was refused for its versions, as long as nothing
/// was approved instead of it.
fn may_retry(action: ActionName, due: &Next<'_>) -> Result<(), NotTaken> {
    let at = action_of(due);
    match due {
        Next::Person { .. } if at.name == action => Ok(()),
        Next::Approval { .. } if at.condition == Condition::IfRefused(action) => Ok(()),
        _ if at.name == action => Err(NotTaken::NotFailed { action }),
        _ => Err(NotTaken::NotDue { action, due: at.name }),
    }
}

/// What is due may be skipped, and what comes after it.
fn may_skip(action: ActionName, way: &[Action], due: &Next<'_>) -> Result<(), NotTaken> {
    let due = action_of(due).name;
    let place = |name| way.iter().position(|action| action.name == name);
    let Some(at) = place(action) else { return Err(NotTaken::NotInPlan { action }) };
    if Some(at) < place(due) {
        return Err(NotTaken::NotDue { action, due });
    }
    if way[at].is_skippable { Ok(()) } else { Err(NotTaken::NotSkippable { action }) }
}

/// Who approves has seen what the run has found out by then.
fn may_approve(action: ActionName, due: &Next<'_>) -> Result<(), NotTaken> {
    let at = action_of(due);
    if at.name != action {
        return Err(NotTaken::NotDue { action, due: at.name });
    }
    if at.approvers == 0 { Err(NotTaken::NotForApproval { action }) } else { Ok(()) }
}
