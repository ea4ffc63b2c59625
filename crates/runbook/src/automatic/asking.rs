//! The state machine that asks while an alarm rings: in the Amazon States Language, for a Standard workflow.

use serde_json::json;

/// The pause between two questions, in seconds: canaries are as often at most.
const PAUSE_SECONDS: u64 = 60;
/// How often it is asked again: for half an hour. Then people know what stands against it, and decide.
const AGAIN_MAX: u64 = 30;
/// How long one answer may take, in seconds: each service is waited for for some seconds.
const ANSWER_SECONDS: u64 = 180;

/// The definition. `function` is the name or ARN of the function that judges, or something that a template replaces by
/// it; whatever it does not answer with success is asked again. Its input is `{"alarm": NAME}`.
#[must_use]
pub fn state_machine(function: &str) -> String {
    let again = json!({
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": PAUSE_SECONDS,
        "MaxAttempts": AGAIN_MAX,
        "BackoffRate": 1.0,
    });
    let consider = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": function,
            "Payload": {"consider": "failover", "alarm.$": "$.alarm"},
        },
        "TimeoutSeconds": ANSWER_SECONDS,
        "Retry": [again],
        "End": true,
    });
    let definition = json!({
        "Comment": "asks whether a failover is to be started, for half an hour after an alarm has begun to ring",
        "StartAt": "consider",
        "States": {"consider": consider},
    });
    format!("{definition:#}\n")
}
