//! What is to be done with each stack, decided and guarded for all of them before the first is changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tokio::task::JoinSet;

use super::database::{self, Rds, is_database};
use super::gone::Gone;
use super::unlocked::unlocked;
use super::{DestroyOptions, Kept, Removal, There, keys, named};
use crate::assembly::{Place, resources};
use crate::guard::{Guard, Refusal};
use crate::stack::{Reviewed, Wish};
use crate::stateful::is_kept;
use crate::status::{Course, advice, course};
use crate::told::{Failure, StackFailure, Told};

/// A stack, and what is removed with it.
pub(super) struct Planned {
    pub(super) there: There,
    pub(super) removals: Vec<Removal>,
    /// The change set by which it retains them no more, and the ARN of the stack.
    pub(super) change_set: Option<(String, String)>,
}

impl Planned {
    /// What stays.
    pub(super) fn kept(&self) -> Vec<Kept> {
        let There { seat, template, physical_ids, .. } = &self.there;
        let is_removed = |id: &str| self.removals.iter().any(|it| it.logical_id == id);
        let stays = resources(template)
            .filter(|(id, it)| is_kept(it["DeletionPolicy"].as_str()) && !is_removed(id));
        let kept = stays.filter_map(|(id, resource)| {
            Some(Kept {
                stack: seat.stack.id.clone(),
                region: seat.region().to_owned(),
                path: seat.stack.path(id).to_owned(),
                type_name: resource["Type"].as_str().unwrap_or_default().to_owned(),
                physical_id: physical_ids.get(id)?.clone(),
            })
        });
        kept.collect()
    }
}

/// What is to be done, with change sets made of it that are not carried out yet.
pub(super) async fn plan(
    there: BTreeMap<String, There>,
    gone: &[Gone],
    options: &DestroyOptions,
) -> Result<BTreeMap<String, Planned>, Failure> {
    let names = &options.delete_data;
    let removals: BTreeMap<String, Vec<Removal>> = there
        .iter()
        .map(|(id, one)| (id.clone(), named::removals(one, names, options.takes_snapshots)))
        .collect();
    let refusals = refusals(&there, &removals, gone, options).await?;
    if !refusals.is_empty() {
        return Err(Failure::Refused(refusals));
    }
    let mut running = JoinSet::new();
    for (id, there) in there {
        let removals = removals[&id].clone();
        let planned = Planned { there, removals, change_set: None };
        running.spawn(review(planned, options.clone()));
    }
    let (mut planned, mut refused, mut failed) = (BTreeMap::new(), Vec::new(), Vec::new());
    while let Some(Ok(one)) = running.join_next().await {
        match one? {
            Ok((one, refusals)) => {
                refused.extend(refusals);
                planned.insert(one.there.seat.stack.id.clone(), one);
            }
            Err(failure) => failed.push(failure),
        }
    }
    if refused.is_empty() && failed.is_empty() {
        return Ok(planned);
    }
    for one in planned.values() {
        if let Some((id, _)) = &one.change_set {
            one.there.seat.forget(id).await?;
        }
    }
    Err(if failed.is_empty() { Failure::Refused(refused) } else { Failure::Failed(failed) })
}

/// Everything that is refused, before a change set is made.
async fn refusals(
    there: &BTreeMap<String, There>,
    removals: &BTreeMap<String, Vec<Removal>>,
    gone: &[Gone],
    options: &DestroyOptions,
) -> Result<Vec<Refusal>, Failure> {
    let mut refusals = Vec::new();
    for (id, one) in there {
        refusals.extend(named::refusals(one, &removals[id], &options.unprotect));
        refusals.extend(stuck(one, &removals[id]));
    }
    refusals.extend(keys::locked_out(there, removals));
    refusals.extend(gone.iter().flat_map(|one| one.refusals.clone()));
    let known = there.values().flat_map(known).chain(gone.iter().flat_map(|it| it.known.clone()));
    refusals.extend(named::unknown(&options.delete_data, &known.collect()));
    let databases = databases(there, removals);
    let mut globals = Vec::new();
    let places: BTreeMap<&str, &Place> =
        databases.iter().map(|(there, _)| (there.seat.region(), &there.seat.place)).collect();
    for place in places.into_values() {
        globals.extend(Rds::of(&databases[0].0.seat.site, place).await.globals().await?);
    }
    let databases: Vec<(&Place, &Removal)> =
        databases.into_iter().map(|(there, removal)| (&there.seat.place, removal)).collect();
    refusals.extend(database::refusals(&globals, &databases));
    Ok(refusals)
}

fn databases<'t>(
    there: &'t BTreeMap<String, There>,
    removals: &'t BTreeMap<String, Vec<Removal>>,
) -> Vec<(&'t There, &'t Removal)> {
    let all = removals.iter().flat_map(|(id, all)| all.iter().map(move |it| (&there[id], it)));
    all.filter(|(_, removal)| is_database(removal)).collect()
}

/// The names of a stack's resources.
fn known(there: &There) -> Vec<String> {
    let stack = &there.seat.stack;
    let names = resources(&there.template).flat_map(|(id, _)| [id, stack.path(id)]);
    names.chain(there.physical_ids.values().map(String::as_str)).map(str::to_owned).collect()
}

/// A stack that cannot be changed takes nothing with it that it retains.
fn stuck(there: &There, removals: &[Removal]) -> Option<Refusal> {
    let There { seat, found, template, .. } = there;
    let course = course(Some(&found.status));
    unlocked(template, removals).filter(|_| course != Course::Update)?;
    let (name, region) = (&seat.stack.name, seat.region());
    let names: Vec<&str> = removals.iter().map(|it| it.path.as_str()).collect();
    let advice = match course {
        Course::ContinueRollback => advice(course, name, region),
        _ => format!(
            "without `--delete-data` for {} the stack goes, and they stay",
            names.join(", ")
        ),
    };
    Some(Refusal {
        stack: seat.stack.id.clone(),
        path: String::new(),
        why: format!(
            "`{name}` in {region} is {}, in which CloudFormation changes nothing, so that what it retains cannot go with it",
            found.status
        ),
        advice,
    })
}

type Review = Result<(Planned, Vec<Refusal>), StackFailure>;

/// Makes the change set by which a stack retains no more what is removed, and guards it.
async fn review(mut planned: Planned, options: DestroyOptions) -> Result<Review, Failure> {
    let There { seat, found, template, .. } = &planned.there;
    let wanted = unlocked(template, &planned.removals).filter(|_| !options.is_rehearsal);
    let Some(wanted) = wanted else { return Ok(Ok((planned, Vec::new()))) };
    let names = template["Parameters"].as_object().into_iter().flatten().map(|(name, _)| name);
    let names = names.filter(|name| found.parameters.contains_key(*name));
    let parameters = names.map(|name| (name.clone(), None)).collect();
    let wish = Wish { parameters, template: Some(wanted.to_string()), ..Wish::default() };
    match seat.review(&wish).await? {
        Reviewed::Nothing => Ok(Ok((planned, Vec::new()))),
        Reviewed::Failed(why) => Ok(Err(StackFailure {
            stack: seat.stack.id.clone(),
            region: seat.region().to_owned(),
            status: "what it retains cannot be let go".to_owned(),
            root: None,
            said: Some(why),
            advice: "when the cause is mended, type the same command again".to_owned(),
        })),
        Reviewed::Ready { id, stack_id, changes } => {
            // Whose names were said is lost in any case; everything else stays as it is.
            let said: BTreeSet<String> =
                planned.removals.iter().map(|it| it.logical_id.clone()).collect();
            let guard = Guard { replace: said.clone(), roles: said, ..options.guard.clone() };
            let standing = options.record.read().await;
            let refusals = guard.refuses_now(&changes, &BTreeSet::new(), &standing);
            seat.site.tell(Told::Planned(changes));
            planned.change_set = Some((id, stack_id));
            Ok(Ok((planned, refusals)))
        }
    }
}

/// Whether a template says that a cluster is in a global cluster.
pub(super) fn is_member(template: &Json, id: &str) -> bool {
    match &template["Resources"][id]["Properties"]["GlobalClusterIdentifier"] {
        Json::Null => false,
        Json::String(name) => !name.is_empty(),
        _ => true,
    }
}
