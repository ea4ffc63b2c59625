//! One stack taken away, with what is removed of it. Each step looks first, so that whoever begins anew goes on.

use super::bucket;
use super::database::{Rds, is_database};
use super::named::{BUCKET, CLUSTER, SECRET};
use super::planned::{Planned, is_member};
use super::secret;
use super::{DestroyOptions, Removal, There};
use crate::events::{Event, root_cause};
use crate::stack::{Ending, Seat};
use crate::status::is_good;
use crate::told::{Failure, Root, StackFailure, Told};

/// How often a bucket is emptied: what arrives late, such as logs, is in the way of its end.
const EMPTIED_MAX: usize = 3;

/// Takes a stack away. Before each step that changes something it is looked whether a run has begun.
pub(super) async fn remove(
    planned: &Planned,
    options: &DestroyOptions,
) -> Result<Result<(), StackFailure>, Failure> {
    let Planned { there, change_set, .. } = planned;
    let seat = &there.seat;
    if let Some((id, stack_id)) = change_set {
        if let Err(refused) = options.may_go_on().await {
            seat.forget(id).await?;
            return Err(refused);
        }
        tell(seat, "let go of what it retains");
        let ending = seat.execute(id, stack_id, false).await?;
        if !is_good(&ending.status) {
            return Ok(Err(failed(seat, &ending)));
        }
    }
    match go_on(planned, options).await {
        // What the stack retained is let go by now.
        Err(refused @ Failure::Refused(_)) if change_set.is_some() => Err(Failure::HalfWay {
            done: vec![format!("`{}` retains no more what was named", seat.stack.id)],
            causes: vec![refused],
        }),
        done => done,
    }
}

async fn go_on(
    planned: &Planned,
    options: &DestroyOptions,
) -> Result<Result<(), StackFailure>, Failure> {
    let Planned { there, removals, .. } = planned;
    let There { seat, template, .. } = there;
    options.may_go_on().await?;
    for removal in removals.iter().filter(|it| it.type_name == CLUSTER) {
        let rds = Rds::of(&seat.site, &seat.place).await;
        let is_in_template = is_member(template, &removal.logical_id);
        for arn in rds.detach(&removal.physical_id, is_in_template).await? {
            note(seat, format!("{arn} is out of its global database"));
        }
    }
    let ending = match delete(seat, removals, options).await? {
        Some(ending) if ending.status != "DELETE_COMPLETE" => {
            return Ok(Err(failed(seat, &ending)));
        }
        Some(ending) => ending,
        None => return Ok(Ok(())),
    };
    finish(seat, &there.found.id, removals).await?;
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    let left = removals.iter().find(|removal| is_left(removal, &ending.events));
    if let Some(removal) = left {
        let why = "CloudFormation has left it where it is".to_owned();
        return Ok(Err(left_behind(seat, removal, why)));
    }
    seat.site.tell(Told::Done { stack, region, status: ending.status });
    Ok(Ok(()))
}

/// Deletes a stack, with its buckets emptied; none when it is not there any more.
async fn delete(
    seat: &Seat,
    removals: &[Removal],
    options: &DestroyOptions,
) -> Result<Option<Ending>, Failure> {
    let mut times = 0;
    loop {
        let is_emptied = empty(seat, removals).await?;
        let Some(found) = seat.look().await? else { return Ok(None) };
        options.may_go_on().await?;
        if found.is_protected {
            seat.protect(false).await?;
        }
        tell(seat, "delete");
        let ending = seat.delete(&found).await?;
        times += 1;
        let is_late = ending.status == "DELETE_FAILED" && times < EMPTIED_MAX;
        if !(is_late && is_emptied) {
            return Ok(Some(ending));
        }
    }
}

/// Empties the buckets that are removed; whether there are any.
async fn empty(seat: &Seat, removals: &[Removal]) -> Result<bool, Failure> {
    let mut is_any = false;
    for removal in removals.iter().filter(|it| it.type_name == BUCKET) {
        let name = &removal.physical_id;
        let say = |count| note(seat, format!("`{name}`: {count} versions deleted"));
        is_any |= bucket::empty(&seat.site, &seat.place, name, say).await?.is_some();
    }
    Ok(is_any)
}

/// Removes what CloudFormation does not, after a stack was deleted.
pub(super) async fn finish(
    seat: &Seat,
    stack_id: &str,
    removals: &[Removal],
) -> Result<(), Failure> {
    for removal in removals.iter().filter(|it| it.type_name == SECRET) {
        if secret::delete(&seat.site, &seat.place, &removal.physical_id).await? {
            note(seat, format!("{} is {}", removal.path, removal.manner));
        }
    }
    for removal in removals.iter().filter(|it| is_database(it)) {
        let rds = Rds::of(&seat.site, &seat.place).await;
        if rds.finish(removal, stack_id).await? {
            note(
                seat,
                format!("{} is deleted, which CloudFormation has left behind", removal.path),
            );
        }
    }
    Ok(())
}

/// Whether CloudFormation has skipped what it should have deleted.
fn is_left(removal: &Removal, events: &[Event]) -> bool {
    let is_skipped =
        |event: &Event| event.logical_id == removal.logical_id && event.status == "DELETE_SKIPPED";
    removal.type_name != SECRET && events.iter().any(is_skipped)
}

fn tell(seat: &Seat, what: &'static str) {
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    seat.site.tell(Told::Begun { stack, region, what });
}

fn note(seat: &Seat, what: String) {
    seat.site.tell(Told::Noted { stack: seat.stack.id.clone(), what });
}

fn failed(seat: &Seat, ending: &Ending) -> StackFailure {
    StackFailure {
        stack: seat.stack.id.clone(),
        region: seat.region().to_owned(),
        status: ending.status.clone(),
        root: root_cause(&ending.events).map(Root::of),
        said: None,
        advice:
            "when the cause is mended, type the same command again: it goes on where it stopped"
                .to_owned(),
    }
}

fn left_behind(seat: &Seat, removal: &Removal, reason: String) -> StackFailure {
    let Removal { path, logical_id, type_name, .. } = removal.clone();
    StackFailure {
        stack: seat.stack.id.clone(),
        region: seat.region().to_owned(),
        status: "DELETE_COMPLETE".to_owned(),
        root: Some(Root { path, logical_id, type_name, reason }),
        said: None,
        advice: format!("delete `{}` by hand", removal.physical_id),
    }
}
