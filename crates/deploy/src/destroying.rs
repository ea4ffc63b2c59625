//! Stacks taken away, those first that others were made before: in the reverse of the order in which they came; and what
//! they retain, where its name was said.
//!
//! What a template retains goes with its stack, after a change by which it does not retain it any more: CloudFormation
//! then deletes it in the order in which things need each other. Buckets are emptied before; secrets are deleted by us,
//! because they can be restored then; and what CloudFormation leaves behind of global databases is deleted after.

mod bucket;
mod database;
mod gone;
mod keys;
mod named;
mod planned;
mod removing;
mod secret;
mod unlocked;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tokio::task::JoinSet;

use self::gone::Gone;
pub use self::named::{Manner, Removal};
use self::planned::{Planned, plan};
use crate::assembly::{Assembly, Stack};
use crate::deploying::seats;
use crate::guard::Guard;
use crate::order::{Waiting, note_done, reversed, take_ready};
use crate::site::Site;
use crate::stack::{Found, Seat};
use crate::standing::Record;
use crate::told::{Failure, StackFailure, Told};

/// How stacks are meant to be taken away.
#[derive(Clone, Debug)]
pub struct DestroyOptions {
    /// The ids of the stacks.
    pub chosen: BTreeSet<String>,
    /// Resources, by logical id, construct path or name in AWS, that are removed with what is in them.
    pub delete_data: BTreeSet<String>,
    /// Whether a snapshot is taken of what AWS can take one of, before it is removed.
    pub takes_snapshots: bool,
    /// Whether it is only told what would be removed.
    pub is_rehearsal: bool,
    /// Stacks, by id or name, whose protection is taken off.
    pub unprotect: BTreeSet<String>,
    /// What people have said may happen.
    pub guard: Guard,
    /// Where it is read what the control record says, before anything is changed and before each change.
    pub record: Record,
}

impl DestroyOptions {
    /// Reads the control record, and stops before what a run would be disturbed by.
    async fn may_go_on(&self) -> Result<(), Failure> {
        let standing = self.record.read().await;
        match self.guard.refuses_all(&standing) {
            Some(refusal) => Err(Failure::Refused(vec![refusal])),
            None => Ok(()),
        }
    }
}

/// What became of it, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// The ids of the stacks that were taken away.
    pub stacks: Vec<String>,
    /// What was removed because its name was said.
    pub removed: Vec<Removal>,
    /// What stays in AWS, outside of any stack.
    pub kept: Vec<Kept>,
}

/// A resource that stays.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// The stack that it was of.
    pub stack: String,
    /// Its Region.
    pub region: String,
    /// Its construct path.
    pub path: String,
    /// Its type.
    pub type_name: String,
    /// What it is called in AWS.
    pub physical_id: String,
}

/// A stack that is there, its template, and what its resources are called in AWS.
#[derive(Clone)]
struct There {
    seat: Seat,
    found: Found,
    template: Json,
    physical_ids: BTreeMap<String, String>,
}

/// Takes the chosen stacks away.
///
/// # Errors
/// What is refused or has failed; what was taken away until then is not there when it is called again.
pub async fn destroy(
    site: &Site,
    assembly: &Assembly,
    options: &DestroyOptions,
) -> Result<Destroyed, Failure> {
    let waiting = reversed(&assembly.waiting(&options.chosen)?);
    options.may_go_on().await?;
    let stacks: Vec<&Stack> =
        assembly.stacks.iter().filter(|it| options.chosen.contains(&it.id)).collect();
    let speaker = site.verify(&stacks).await?;
    let (there, gone) = look(seats(site, &speaker, &stacks)?, options).await?;
    let planned = plan(there, &gone, options).await?;
    let removed: Vec<Removal> = planned
        .values()
        .flat_map(|one| &one.removals)
        .chain(gone.iter().flat_map(|one| &one.left))
        .cloned()
        .collect();
    if !removed.is_empty() {
        site.tell(Told::Removing(removed.clone()));
    }
    if options.is_rehearsal {
        let kept = planned.values().flat_map(Planned::kept).collect();
        return Ok(Destroyed { stacks: planned.into_keys().collect(), removed, kept });
    }
    for one in &gone {
        removing::finish(&one.seat, &one.stack_id, &one.left).await?;
    }
    let (stacks, kept) = take_away(planned, waiting, options).await?;
    Ok(Destroyed { stacks, removed, kept })
}

/// What is there of the stacks, and what is known of those that are not and had something that was named.
async fn look(
    seats: Vec<Seat>,
    options: &DestroyOptions,
) -> Result<(BTreeMap<String, There>, Vec<Gone>), Failure> {
    let mut running = JoinSet::new();
    for seat in seats {
        running.spawn(look_at(seat));
    }
    let (mut there, mut gone) = (BTreeMap::new(), Vec::new());
    while let Some(Ok(one)) = running.join_next().await {
        match one? {
            Ok(one) => drop(there.insert(one.seat.stack.id.clone(), one)),
            Err(seat) => gone.extend(Gone::of(seat, options).await?),
        }
    }
    gone.sort_by(|one, other| one.seat.stack.id.cmp(&other.seat.stack.id));
    Ok((there, gone))
}

/// What is there of a stack, after what is being done with it has ended; the seat alone where nothing is.
async fn look_at(mut seat: Seat) -> Result<Result<There, Seat>, Failure> {
    loop {
        let Some(found) = seat.look().await? else { return Ok(Err(seat)) };
        if found.status.ends_with("_IN_PROGRESS") && found.status != "REVIEW_IN_PROGRESS" {
            seat.site
                .tell(Told::TakenUp { stack: seat.stack.id.clone(), status: found.status.clone() });
            seat.watch(&found.id, None).await?;
            continue;
        }
        let template = seat.template().await?.unwrap_or(Json::Null);
        let resources = seat.resources(&found.id).await?.into_iter();
        let physical_ids =
            resources.filter(|(_, _, physical)| !physical.is_empty()).map(|(id, _, it)| (id, it));
        // What is changed before it is deleted keeps its tags.
        seat.stack.tags.clone_from(&found.tags);
        return Ok(Ok(There { seat, found, template, physical_ids: physical_ids.collect() }));
    }
}

async fn take_away(
    mut planned: BTreeMap<String, Planned>,
    mut waiting: Waiting,
    options: &DestroyOptions,
) -> Result<(Vec<String>, Vec<Kept>), Failure> {
    let mut running = JoinSet::new();
    let (mut stacks, mut kept) = (Vec::new(), Vec::new());
    let (mut failed, mut causes) = (Vec::new(), Vec::new());
    loop {
        while failed.is_empty() && causes.is_empty() {
            let ready = take_ready(&mut waiting);
            if ready.is_empty() {
                break;
            }
            for id in ready {
                match planned.remove(&id) {
                    Some(one) => {
                        let options = options.clone();
                        running.spawn(
                            async move { (removing::remove(&one, &options).await, one, id) },
                        );
                    }
                    None => note_done(&mut waiting, &id),
                }
            }
        }
        // What has begun is waited for, whatever became of others.
        let Some(Ok((done, one, id))) = running.join_next().await else { break };
        match done {
            Ok(Ok(())) => {
                note_done(&mut waiting, &id);
                kept.extend(one.kept());
                stacks.push(id);
            }
            Ok(Err(failure)) => failed.push(failure),
            Err(failure) => causes.push(failure),
        }
    }
    stacks.sort();
    kept.sort();
    if !failed.is_empty() {
        failed.sort_by(|one: &StackFailure, other| one.stack.cmp(&other.stack));
        causes.insert(0, Failure::Failed(failed));
    }
    let done = stacks.iter().map(|id| format!("`{id}` is taken away")).collect();
    match Failure::together(done, causes) {
        Some(failure) => Err(failure),
        None => Ok((stacks, kept)),
    }
}
