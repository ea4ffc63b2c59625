//! The states of one way through a plan.

use serde_json::{Map, Value, json};

use super::errors::{
    ALL, PASSING, PASSING_OF_AWS, REFUSED_NOTHING_MOVED, REFUSED_SUPERSEDED, REFUSED_VERSIONS,
    TIMEOUT,
};
use crate::action::{Action, ActionName, Condition, OnFailure};
use crate::plan::Plan;
use crate::render::numbers;
use crate::render::words::Words;

const INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// The state waits until somebody sends the token back, whatever the function answers.
const INVOKE_AND_WAIT: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

/// The longest that an invocation of a function may last. What takes longer is asked for again.
const INVOCATION_SECONDS_MAX: u64 = 900;

/// How long people are waited for: a week.
const PEOPLE_SECONDS_MAX: u64 = 604_800;

/// How often what is attempted until it is done is attempted before a person is asked, with pauses
/// that grow: for five days. An execution has a bounded history.
const POLLS_MAX: u64 = 500;

/// The longest pause between two of them.
const PAUSE_SECONDS_MAX: u64 = 900;

/// Where the latest failure is kept.
const FAILURE: &str = "$.failure";

/// Where it is kept that the run lock was taken, or may have been.
const BEGUN: &str = "$.begun";

const DONE: &str = "done";
const ABORTED: &str = "aborted";
const UNANSWERED: &str = "unanswered";
const SUPERSEDED: &str = "superseded";

/// The way forward or the way back.
pub(super) struct Way<'p> {
    word: &'static str,
    prefix: &'static str,
    actions: &'p [Action],
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

    fn state(&self, position: usize) -> String {
        format!("{}{:02} {}", self.prefix, position + 1, self.actions[position].name)
    }

    /// A state that belongs to the action at this position.
    fn beside(&self, position: usize, word: &str) -> String {
        format!("{} - {word}", self.state(position))
    }

    /// Whether something later depends on this.
    fn has(&self, condition: Condition) -> bool {
        self.actions.iter().any(|action| action.condition == condition)
    }

    /// Where it goes on after all attempts of the action have failed.
    fn after_failure(&self, position: usize) -> String {
        match (self.actions[position].on_failure, &self.back) {
            (OnFailure::GoOn, _) => self.entry(position + 1),
            (OnFailure::Abort, Some(back)) => back.clone(),
            (OnFailure::Abort | OnFailure::Stop, _) => self.beside(position, "ask"),
        }
    }

    /// What a person may answer after all attempts have failed, and where each leads.
    fn answers(&self, position: usize) -> Vec<(&'static str, String)> {
        let action = &self.actions[position];
        let skip = action.is_skippable.then(|| ("skip", self.entry(position + 1)));
        let abort = self.back.clone().filter(|_| position < self.can_turn);
        let more = skip.into_iter().chain(abort.map(|back| ("abort", back)));
        std::iter::once(("retry", self.state(position))).chain(more).collect()
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
        states.insert(way.beside(position, "ask"), ask(way, position, function));
        states.insert(way.beside(position, "answer"), answer(way, position));
    }
    states.insert(DONE.to_owned(), json!({"Type": "Succeed"}));
    let turned = "the run took the way back";
    states.insert(ABORTED.to_owned(), fail("Aborted", turned));
    let open = "an action failed and nobody said what to do; the run is open in its journal";
    states.insert(UNANSWERED.to_owned(), fail("Unanswered", open));
    let other = "another run has begun since; this one touches nothing any more";
    states.insert(SUPERSEDED.to_owned(), fail("Superseded", other));
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

/// Performs an action, or waits for its approval.
fn task(plan: &Plan, way: &Way<'_>, position: usize, function: &str) -> Value {
    let action = &way.actions[position];
    let mut payload = json!({
        "run.$": "$$.Execution.Name",
        "way": way.word,
        "action": action.name.as_str(),
    });
    let waits = action.approvers > 0;
    if waits {
        payload["token.$"] = json!("$$.Task.Token");
    }
    let limit = action.time_limit.0.div_ceil(1_000).clamp(1, INVOCATION_SECONDS_MAX);
    let mut state = json!({
        "Type": "Task",
        "Comment": Words::neutral(plan.kind, action).does,
        "Resource": if waits { INVOKE_AND_WAIT } else { INVOKE },
        "Parameters": {"FunctionName": function, "Payload": payload},
        "ResultPath": null,
        "TimeoutSeconds": if waits { PEOPLE_SECONDS_MAX } else { limit },
        "Catch": catchers(way, position),
        "Next": way.entry(position + 1),
    });
    if way.has(Condition::IfDone(action.name)) {
        state["ResultSelector"] = json!({"done": true});
        state["ResultPath"] = json!(kept("done", action.name));
    }
    let retrier = retrier_of(action, limit);
    if retrier["MaxAttempts"] != 0 {
        state["Retry"] = json!([retrier]);
    }
    state
}

/// The attempts of an action, when each lasts so many seconds at most.
fn retrier_of(action: &Action, seconds: u64) -> Value {
    let pause = action.retry.interval.0;
    if numbers::has_no_end(action) {
        let mut retrier = retrier(&every_passing(), pause, POLLS_MAX);
        retrier["BackoffRate"] = json!(2.0);
        retrier["MaxDelaySeconds"] = json!(PAUSE_SECONDS_MAX);
        return retrier;
    }
    // What takes longer than an invocation is asked for as often as fits into its own limit.
    let slices = action.time_limit.0.div_ceil(seconds * 1_000).max(1);
    let attempts = u64::from(action.retry.attempts_max.max(1)) * slices;
    retrier(&every_passing(), pause, attempts)
}

fn every_passing() -> Vec<&'static str> {
    PASSING.into_iter().chain([TIMEOUT]).chain(PASSING_OF_AWS).collect()
}

fn retrier(errors: &[&str], interval_ms: u64, attempts: u64) -> Value {
    json!({
        "ErrorEquals": errors,
        "IntervalSeconds": interval_ms.div_ceil(1_000).max(1),
        "MaxAttempts": attempts - 1,
        "BackoffRate": 1.0,
    })
}

fn catchers(way: &Way<'_>, position: usize) -> Vec<Value> {
    let name = way.actions[position].name;
    let superseded = catcher(REFUSED_SUPERSEDED, FAILURE, SUPERSEDED.to_owned());
    let other_way = way.has(Condition::IfRefused(name));
    let versions = other_way
        .then(|| catcher(REFUSED_VERSIONS, &kept("refused", name), way.entry(position + 1)));
    let moved_nothing = way.back.clone().filter(|_| name == ActionName::SwitchDatabase);
    let moved_nothing = moved_nothing.map(|back| catcher(REFUSED_NOTHING_MOVED, FAILURE, back));
    let all = catcher(ALL, FAILURE, way.after_failure(position));
    [Some(superseded), versions, moved_nothing, Some(all)].into_iter().flatten().collect()
}

fn catcher(error: &str, kept: &str, next: String) -> Value {
    json!({"ErrorEquals": [error], "ResultPath": kept, "Next": next})
}

/// Has a person told of a failure, and waits for the answer.
fn ask(way: &Way<'_>, position: usize, function: &str) -> Value {
    let answers = way.answers(position).into_iter().map(|(answer, _)| answer);
    let payload = json!({
        "run.$": "$$.Execution.Name",
        "way": way.word,
        "ask": way.actions[position].name.as_str(),
        "answers": answers.collect::<Vec<_>>(),
        "failure.$": FAILURE,
        "token.$": "$$.Task.Token",
    });
    json!({
        "Type": "Task",
        "Resource": INVOKE_AND_WAIT,
        "Parameters": {"FunctionName": function, "Payload": payload},
        "ResultPath": "$.answer",
        "TimeoutSeconds": PEOPLE_SECONDS_MAX,
        "Retry": [retrier(&PASSING_OF_AWS, 5_000, 12)],
        "Catch": [{"ErrorEquals": [ALL], "ResultPath": FAILURE, "Next": UNANSWERED}],
        "Next": way.beside(position, "answer"),
    })
}

/// Does what the person answered; asks again when it makes no sense.
fn answer(way: &Way<'_>, position: usize) -> Value {
    let rule = |(answer, next): (&str, String)| {
        let variable = "$.answer.decision";
        json!({"Variable": variable, "StringEquals": answer, "Next": next})
    };
    let again = way.beside(position, "ask");
    // Comparing something that is not there would end the execution.
    let absent = json!({"Variable": "$.answer.decision", "IsPresent": false, "Next": again});
    let rules = way.answers(position).into_iter().map(rule);
    let choices: Vec<Value> = std::iter::once(absent).chain(rules).collect();
    json!({"Type": "Choice", "Choices": choices, "Default": again})
}

/// The states that a state can lead to.
pub(super) fn successors(state: &Value) -> Vec<String> {
    let lists = ["Choices", "Catch"].into_iter().filter_map(|list| state[list].as_array());
    let listed = lists.flatten().map(|one| &one["Next"]);
    let named = [&state["Next"], &state["Default"]].into_iter().chain(listed);
    named.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}
