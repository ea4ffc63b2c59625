//! Why an order was not taken, and in which words that is told.

use std::fmt;

use fence::Author;

use crate::action::ActionName;
use crate::plan::PlanKind;

/// Why an order was not taken, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// The journal does not answer. The order may still come to be.
    JournalSilent {
        /// What it or its client said.
        cause: String,
    },
    /// The journal has no plan.
    NotPlanned,
    /// The journal has a plan that does not go on as this one.
    OtherPlan {
        /// What it is for.
        kind: PlanKind,
    },
    /// The run is over.
    Over,
    /// A Region is open again, or may be: the run cannot go on as another.
    MayBeOpen {
        /// The action that opens it, which has begun.
        action: ActionName,
    },
    /// The run is paused already.
    Paused {
        /// Who paused it.
        by: Author,
    },
    /// The run is not paused.
    NotPaused,
    /// The plan has no such action on the way that the run is on.
    NotInPlan {
        /// The action.
        action: ActionName,
    },
    /// The action is over, or another is due first.
    NotDue {
        /// The action.
        action: ActionName,
        /// What is due.
        due: ActionName,
    },
    /// The action has not failed for good.
    NotFailed {
        /// The action.
        action: ActionName,
    },
    /// The run cannot do without the action.
    NotSkippable {
        /// The action.
        action: ActionName,
    },
    /// The action asks nobody for approval.
    NotForApproval {
        /// The action.
        action: ActionName,
    },
    /// This person has approved of it, and that counts still: the others are to be somebody else.
    ApprovedAlready {
        /// Who has.
        by: Author,
        /// The action.
        action: ActionName,
    },
    /// The run turns back already.
    TurnsBack,
    /// The run can only be finished: somebody has begun to pass the point of no return.
    PointOfNoReturnPassed,
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JournalSilent { cause } => write!(f, "the journal does not answer: {cause}"),
            Self::NotPlanned => f.write_str("the journal has no plan"),
            Self::OtherPlan { kind } => write!(f, "the journal has the plan of another {kind}"),
            Self::Over => f.write_str("the run is over"),
            Self::MayBeOpen { action } => {
                let next = "finish the run, and plan another under a new name";
                write!(f, "`{action}` has begun: {next}")
            }
            Self::Paused { by } => write!(f, "{by} has paused the run already"),
            Self::NotPaused => f.write_str("the run is not paused"),
            Self::NotInPlan { action } => write!(f, "the run does not do `{action}`"),
            Self::NotDue { action, due } => write!(f, "`{action}` is not due, but `{due}`"),
            Self::NotFailed { action } => write!(f, "`{action}` has not failed for good"),
            Self::NotSkippable { action } => write!(f, "the run cannot do without `{action}`"),
            Self::NotForApproval { action } => write!(f, "`{action}` asks nobody for approval"),
            Self::ApprovedAlready { by, action } => {
                write!(f, "{by} has approved of `{action}` already")?;
                let principal = by.principal().map(|principal| format!(", as {principal}"));
                f.write_str(&principal.unwrap_or_default())
            }
            Self::TurnsBack => f.write_str("the run turns back already"),
            Self::PointOfNoReturnPassed => {
                f.write_str("the point of no return is passed; the run can only be finished")
            }
        }
    }
}

impl std::error::Error for NotTaken {}
