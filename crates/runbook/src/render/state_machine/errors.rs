//! The names of errors: those that the function reports, and those of AWS that pass.

use crate::action::{ActionName, Condition};
use crate::drive::Performed;
use crate::journal::Entry;
use crate::observed::{Failure, Refused};
use crate::progress::Progress;
use crate::stopped::Stopped;

/// Nothing is over yet: to be asked for again.
pub const TRY_AGAIN: &str = "TryAgain";

/// The action was skipped, given up as best effort, or is not due: the next one.
pub(super) const LEFT_OUT: &str = "LeftOut";

/// The databases' versions do not allow it: the next one, and the actions that stand in for it.
pub(super) const REFUSED_VERSIONS: &str = "RefusedForVersions";

/// The run turns back.
pub(super) const TURNS_BACK: &str = "TurnsBack";

/// People must approve first.
pub(super) const WAITS_FOR_APPROVAL: &str = "WaitsForApproval";

/// A required action failed, and a person must decide.
pub(super) const WAITS_FOR_PERSON: &str = "WaitsForPerson";

/// A person has paused the run.
pub(super) const PAUSED: &str = "Paused";

/// Another run has begun since: this one may touch nothing any more.
pub(super) const SUPERSEDED: &str = "Superseded";

/// Nobody has written down what is to be done.
pub(super) const NOT_PLANNED: &str = "NotPlanned";

/// What Step Functions reports when the time limit is over.
pub(super) const TIMEOUT: &str = "States.Timeout";

/// What Lambda reports when an invocation may be made again.
pub(super) const PASSING_OF_AWS: [&str; 5] = [
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
];

/// Everything.
pub(super) const ALL: &str = "States.ALL";

/// What the function that performs an action by [`perform_one`](crate::perform_one) answers to the
/// state machine: nothing when it is done, or the name of the error with which it fails. `entries`
/// are those of the run's journal afterwards.
///
/// # Errors
/// The name, for everything but an action that is done.
pub fn report(
    performed: &Performed,
    entries: &[Entry],
    action: ActionName,
) -> Result<(), &'static str> {
    Err(match performed {
        Performed::Over => return over(entries, action),
        Performed::Again { .. } | Performed::TooEarly { .. } => TRY_AGAIN,
        Performed::TurnsBack => TURNS_BACK,
        Performed::Stopped(stopped) => match stopped {
            Stopped::Finished | Stopped::TurnedBack => return over(entries, action),
            Stopped::OtherRunner { .. } | Stopped::JournalSilent { .. } => TRY_AGAIN,
            Stopped::WaitsForApproval { .. } => WAITS_FOR_APPROVAL,
            Stopped::WaitsForPerson { .. } => WAITS_FOR_PERSON,
            Stopped::Paused { .. } => PAUSED,
            Stopped::Superseded => SUPERSEDED,
            Stopped::NotPlanned => NOT_PLANNED,
        },
    })
}

/// What became of an action that is over.
fn over(entries: &[Entry], action: ActionName) -> Result<(), &'static str> {
    let progress = Progress::of(entries);
    if progress.is_skipped(action) {
        return Err(LEFT_OUT);
    }
    match progress.ended(action, entries) {
        Some((Ok(_), _)) => Ok(()),
        Some((Err(Failure::Refused(Refused::Versions, _)), _))
            if has_other_way(entries, action) =>
        {
            Err(REFUSED_VERSIONS)
        }
        Some((Err(_), _)) | None => Err(LEFT_OUT),
    }
}

/// Whether something stands in for an action that versions do not allow.
fn has_other_way(entries: &[Entry], action: ActionName) -> bool {
    let plan = Progress::of(entries).planned(entries).map(|(plan, ..)| plan);
    let mut actions = plan.into_iter().flat_map(|plan| &plan.actions);
    actions.any(|other| other.condition == Condition::IfRefused(action))
}
