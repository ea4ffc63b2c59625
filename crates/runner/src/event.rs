//! What a state machine tells the function.

use fence::RunId;
use runbook::{ActionName, Heading, PlanKind};
use serde::Deserialize;
use serde_json::Value;

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(crate) enum Task {
    /// To make an attempt of this action.
    Perform(ActionName),
    /// To have people told that they must approve of this action.
    Approve(ActionName),
    /// To have a person told that this action failed, or that the run is paused.
    Ask(ActionName),
}

/// An event.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "Told")]
pub(crate) enum Event {
    /// A task in a run.
    OfRun(OfRun),
    /// An alarm rings: whether a failover is to be started.
    Consider {
        /// The alarm.
        alarm: String,
    },
}

/// A task in a run.
#[derive(Debug, PartialEq)]
pub(crate) struct OfRun {
    pub(crate) run: RunId,
    pub(crate) heading: Heading,
    pub(crate) task: Task,
    /// What may be answered.
    pub(crate) answers: Vec<String>,
    /// The token with which the state machine is let go on; empty where it does not wait.
    pub(crate) token: String,
    /// How the action failed, in the words of the function or of AWS.
    pub(crate) failure: Option<String>,
}

/// An event as it is written.
#[derive(Deserialize)]
struct Told {
    run: Option<String>,
    way: Option<String>,
    consider: Option<String>,
    alarm: Option<String>,
    action: Option<String>,
    approve: Option<String>,
    ask: Option<String>,
    #[serde(default)]
    answers: Vec<String>,
    token: Option<String>,
    #[serde(default)]
    failure: Value,
}

impl TryFrom<Told> for Event {
    type Error = String;

    fn try_from(told: Told) -> Result<Self, String> {
        let Told { run, way, action, approve, ask, answers, token, failure, .. } = told;
        if let Some(kind) = told.consider {
            return considered(&kind, told.alarm);
        }
        let run = run.ok_or("`run` is not there")?;
        let heading = match way.unwrap_or_default().as_str() {
            "forward" => Heading::Forward,
            "back" => Heading::Back,
            other => return Err(format!("`way` is `{other}`, which is neither forward nor back")),
        };
        let (task, waits) = match (action, approve, ask) {
            (Some(action), None, None) => (Task::Perform(named(&action)?), false),
            (None, Some(action), None) => (Task::Approve(named(&action)?), true),
            (None, None, Some(action)) => (Task::Ask(named(&action)?), true),
            _ => {
                return Err("exactly one of `action`, `approve` and `ask` must be there".to_owned());
            }
        };
        let token = token.unwrap_or_default();
        if waits && token.is_empty() {
            return Err("`token` is not there".to_owned());
        }
        let (run, failure) = (RunId::new(run), cause(&failure));
        Ok(Self::OfRun(OfRun { run, heading, task, answers, token, failure }))
    }
}

/// An alarm starts nothing but failovers (`aurora-failback-is-switchover`).
fn considered(kind: &str, alarm: Option<String>) -> Result<Event, String> {
    if kind != PlanKind::Failover.as_str() {
        return Err(format!("an alarm starts no `{kind}`"));
    }
    let alarm = alarm.filter(|alarm| !alarm.is_empty()).ok_or("`alarm` is not there")?;
    Ok(Event::Consider { alarm })
}

fn named(word: &str) -> Result<ActionName, String> {
    let action = ActionName::ALL.iter().copied().find(|action| action.as_str() == word);
    action.ok_or_else(|| format!("there is no action `{word}`"))
}

/// What Step Functions keeps of an error: its name, and its cause, which is JSON where the function said it.
fn cause(failure: &Value) -> Option<String> {
    let cause = failure["Cause"].as_str().unwrap_or_default();
    let said: Value = serde_json::from_str(cause).unwrap_or_default();
    let words = said["errorMessage"].as_str().unwrap_or(cause);
    let words = if words.is_empty() { failure["Error"].as_str()? } else { words };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Event, String> {
        serde_json::from_str(text).map_err(|error: serde_json::Error| error.to_string())
    }

    fn event(heading: Heading, task: Task) -> OfRun {
        let run = RunId::new("failover-1");
        let (answers, token, failure) = (Vec::new(), String::new(), None);
        OfRun { run, heading, task, answers, token, failure }
    }

    #[test]
    fn what_state_machines_tell() {
        let token = "AAA".to_owned();
        let perform = Task::Perform(ActionName::WaitForFence);
        let back = Task::Perform(ActionName::Abort);
        let approve = OfRun {
            token: token.clone(),
            failure: Some("0 of 2".to_owned()),
            ..event(Heading::Forward, Task::Approve(ActionName::ApproveLoss))
        };
        let ask = OfRun {
            token,
            answers: vec!["retry".to_owned(), "abort".to_owned()],
            failure: Some("States.Timeout".to_owned()),
            ..event(Heading::Forward, Task::Ask(ActionName::Open))
        };
        for (text, expected) in [
            (
                r#"{"run": "failover-1", "way": "forward", "action": "wait-for-fence"}"#,
                event(Heading::Forward, perform),
            ),
            (
                r#"{"run": "failover-1", "way": "back", "action": "abort"}"#,
                event(Heading::Back, back),
            ),
            (
                r#"{"run": "failover-1", "way": "forward", "approve": "approve-loss", "token": "AAA",
                "failure": {"Error": "WaitsForApproval", "Cause": "{\"errorMessage\": \"0 of 2\"}"}}"#,
                approve,
            ),
            (
                r#"{"run": "failover-1", "way": "forward", "ask": "open", "answers": ["retry", "abort"],
                "failure": {"Error": "States.Timeout", "Cause": ""}, "token": "AAA"}"#,
                ask,
            ),
        ] {
            assert_eq!(read(text), Ok(Event::OfRun(expected)), "{text}");
        }
        let text = r#"{"consider": "failover", "alarm": "payment-dev-Lost"}"#;
        assert_eq!(read(text), Ok(Event::Consider { alarm: "payment-dev-Lost".to_owned() }));
    }

    #[test]
    fn what_makes_no_sense() {
        for (text, wanted) in [
            ("{}", "`run` is not there"),
            (r#"{"run": "r", "action": "open"}"#, "neither forward nor back"),
            (r#"{"consider": "failback", "alarm": "a"}"#, "an alarm starts no `failback`"),
            (r#"{"consider": "failover"}"#, "`alarm` is not there"),
            (r#"{"run": "r", "way": "up", "action": "open"}"#, "neither forward nor back"),
            (r#"{"run": "r", "way": "back", "action": "sing"}"#, "there is no action `sing`"),
            (r#"{"run": "r", "way": "back"}"#, "exactly one of"),
            (r#"{"run": "r", "way": "back", "action": "open", "ask": "open"}"#, "exactly one of"),
            (r#"{"run": "r", "way": "back", "ask": "open"}"#, "`token` is not there"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(wanted), "{text}: {said}");
        }
    }
}
