//! The states in which people are waited for, by task token.

use serde_json::{Value, json};

use super::errors::{ALL, PASSING_OF_AWS, TRY_AGAIN};
use super::states::{FAILURE, UNANSWERED, Way, catcher};

/// The state waits until somebody sends the token back, whatever the function answers.
const INVOKE_AND_WAIT: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

/// The action is asked for again.
pub(super) const RETRY: &str = "retry";

/// The action is left out.
pub(super) const SKIP: &str = "skip";

/// The run turns back.
pub(super) const ABORT: &str = "abort";

/// How long people are waited for: a week.
const PEOPLE_SECONDS_MAX: u64 = 604_800;

/// After how long those who must approve are told again: until they do, users may be without service.
const REMINDER_SECONDS: u64 = 1_800;

/// What Step Functions reports when nobody has sent the token back for so long.
const UNDECIDED: &str = "States.HeartbeatTimeout";

/// How often telling people is begun anew that was not done in the time of an invocation.
const TELLING_ATTEMPTS_MAX: u64 = 10;

/// Has the people told who must approve of an action, again and again, and waits until they have; then
/// the action is asked for again, which notes that.
pub(super) fn approve(way: &Way<'_>, position: usize, function: &str) -> Value {
    let mut state = wait(way, position, function, "approve");
    state["HeartbeatSeconds"] = json!(REMINDER_SECONDS);
    state["Retry"] = json!([reminder(), retrier_of_telling(), retrier_of_aws()]);
    state["ResultPath"] = Value::Null;
    state["Next"] = json!(way.state(position));
    state
}

/// Has a person told of a failure or a pause, and waits for the answer.
pub(super) fn ask(way: &Way<'_>, position: usize, function: &str) -> Value {
    let answers = way.answers(position).into_iter().map(|(answer, _)| answer);
    let mut state = wait(way, position, function, "ask");
    state["Parameters"]["Payload"]["answers"] = answers.collect();
    state["ResultPath"] = json!("$.answer");
    state["Next"] = json!(way.beside(position, "answer"));
    state
}

/// Does what the person answered; asks again when it makes no sense.
pub(super) fn answer(way: &Way<'_>, position: usize) -> Value {
    let variable = "$.answer.decision";
    let rule = |(answer, next): (&str, String)| json!({"Variable": variable, "StringEquals": answer, "Next": next});
    let again = way.beside(position, "ask");
    // Comparing something that is not there would end the execution.
    let absent = json!({"Variable": variable, "IsPresent": false, "Next": again});
    let rules = way.answers(position).into_iter().map(rule);
    let choices: Vec<Value> = std::iter::once(absent).chain(rules).collect();
    json!({"Type": "Choice", "Choices": choices, "Default": again})
}

/// Tells people of an action, under this word, and waits.
fn wait(way: &Way<'_>, position: usize, function: &str, word: &str) -> Value {
    let mut payload = json!({
        "run.$": "$$.Execution.Name",
        "way": way.word,
        "failure.$": FAILURE,
        "token.$": "$$.Task.Token",
    });
    payload[word] = json!(way.actions[position].name.as_str());
    json!({
        "Type": "Task",
        "Resource": INVOKE_AND_WAIT,
        "Parameters": {"FunctionName": function, "Payload": payload},
        "TimeoutSeconds": PEOPLE_SECONDS_MAX,
        "Retry": [retrier_of_telling(), retrier_of_aws()],
        "Catch": [catcher(&[ALL], FAILURE, UNANSWERED.to_owned())],
    })
}

/// The function is asked again, with a new token: it tells people again, or finds that they have decided.
fn reminder() -> Value {
    json!({
        "ErrorEquals": [UNDECIDED],
        "IntervalSeconds": 1,
        "MaxAttempts": PEOPLE_SECONDS_MAX / REMINDER_SECONDS,
        "BackoffRate": 1.0,
    })
}

/// People are not told yet.
fn retrier_of_telling() -> Value {
    json!({
        "ErrorEquals": [TRY_AGAIN],
        "IntervalSeconds": 2,
        "MaxAttempts": TELLING_ATTEMPTS_MAX,
        "BackoffRate": 1.0,
    })
}

/// Invocations that AWS could not make.
pub(super) fn retrier_of_aws() -> Value {
    json!({
        "ErrorEquals": PASSING_OF_AWS,
        "IntervalSeconds": 2,
        "MaxAttempts": 10,
        "BackoffRate": 1.5,
    })
}
