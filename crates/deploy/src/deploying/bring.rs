//! One stack brought to what the assembly wants.

use super::plan::{Planned, Todo};
use super::{Brought, Options};
use crate::events::root_cause;
use crate::guard::emptied;
use crate::stack::{Ending, Reviewed, Seat, Wish};
use crate::status::{Course, advice, course, is_good};
use crate::told::{Failure, Root, StackFailure, Told};

/// What became of a stack, if nothing was in the way of asking.
pub(super) type Outcome = Result<Result<Brought, StackFailure>, Failure>;

/// Does what is planned.
pub(super) async fn bring(planned: &Planned, options: &Options) -> Outcome {
    let Planned { seat, found, course, .. } = planned;
    let is_new = found.is_none();
    let done = match course {
        Todo::Leave => Ok(leave(seat)),
        Todo::Execute { id, stack_id } => execute(seat, id, stack_id, is_new).await?,
        Todo::Review(wish) => review(planned, wish, options).await?,
    };
    let is_protected = found.as_ref().is_some_and(|found| found.is_protected);
    if done.is_ok() && is_protected != seat.stack.is_protected {
        seat.protect(seat.stack.is_protected).await?;
    }
    Ok(done)
}

/// Changes once more what the first pass has left open.
pub(super) async fn bring_again(planned: &Planned, wish: Wish, options: &Options) -> Outcome {
    review(planned, &wish, options).await
}

async fn review(planned: &Planned, wish: &Wish, options: &Options) -> Outcome {
    let seat = &planned.seat;
    match seat.review(wish).await? {
        Reviewed::Nothing => Ok(Ok(leave(seat))),
        Reviewed::Failed(why) => {
            Ok(Err(failed(seat, "no change set can be made", None, Some(why))))
        }
        Reviewed::Ready { id, stack_id, changes } => {
            let emptied = emptied(&planned.template, &seat.stack.template.json);
            let refusals = options.guard.refuses(&changes, &emptied, &options.standing);
            seat.site.tell(Told::Planned(changes));
            if refusals.is_empty() {
                return execute(seat, &id, &stack_id, wish.is_new).await;
            }
            seat.forget(&id).await?;
            Err(Failure::Refused(refusals))
        }
    }
}

fn leave(seat: &Seat) -> Brought {
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    seat.site.tell(Told::Unchanged { stack, region });
    brought(seat, "unchanged")
}

async fn execute(seat: &Seat, change_set: &str, stack_id: &str, is_new: bool) -> Outcome {
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    let what = if is_new { "create" } else { "update" };
    seat.site.tell(Told::Begun { stack: stack.clone(), region: region.clone(), what });
    let Ending { status, events } = seat.execute(change_set, stack_id, is_new).await?;
    if is_good(&status) {
        seat.site.tell(Told::Done { stack, region, status });
        return Ok(Ok(brought(seat, if is_new { "created" } else { "updated" })));
    }
    Ok(Err(failed(seat, &status, root_cause(&events).map(Root::of), None)))
}

fn brought(seat: &Seat, what: &'static str) -> Brought {
    let (stack, name) = (seat.stack.id.clone(), seat.stack.name.clone());
    Brought { stack, name, region: seat.region().to_owned(), what }
}

fn failed(seat: &Seat, status: &str, root: Option<Root>, said: Option<String>) -> StackFailure {
    let next = match course(Some(status)) {
        stuck @ (Course::Recreate | Course::ContinueRollback) => {
            format!(
                "when the cause is mended, type {}",
                advice(stuck, &seat.stack.name, seat.region())
            )
        }
        _ => "when the cause is mended, type the same command again: it goes on where it stopped"
            .to_owned(),
    };
    StackFailure {
        stack: seat.stack.id.clone(),
        region: seat.region().to_owned(),
        status: status.to_owned(),
        root,
        said,
        advice: next,
    }
}
