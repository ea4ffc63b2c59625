//! One stack brought to what the assembly wants.

use super::plan::{Planned, Todo};
use super::{Brought, Options, UNCHANGED};
use crate::changes::{Action, Change, Changes};
use crate::events::root_cause;
use crate::guard::emptied;
use crate::stack::{Ending, Reviewed, Seat, Wish};
use crate::stateful::EVENT_SOURCE;
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
        Todo::Execute { id, stack_id, changes } => {
            execute(planned, options, id, stack_id, changes).await?
        }
        Todo::Review(wish) if is_new => create(planned, wish, options).await?,
        Todo::Review(wish) => review(planned, wish, options).await?,
    };
    let is_protected = found.as_ref().is_some_and(|found| found.is_protected);
    if done.is_ok() && is_protected != seat.stack.is_protected {
        seat.protect(seat.stack.is_protected).await?;
    }
    Ok(done)
}

/// Makes a stack, after what is left of an earlier one was taken away.
async fn create(planned: &Planned, wish: &Wish, options: &Options) -> Outcome {
    let Some(remains) = &planned.remains else { return review(planned, wish, options).await };
    let seat = &planned.seat;
    let standing = options.record.read().await;
    if let Some(refusal) = options.guard.refuses_all(&standing) {
        return Err(Failure::Refused(vec![refusal]));
    }
    if let Err(ending) = remains.take_away(seat).await? {
        let root = root_cause(&ending.events).map(Root::of);
        let said = "what is left of it cannot be taken away".to_owned();
        return Ok(Err(failed(seat, &ending.status, root, Some(said))));
    }
    let imports_existing = wish.imports_existing || remains.retains();
    let wish = Wish { imports_existing, ..wish.clone() };
    review(planned, &wish, options).await.map_err(|failure| Failure::HalfWay {
        done: vec![format!("what was left of `{}` is taken away", seat.stack.id)],
        causes: vec![failure],
    })
}

/// Changes once more what the first pass has left open.
pub(super) async fn bring_again(planned: &Planned, wish: Wish, options: &Options) -> Outcome {
    review(planned, &wish, options).await
}

async fn review(planned: &Planned, wish: &Wish, options: &Options) -> Outcome {
    let seat = &planned.seat;
    match seat.review(wish).await? {
        Reviewed::Nothing => Ok(Ok(leave(seat))),
        Reviewed::Failed(why) => Ok(Err(unmade(seat, why))),
        Reviewed::Ready { id, stack_id, changes } => {
            seat.site.tell(Told::Planned(changes.clone()));
            execute(planned, options, &id, &stack_id, &changes).await
        }
    }
}

/// That no change set can be made, for this reason.
pub(super) fn unmade(seat: &Seat, why: String) -> StackFailure {
    failed(seat, "no change set can be made", None, Some(why))
}

fn leave(seat: &Seat) -> Brought {
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    seat.site.tell(Told::Unchanged { stack, region });
    brought(seat, UNCHANGED)
}

/// Carries a change set out, unless it is refused now: since it was made a run may have begun.
async fn execute(
    planned: &Planned,
    options: &Options,
    change_set: &str,
    stack_id: &str,
    changes: &Changes,
) -> Outcome {
    let (seat, is_new) = (&planned.seat, changes.is_new);
    let emptied = emptied(&planned.template, &seat.stack.template.json);
    let standing = options.record.read().await;
    let refusals = options.guard.refuses_now(changes, &emptied, &standing);
    if !refusals.is_empty() {
        seat.forget(change_set).await?;
        return Err(Failure::Refused(refusals));
    }
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    let what = if is_new { "create" } else { "update" };
    seat.site.tell(Told::Begun { stack: stack.clone(), region: region.clone(), what });
    let Ending { status, events } = seat.execute(change_set, stack_id, is_new).await?;
    if !is_good(&status) {
        return Ok(Err(failed(seat, &status, root_cause(&events).map(Root::of), None)));
    }
    seat.site.tell(Told::Done { stack, region, status });
    if is_new {
        tell_name_servers(seat).await?;
    }
    let asleep =
        if standing.is_active_in(seat.region()) { asleep(seat, changes) } else { Vec::new() };
    let what = if is_new { "created" } else { "updated" };
    Ok(Ok(Brought { asleep, ..brought(seat, what) }))
}

/// The output of a stack with a zone that says where its name is to be delegated to.
const NAME_SERVERS: &str = "NameServers";

/// Says where the name of a new zone is to be delegated to, which certificates wait for.
async fn tell_name_servers(seat: &Seat) -> Result<(), Failure> {
    let mut resources = seat.stack.template.resources();
    let zone = resources.find(|(_, it)| it["Type"] == "AWS::Route53::HostedZone");
    let Some((_, zone)) =
        zone.filter(|_| !seat.stack.template.json["Outputs"][NAME_SERVERS].is_null())
    else {
        return Ok(());
    };
    let outputs = seat.look().await?.map(|found| found.outputs).unwrap_or_default();
    if let Some(servers) = outputs.get(NAME_SERVERS) {
        let name = zone["Properties"]["Name"].as_str().unwrap_or("the zone");
        let what = format!(
            "delegate `{name}` to {servers} now: certificates wait until they answer for it"
        );
        seat.site.tell(Told::Noted { stack: seat.stack.id.clone(), what });
    }
    Ok(())
}

/// The event sources that were made or changed, and are off by the template.
fn asleep(seat: &Seat, changes: &Changes) -> Vec<String> {
    let is_off = |change: &&Change| {
        let resource = &seat.stack.template.json["Resources"][&change.logical_id];
        let is_one = change.type_name == EVENT_SOURCE && change.action != Action::Remove;
        is_one && resource["Properties"]["Enabled"] == false
    };
    changes.changes.iter().filter(is_off).map(|change| change.path.clone()).collect()
}

fn brought(seat: &Seat, what: &'static str) -> Brought {
    let (stack, name) = (seat.stack.id.clone(), seat.stack.name.clone());
    Brought { stack, name, region: seat.region().to_owned(), what, asleep: Vec::new() }
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
