//! What is there, and what would be done about it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tokio::task::JoinSet;

use super::remains::Remains;
use super::{Options, bring, rehearsal};
use crate::assembly::Stack;
use crate::changes::Changes;
use crate::events::root_cause;
use crate::guard::{Refusal, emptied};
use crate::stack::{Found, Reviewed, Seat, Wish};
use crate::standing::Standing;
use crate::stateful::is_stateful;
use crate::status::{Course, advice, course, is_settled};
use crate::told::{Failure, Root, StackFailure, Told};

/// A stack, and what is there of it.
#[derive(Clone)]
pub(super) struct Looked {
    pub(super) seat: Seat,
    pub(super) found: Option<Found>,
    pub(super) template: Json,
    /// What a failed creation or deletion has left of it, which is taken away first.
    pub(super) remains: Option<Remains>,
    /// Whether it is as the assembly wants it.
    pub(super) is_same: bool,
}

/// A stack, and what is to be done about it.
pub(super) struct Planned {
    pub(super) seat: Seat,
    pub(super) found: Option<Found>,
    /// The template that is there.
    pub(super) template: Json,
    /// What is taken away first.
    pub(super) remains: Option<Remains>,
    pub(super) course: Todo,
}

/// What is to be done about a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Todo {
    /// Nothing.
    Leave,
    /// This change set is carried out.
    Execute { id: String, stack_id: String, changes: Changes },
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
                return Ok(Ok(Looked::new(seat, None)));
            }
            (Course::Update, Some(found)) => {
                let template = seat.template().await?.unwrap_or(Json::Null);
                // Whether something was changed outside CloudFormation, only a change set tells.
                let is_same =
                    !reverts_drift && is_same(&seat.stack, &found, &template, &parameters);
                let found = Some(found);
                return Ok(Ok(Looked { seat, found, template, remains: None, is_same }));
            }
            (Course::Recreate, Some(found)) if is_recreated => {
                let remains = Remains::look(&seat, found).await?;
                return Ok(Ok(Looked::new(seat, Some(remains))));
            }
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

impl Looked {
    /// A stack that is made.
    fn new(seat: Seat, remains: Option<Remains>) -> Self {
        Self { seat, found: None, template: Json::Null, remains, is_same: false }
    }
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
    let has_values =
        parameters.iter().all(|(name, value)| found.parameters.get(name) == Some(value));
    is_settled(&found.status)
        && *template == stack.template.json
        && found.tags == stack.tags
        && has_values
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
    standing: &Standing,
) -> Result<BTreeMap<String, Planned>, Failure> {
    let mut running = JoinSet::new();
    for one in looked {
        running.spawn(plan_one(one, options.clone(), standing.clone()));
    }
    let mut planned = BTreeMap::new();
    let (mut refused, mut failed, mut causes) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(Ok(one)) = running.join_next().await {
        match one {
            Ok(Ok((one, refusals))) => {
                refused.extend(refusals);
                planned.insert(one.seat.stack.id.clone(), one);
            }
            Ok(Err(failure)) => failed.push(failure),
            Err(failure) => causes.push(failure),
        }
    }
    refused
        .sort_by(|one: &Refusal, other| (&one.stack, &one.path).cmp(&(&other.stack, &other.path)));
    failed.sort_by(|one: &StackFailure, other| one.stack.cmp(&other.stack));
    causes.extend((!refused.is_empty()).then_some(Failure::Refused(refused)));
    causes.extend((!failed.is_empty()).then_some(Failure::Failed(failed)));
    let Some(failure) = Failure::together(Vec::new(), causes) else { return Ok(planned) };
    // Where AWS does not answer they stay, and are found again.
    if !matches!(failure, Failure::Trouble(_)) {
        rehearsal::forget(&planned).await?;
    }
    Err(failure)
}

type Plan = Result<Result<(Planned, Vec<Refusal>), StackFailure>, Failure>;

async fn plan_one(looked: Looked, options: Options, standing: Standing) -> Plan {
    let Looked { seat, found, template, remains, is_same } = looked;
    let wish = wish(&seat.stack, found.as_ref(), &options);
    let (course, refusals) = match &found {
        _ if is_same => (Todo::Leave, Vec::new()),
        None => {
            let refusals = remains.as_ref().map(|it| it.refusals(&seat, &options.guard));
            (Todo::Review(wish), refusals.unwrap_or_default())
        }
        Some(_) => match seat.review(&wish).await? {
            Reviewed::Nothing => (Todo::Leave, Vec::new()),
            Reviewed::Failed(why) if lacks_another(&why) => (Todo::Review(wish), Vec::new()),
            Reviewed::Failed(why) => return Ok(Err(bring::unmade(&seat, why))),
            Reviewed::Ready { id, stack_id, changes } => {
                let emptied = emptied(&template, &seat.stack.template.json);
                let refusals = options.guard.refuses(&changes, &emptied, &standing);
                seat.site.tell(Told::Planned(changes.clone()));
                (Todo::Execute { id, stack_id, changes }, refusals)
            }
        },
    };
    Ok(Ok((Planned { seat, found, template, remains, course }, refusals)))
}

/// What AWS says of a change set that needs what another stack has yet to make: an export, or a parameter.
const LACKING: [&str; 2] = ["No export named", "Unable to fetch parameters"];

/// Whether a change set can be made when what the stack waits for is done.
fn lacks_another(why: &str) -> bool {
    LACKING.iter().any(|it| why.contains(it))
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

fn is_named(names: &BTreeSet<String>, stack: &Stack) -> bool {
    names.contains(&stack.id) || names.contains(&stack.name)
}
