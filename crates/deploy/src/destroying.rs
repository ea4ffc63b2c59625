//! Stacks taken away, those first that others were made before: in the reverse of the order in which they came.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tokio::task::JoinSet;

use crate::assembly::{Assembly, Stack, resources};
use crate::deploying::seats;
use crate::events::root_cause;
use crate::guard::{Guard, Refusal, Standing};
use crate::order::{Waiting, note_done, reversed, take_ready};
use crate::site::Site;
use crate::stack::{Ending, Found, Seat};
use crate::stateful::{is_kept, is_stateful};
use crate::told::{Failure, Root, StackFailure, Told};

/// How stacks are meant to be taken away.
#[derive(Clone, Debug)]
pub struct DestroyOptions {
    /// The ids of the stacks.
    pub chosen: BTreeSet<String>,
    /// Resources that hold data, by logical id or construct path, that may be deleted.
    pub delete_data: BTreeSet<String>,
    /// Stacks, by id or name, whose protection is taken off.
    pub unprotect: BTreeSet<String>,
    /// What people have said may happen.
    pub guard: Guard,
    /// What the control record says.
    pub standing: Standing,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// The ids of the stacks that were taken away.
    pub stacks: Vec<String>,
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

/// A stack that is there, and its template.
#[derive(Clone)]
struct There {
    seat: Seat,
    found: Found,
    template: Json,
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
    if let Some(refusal) = options.guard.refuses_all(&options.standing) {
        return Err(Failure::Refused(vec![refusal]));
    }
    let stacks: Vec<&Stack> =
        assembly.stacks.iter().filter(|it| options.chosen.contains(&it.id)).collect();
    let speaker = site.verify(&stacks).await?;
    let there = look(seats(site, &speaker, &stacks)?).await?;
    let refusals: Vec<Refusal> = there.values().flat_map(|one| refusals(one, options)).collect();
    if !refusals.is_empty() {
        return Err(Failure::Refused(refusals));
    }
    take_away(there, waiting).await
}

async fn look(seats: Vec<Seat>) -> Result<BTreeMap<String, There>, Failure> {
    let mut running = JoinSet::new();
    for seat in seats {
        running.spawn(look_at(seat));
    }
    let mut there = BTreeMap::new();
    while let Some(Ok(one)) = running.join_next().await {
        if let Some(one) = one? {
            there.insert(one.seat.stack.id.clone(), one);
        }
    }
    Ok(there)
}

/// What is there of a stack, after what is being done with it has ended.
async fn look_at(seat: Seat) -> Result<Option<There>, Failure> {
    loop {
        let Some(found) = seat.look().await? else { return Ok(None) };
        if found.status.ends_with("_IN_PROGRESS") && found.status != "REVIEW_IN_PROGRESS" {
            seat.site
                .tell(Told::TakenUp { stack: seat.stack.id.clone(), status: found.status.clone() });
            seat.watch(&found.id, None).await?;
            continue;
        }
        let template = seat.template().await?.unwrap_or(Json::Null);
        return Ok(Some(There { seat, found, template }));
    }
}

/// Why a stack is not taken away.
fn refusals(there: &There, options: &DestroyOptions) -> Vec<Refusal> {
    let There { seat, found, template } = there;
    let stack = &seat.stack;
    let lost = resources(template).filter(|(id, resource)| {
        let type_name = resource["Type"].as_str().unwrap_or_default();
        let is_named =
            options.delete_data.contains(*id) || options.delete_data.contains(stack.path(id));
        is_stateful(type_name) && !is_kept(resource["DeletionPolicy"].as_str()) && !is_named
    });
    let mut refusals: Vec<Refusal> = lost
        .map(|(id, resource)| Refusal {
            stack: stack.id.clone(),
            path: stack.path(id).to_owned(),
            why: format!(
                "({}) would be deleted with what is in it",
                resource["Type"].as_str().unwrap_or_default()
            ),
            advice: format!("if that is meant: `--delete-data {id}`"),
        })
        .collect();
    let is_named = options.unprotect.contains(&stack.id) || options.unprotect.contains(&stack.name);
    if found.is_protected && !is_named {
        refusals.push(Refusal {
            stack: stack.id.clone(),
            path: String::new(),
            why: format!(
                "the stack `{}` in {} is protected from being deleted",
                stack.name,
                seat.region()
            ),
            advice: format!("if it is meant: `--unprotect {}`", stack.id),
        });
    }
    refusals
}

async fn take_away(
    there: BTreeMap<String, There>,
    mut waiting: Waiting,
) -> Result<Destroyed, Failure> {
    let mut running = JoinSet::new();
    let (mut stacks, mut kept, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        while failed.is_empty() {
            let ready = take_ready(&mut waiting);
            if ready.is_empty() {
                break;
            }
            for id in ready {
                match there.get(&id).cloned() {
                    Some(one) => drop(running.spawn(async move { (delete(&one).await, id) })),
                    None => note_done(&mut waiting, &id),
                }
            }
        }
        let Some(Ok((done, id))) = running.join_next().await else { break };
        match done? {
            Ok(more) => {
                note_done(&mut waiting, &id);
                kept.extend(more);
                stacks.push(id);
            }
            Err(failure) => failed.push(failure),
        }
    }
    if !failed.is_empty() {
        return Err(Failure::Failed(failed));
    }
    stacks.sort();
    kept.sort();
    Ok(Destroyed { stacks, kept })
}

/// Deletes a stack; answers what of it stays.
async fn delete(there: &There) -> Result<Result<Vec<Kept>, StackFailure>, Failure> {
    let There { seat, found, template } = there;
    let kept = kept(seat, found, template).await?;
    if found.is_protected {
        seat.protect(false).await?;
    }
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    seat.site.tell(Told::Begun { stack: stack.clone(), region: region.clone(), what: "delete" });
    let Ending { status, events } = seat.delete(found).await?;
    if status == "DELETE_COMPLETE" {
        seat.site.tell(Told::Done { stack, region, status });
        return Ok(Ok(kept));
    }
    let root = root_cause(&events).map(Root::of);
    let advice = "when the cause is mended, type the same command again".to_owned();
    Ok(Err(StackFailure { stack, region, status, root, said: None, advice }))
}

async fn kept(seat: &Seat, found: &Found, template: &Json) -> Result<Vec<Kept>, Failure> {
    let policies: BTreeMap<&str, &Json> = resources(template).collect();
    let stays =
        |id: &str| policies.get(id).is_some_and(|it| is_kept(it["DeletionPolicy"].as_str()));
    let resources = seat.resources(&found.id).await?;
    let kept =
        resources.into_iter().filter(|(id, _, physical_id)| stays(id) && !physical_id.is_empty());
    let kept = kept.map(|(id, type_name, physical_id)| Kept {
        stack: seat.stack.id.clone(),
        region: seat.region().to_owned(),
        path: seat.stack.path(&id).to_owned(),
        type_name,
        physical_id,
    });
    Ok(kept.collect())
}
