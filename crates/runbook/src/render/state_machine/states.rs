//! The states of one way through a plan.

use serde_json::{Map, Value, json};

use super::errors::{
    ALL, LEFT_OUT, PAUSED, REFUSED_VERSIONS, SUPERSEDED, TIMEOUT, TRY_AGAIN, TURNS_BACK,
    WAITS_FOR_APPROVAL, WAITS_FOR_PERSON,
};
use super::people;
use crate::action::{Action, ActionName, Condition};
use crate::plan::Plan;
use crate::render::numbers;
use crate::render::words::Words;

const INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// The longest that an invocation of a function may last. What takes longer is asked for again.
const INVOCATION_SECONDS_MAX: u64 = 900;

/// How much longer than an attempt an invocation may last: it ends the attempt itself, and writes
/// that down.
const MARGIN_SECONDS: u64 = 30;

/// How often what is attempted until it is done is attempted before a person is asked, with pauses
/// that grow: for five days. An execution has a bounded history.
const POLLS_MAX: u64 = 500;

/// The longest pause between two of them.
const PAUSE_SECONDS_MAX: u64 = 900;

/// Where the latest failure is kept.
pub(super) const FAILURE: &str = "$.failure";

/// Where it is kept that the run lock was taken, or may have been.
const BEGUN: &str = "$.begun";

const DONE: &str = "done";
const ABORTED: &str = "aborted";
pub(super) const UNANSWERED: &str = "unanswered";
const OVERTAKEN: &str = "superseded";

/// The way forward or the way back.
pub(super) struct Way<'p> {
    pub(super) word: &'static str,
    prefix: &'static str,
    pub(super) actions: &'p [Action],
    end: &'static str,
    /// How many of the actions the way back can be taken from.
    can_turn: usize,
    /// Where the way back begins.
    back: Option<String>,
}

impl<'p> Way<'p> {
    pub(super) fn forward(plan: &'p Plan) -> Self {
        let back = Self::back(plan);
        let can_turn = plan.actions.iter().position(numbers::is_point_of_no_return);
        Self {
            word: "forward",
            prefix: "",
            actions: &plan.actions,
            end: DONE,
            can_turn: can_turn.unwrap_or_default(),
            back: (!back.actions.is_empty()).then(|| back.entry(0)),
        }
    }

    pub(super) fn back(plan: &'p Plan) -> Self {
        let actions = &plan.way_back;
        Self { word: "back", prefix: "B", actions, end: ABORTED, can_turn: 0, back: None }
    }

    /// The state in which the action at this position, or the end, is come to.
    pub(super) fn entry(&self, position: usize) -> String {
        let Some(action) = self.actions.get(position) else { return self.end.to_owned() };
        match action.condition {
            Condition::Always if action.name == ActionName::BeginRun => {
                self.beside(position, "mark")
            }
            Condition::Always => self.state(position),
            _ => self.beside(position, "due?"),
        }
    }

    pub(super) fn state(&self, position: usize) -> String {
        format!("{}{:02} {}", self.prefix, position + 1, self.actions[position].name)
    }

    /// A state that belongs to the action at this position.
    pub(super) fn beside(&self, position: usize, word: &str) -> String {
        format!("{} - {word}", self.state(position))
    }

    /// Whether something later depends on this.
    fn has(&self, condition: Condition) -> bool {
        self.actions.iter().any(|action| action.condition == condition)
    }

    /// What a person may answer, and where each answer leads.
    pub(super) fn answers(&self, position: usize) -> Vec<(&'static str, String)> {
        let action = &self.actions[position];
        let skip = action.is_skippable.then(|| (people::SKIP, self.entry(position + 1)));
        let abort = self.back.clone().filter(|_| position < self.can_turn);
        let more = skip.into_iter().chain(abort.map(|back| (people::ABORT, back)));
        std::iter::once((people::RETRY, self.state(position))).chain(more).collect()
    }
}

/// Adds the states of a way and its ends.
pub(super) fn add(plan: &Plan, way: &Way<'_>, function: &str, states: &mut Map<String, Value>) {
    for (position, action) in way.actions.iter().enumerate() {
        if let Some(variable) = variable(action.condition) {
            states.insert(way.beside(position, "due?"), due(way, position, &variable));
        }
        states.insert(way.beside(position, "mark"), mark(way, position));
        states.insert(way.state(position), task(plan, way, position, function));
        states.insert(way.beside(position, "approve"), people::approve(way, position, function));
        states.insert(way.beside(position, "ask"), people::ask(way, position, function));
        states.insert(way.beside(position, "answer"), people::answer(way, position));
    }
    states.insert(DONE.to_owned(), json!({"Type": "Succeed"}));
    let turned = "the run took the way back";
    states.insert(ABORTED.to_owned(), fail("Aborted", turned));
    let open = "an action failed and nobody said what to do; the run is open in its journal";
    states.insert(UNANSWERED.to_owned(), fail("Unanswered", open));
    let other = "another run has begun since; this one touches nothing any more";
    states.insert(OVERTAKEN.to_owned(), fail("Superseded", other));
}

fn fail(error: &str, cause: &str) -> Value {
    json!({"Type": "Fail", "Error": error, "Cause": cause})
}

/// What must be present for an action to be due; nothing for what always is.
fn variable(condition: Condition) -> Option<String> {
    match condition {
        Condition::Always => None,
        Condition::IfRefused(name) => Some(kept("refused", name)),
        Condition::IfDone(name) => Some(kept("done", name)),
        Condition::IfBegun => Some(BEGUN.to_owned()),
    }
}

/// Where it is kept what became of an action.
fn kept(what: &str, name: ActionName) -> String {
    format!("$.{what}_{}", name.as_str().replace('-', "_"))
}

/// Whether a conditional action is due.
fn due(way: &Way<'_>, position: usize, variable: &str) -> Value {
    let rule = json!({"Variable": variable, "IsPresent": true, "Next": way.state(position)});
    json!({"Type": "Choice", "Choices": [rule], "Default": way.entry(position + 1)})
}

/// Notes that the run lock may be taken from here on.
fn mark(way: &Way<'_>, position: usize) -> Value {
    json!({"Type": "Pass", "Result": true, "ResultPath": BEGUN, "Next": way.state(position)})
}

/// Performs an action.
fn task(plan: &Plan, way: &Way<'_>, position: usize, function: &str) -> Value {
    let action = &way.actions[position];
    let payload = json!({
        "run.$": "$$.Execution.Name",
        "way": way.word,
        "action": action.name.as_str(),
    });
    let seconds = invocation_seconds(action);
    let mut state = json!({
        "Type": "Task",
        "Comment": Words::neutral(plan.kind, action).does,
        "Resource": INVOKE,
        "Parameters": {"FunctionName": function, "Payload": payload},
        "ResultPath": null,
        "TimeoutSeconds": seconds,
        "Retry": [retrier_of(action, seconds), people::retrier_of_aws()],
        "Catch": catchers(way, position),
        "Next": way.entry(position + 1),
    });
    if way.has(Condition::IfDone(action.name)) {
        state["ResultSelector"] = json!({"done": true});
        state["ResultPath"] = json!(kept("done", action.name));
    }
    state
}

/// How long an invocation of the function that performs an action may last, in seconds: an attempt and what it
/// takes to write down its end, as far as AWS Lambda allows.
#[must_use]
pub fn invocation_seconds(action: &Action) -> u64 {
    let limit = action.time_limit.0.div_ceil(1_000) + MARGIN_SECONDS;
    limit.min(INVOCATION_SECONDS_MAX)
}

/// How often an action is asked for, when each time lasts so many seconds at most: twice as often as
/// it is attempted, because some find that it is not its turn. The journal counts the attempts.
fn retrier_of(action: &Action, seconds: u64) -> Value {
    let pause = action.retry.interval.0.div_ceil(1_000).max(1);
    let slices = action.time_limit.0.div_ceil(seconds * 1_000).max(1);
    let attempts = 2 * u64::from(action.retry.attempts_max.max(1)) * slices;
    let mut retrier = json!({
        "ErrorEquals": [TRY_AGAIN, TIMEOUT],
        "IntervalSeconds": pause,
        "MaxAttempts": attempts,
        "BackoffRate": 1.0,
    });
    if numbers::has_no_end(action) {
        retrier["MaxAttempts"] = json!(POLLS_MAX);
        retrier["BackoffRate"] = json!(2.0);
        retrier["MaxDelaySeconds"] = json!(PAUSE_SECONDS_MAX);
    }
    retrier
}

/// Where each error leads; when the function itself fails, a person is asked.
fn catchers(way: &Way<'_>, position: usize) -> Vec<Value> {
    let action = &way.actions[position];
    let (name, next) = (action.name, way.entry(position + 1));
    let ask = || way.beside(position, "ask");
    let other_way = way.has(Condition::IfRefused(name));
    let approve = (action.approvers > 0).then(|| way.beside(position, "approve"));
    let rows = [
        Some(catcher(&[SUPERSEDED], FAILURE, OVERTAKEN.to_owned())),
        way.back.clone().map(|back| catcher(&[TURNS_BACK], FAILURE, back)),
        other_way.then(|| catcher(&[REFUSED_VERSIONS], &kept("refused", name), next.clone())),
        approve.map(|approve| catcher(&[WAITS_FOR_APPROVAL], FAILURE, approve)),
        Some(catcher(&[WAITS_FOR_PERSON, PAUSED], FAILURE, ask())),
        Some(catcher(&[LEFT_OUT], FAILURE, next)),
        Some(catcher(&[ALL], FAILURE, ask())),
    ];
    rows.into_iter().flatten().collect()
}

pub(super) fn catcher(errors: &[&str], kept: &str, next: String) -> Value {
    json!({"ErrorEquals": errors, "ResultPath": kept, "Next": next})
}

/// The states that a state can lead to.
pub(super) fn successors(state: &Value) -> Vec<String> {
    let lists = ["Choices", "Catch"].into_iter().filter_map(|list| state[list].as_array());
    let listed = lists.flatten().map(|one| &one["Next"]);
    let named = [&state["Next"], &state["Default"]].into_iter().chain(listed);
    named.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}
