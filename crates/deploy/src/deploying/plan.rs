//! What is there, and what would be done about it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tokio::task::JoinSet;

use super::{Options, seats};
use crate::assembly::{Assembly, Stack};
use crate::events::root_cause;
use crate::guard::{Refusal, emptied};
use crate::peer::{self, PEER, PRESENT};
use crate::site::{Site, Speaker};
use crate::stack::{Found, Reviewed, Seat, Wish};
use crate::stateful::is_stateful;
use crate::status::{Course, advice, course};
use crate::told::{Failure, Root, Told};

/// A stack, and what is there of it.
#[derive(Clone)]
pub(super) struct Looked {
    pub(super) seat: Seat,
    pub(super) found: Option<Found>,
    pub(super) template: Json,
    /// Whether it is as the assembly wants it.
    pub(super) is_same: bool,
}

/// A stack, and what is to be done about it.
pub(super) struct Planned {
    pub(super) seat: Seat,
    pub(super) found: Option<Found>,
    /// The template that is there.
    pub(super) template: Json,
    pub(super) course: Todo,
}

/// What is to be done about a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Todo {
    /// Nothing.
    Leave,
    /// This change set is carried out.
    Execute { id: String, stack_id: String },
    /// It is made, or what would change in it cannot be told before what it waits for is done.
    Review(Wish),
}

/// Steps of a deployment by name: a stack, or its second pass.
pub(super) struct Step;

const SECOND: &str = " (second pass)";

impl Step {
    pub(super) fn second(id: &str) -> String {
        format!("{id}{SECOND}")
    }

    /// The id of the stack, and whether it is its second pass.
    pub(super) fn of(step: &str) -> (&str, bool) {
        step.strip_suffix(SECOND).map_or((step, false), |id| (id, true))
    }
}

/// Looks at every stack, after what is being done with it has ended.
pub(super) async fn look(seats: Vec<Seat>, options: &Options) -> Result<Vec<Looked>, Failure> {
    let mut running = JoinSet::new();
    for seat in seats {
        let is_recreated = is_named(&options.recreate, &seat.stack);
        let parameters = given(&seat.stack, options);
        running.spawn(look_at(seat, is_recreated, options.reverts_drift, parameters));
    }
    let (mut looked, mut stuck) = (Vec::new(), Vec::new());
    while let Some(Ok(one)) = running.join_next().await {
        match one? {
            Ok(one) => looked.push(one),
            Err(what) => stuck.push(what),
        }
    }
    looked.sort_by(|one, other| one.seat.stack.id.cmp(&other.seat.stack.id));
    stuck.sort();
    if stuck.is_empty() { Ok(looked) } else { Err(Failure::Stuck { stacks: stuck }) }
}

/// What is there of a stack, or why it cannot be deployed.
async fn look_at(
    seat: Seat,
    is_recreated: bool,
    reverts_drift: bool,
    parameters: BTreeMap<String, String>,
) -> Result<Result<Looked, String>, Failure> {
    loop {
        let found = seat.look().await?;
        let status = found.as_ref().map(|found| found.status.as_str());
        match (course(status), found) {
            (Course::Create, _) => {
                return Ok(Ok(Looked { seat, found: None, template: Json::Null, is_same: false }));
            }
            (Course::Update, Some(found)) => {
                let template = seat.template().await?.unwrap_or(Json::Null);
                // Whether something was changed outside CloudFormation, only a change set tells.
                let is_same =
                    !reverts_drift && is_same(&seat.stack, &found, &template, &parameters);
                return Ok(Ok(Looked { seat, found: Some(found), template, is_same }));
            }
            (Course::Recreate, Some(found)) if is_recreated => take_away(&seat, &found).await?,
            (Course::Wait, Some(found)) => {
                seat.site.tell(Told::TakenUp {
                    stack: seat.stack.id.clone(),
                    status: found.status.clone(),
                });
                seat.watch(&found.id, None).await?;
            }
            (course, Some(found)) => return Ok(Err(stuck(&seat, &found, course).await?)),
            // Only what is there has another course.
            (_, None) => {}
        }
    }
}

/// Takes away what a failed creation has left.
async fn take_away(seat: &Seat, found: &Found) -> Result<(), Failure> {
    if found.is_protected {
        seat.protect(false).await?;
    }
    let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
    seat.site.tell(Told::Begun { stack, region, what: "delete" });
    let ending = seat.delete(found).await?;
    if ending.status == "DELETE_COMPLETE" {
        return Ok(());
    }
    let root = root_cause(&ending.events).map(Root::of);
    let why = root.map_or_else(String::new, |root| format!(": `{}`: {}", root.path, root.reason));
    let said = format!(
        "`{}` in {} cannot be taken away ({}){why}",
        seat.stack.id,
        seat.region(),
        ending.status
    );
    Err(Failure::Stuck { stacks: vec![said] })
}

/// What a stack is stuck in, why, and what to type.
async fn stuck(seat: &Seat, found: &Found, course: Course) -> Result<String, Failure> {
    let events = seat.watch_quietly(&found.id).await?;
    let root = root_cause(&events).map(Root::of);
    let why = root
        .map_or_else(String::new, |root| format!(" since `{}` failed: {}", root.path, root.reason));
    let advice = advice(course, &seat.stack.name, seat.region());
    Ok(format!("`{}` in {} is {}{why}; type {advice}", seat.stack.id, seat.region(), found.status))
}

/// Whether a stack is as the assembly wants it, so that not even a change set is needed to know.
fn is_same(
    stack: &Stack,
    found: &Found,
    template: &Json,
    parameters: &BTreeMap<String, String>,
) -> bool {
    let is_settled =
        matches!(found.status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE");
    let has_values =
        parameters.iter().all(|(name, value)| found.parameters.get(name) == Some(value));
    is_settled && *template == stack.template.json && found.tags == stack.tags && has_values
}

/// The values that the assembly and people give.
fn given(stack: &Stack, options: &Options) -> BTreeMap<String, String> {
    let mut parameters = stack.parameters.clone();
    let of_people =
        options.parameters.iter().filter(|((id, _), _)| *id == stack.id || *id == stack.name);
    parameters.extend(of_people.map(|((_, name), value)| (name.clone(), value.clone())));
    parameters
}

/// Makes change sets for what is there and differs, and asks the guard about all of them; refuses before anything is
/// carried out.
pub(super) async fn plan(
    looked: Vec<Looked>,
    options: &Options,
) -> Result<BTreeMap<String, Planned>, Failure> {
    let mut running = JoinSet::new();
    for one in looked {
        running.spawn(plan_one(one, options.clone()));
    }
    let (mut planned, mut refused) = (BTreeMap::new(), Vec::new());
    while let Some(Ok(one)) = running.join_next().await {
        let (one, refusals) = one?;
        refused.extend(refusals);
        planned.insert(one.seat.stack.id.clone(), one);
    }
    if refused.is_empty() {
        return Ok(planned);
    }
    for one in planned.values() {
        if let Todo::Execute { id, .. } = &one.course {
            one.seat.forget(id).await?;
        }
    }
    refused
        .sort_by(|one: &Refusal, other| (&one.stack, &one.path).cmp(&(&other.stack, &other.path)));
    Err(Failure::Refused(refused))
}

async fn plan_one(looked: Looked, options: Options) -> Result<(Planned, Vec<Refusal>), Failure> {
    let Looked { seat, found, template, is_same } = looked;
    let wish = wish(&seat.stack, found.as_ref(), &options);
    let (course, refusals) = match &found {
        _ if is_same => (Todo::Leave, Vec::new()),
        None => (Todo::Review(wish), Vec::new()),
        Some(_) => match seat.review(&wish).await? {
            Reviewed::Nothing => (Todo::Leave, Vec::new()),
            Reviewed::Failed(_) => (Todo::Review(wish), Vec::new()),
            Reviewed::Ready { id, stack_id, changes } => {
                let emptied = emptied(&template, &seat.stack.template.json);
                let refusals = options.guard.refuses(&changes, &emptied, &options.standing);
                seat.site.tell(Told::Planned(changes));
                (Todo::Execute { id, stack_id }, refusals)
            }
        },
    };
    Ok((Planned { seat, found, template, course }, refusals))
}

fn wish(stack: &Stack, found: Option<&Found>, options: &Options) -> Wish {
    let given = given(stack, options);
    let known = |name: &str| found.is_some_and(|found| found.parameters.contains_key(name));
    let parameters = stack.template.parameters().filter_map(|name| match given.get(name) {
        Some(value) => Some((name.to_owned(), Some(value.clone()))),
        None => known(name).then(|| (name.to_owned(), None)),
    });
    Wish {
        is_new: found.is_none(),
        parameters: parameters.collect(),
        template: None,
        imports_existing: options.imports_existing,
        // What holds data is waited for (rule `cfn-express-mode`).
        is_express: options.is_express && !holds_data(stack),
        reverts_drift: options.reverts_drift && found.is_some(),
    }
}

fn holds_data(stack: &Stack) -> bool {
    let mut types = stack.template.resources().filter_map(|(_, it)| it["Type"].as_str());
    types.any(is_stateful)
}

/// What the second pass over a stack changes.
pub(super) fn second_wish(stack: &Stack, value: &str) -> Wish {
    let parameters = stack.template.parameters().map(|name| {
        let value = (name == PEER).then(|| value.to_owned());
        (name.to_owned(), value)
    });
    Wish { parameters: parameters.collect(), ..Wish::default() }
}

/// The stacks that need a second pass, each with the steps that it waits for. There is none while a peer is neither there
/// nor chosen.
pub(super) async fn second_passes(
    site: &Site,
    assembly: &Assembly,
    speaker: &Speaker,
    looked: &[Looked],
    options: &Options,
) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let peers = peer::peers(assembly);
    let is_waiting = |one: &&Looked| {
        let stack = &one.seat.stack;
        let given = options
            .parameters
            .keys()
            .any(|(id, name)| (*id == stack.id || *id == stack.name) && name == PEER);
        peer::is_peer(stack) && !given && value(one) != Some(PRESENT)
    };
    let waiting: Vec<&Looked> = looked.iter().filter(is_waiting).collect();
    let elsewhere: Vec<&Stack> = assembly
        .stacks
        .iter()
        .filter(|it| peers.contains(&it.id) && !options.chosen.contains(&it.id))
        .collect();
    if waiting.is_empty()
        || peers.len() < 2
        || !are_there(seats(site, speaker, &elsewhere)?).await?
    {
        return Ok(BTreeMap::new());
    }
    let open: BTreeSet<String> = peers.intersection(&options.chosen).cloned().collect();
    Ok(waiting.into_iter().map(|one| (one.seat.stack.id.clone(), open.clone())).collect())
}

/// The value that the parameter has after the first pass.
fn value(looked: &Looked) -> Option<&str> {
    let there =
        looked.found.as_ref().and_then(|found| found.parameters.get(PEER)).map(String::as_str);
    there.or_else(|| peer::default(&looked.seat.stack))
}

async fn are_there(seats: Vec<Seat>) -> Result<bool, Failure> {
    for seat in seats {
        let found = seat.look().await?;
        if course(found.as_ref().map(|found| found.status.as_str())) != Course::Update {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_named(names: &BTreeSet<String>, stack: &Stack) -> bool {
    names.contains(&stack.id) || names.contains(&stack.name)
}
