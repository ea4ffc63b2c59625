//! State machines that wait for people, let go on when those have decided. What they have decided stands in the journal of
//! the run; the token of the place where its state machine waits stands beside it in the control table.

use std::time::Duration;

use aws::Wait;
use aws_sdk_sfn::config::http::HttpResponse;
use aws_sdk_sfn::error::SdkError;
use aws_sdk_sfn::operation::send_task_success::SendTaskSuccessError;
use fence::{RegionName, RunId};
use runbook::ActionName;
use runbook::render::decision;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::reach::{Reach, now};

/// For how long a state machine's Region is waited for.
const LIMIT: Duration = Duration::from_secs(5);

/// What became of a state machine that waits for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetGo {
    /// None has waited for people in this run.
    NoneWaits,
    /// It waits on: people have not decided yet.
    WaitsOn,
    /// It has been told what they decided, and goes on.
    GoesOn,
    /// It waits no more where it waited last: it has gone on since, or has ended.
    WaitsNoMore,
    /// It is not known, because of what the control table or Step Functions said.
    NotKnown(String),
}

impl Reach {
    /// Lets the state machine of a run go on, if people have decided what it waits for. It may be asked for any number of
    /// times.
    pub async fn let_go_on(&self, run: &RunId) -> LetGo {
        self.told_to_go_on(run).await.unwrap_or_else(LetGo::NotKnown)
    }

    async fn told_to_go_on(&self, run: &RunId) -> Result<LetGo, String> {
        let wait = self.table.wait(run).await.map_err(|said| said.to_string())?;
        let Some(wait) = wait else { return Ok(LetGo::NoneWaits) };
        let entries = self.entries(run).await.map_err(|silent| silent.to_string())?;
        let action = ActionName::ALL.iter().find(|action| action.as_str() == wait.action);
        let action = action.ok_or_else(|| format!("there is no action `{}`", wait.action))?;
        let answers: Vec<&str> = wait.answers.iter().map(String::as_str).collect();
        match decision(&entries, *action, &answers, now()) {
            Some(decision) => self.send(&wait, decision).await,
            None => Ok(LetGo::WaitsOn),
        }
    }

    async fn send(&self, wait: &Wait, decision: &str) -> Result<LetGo, String> {
        let output = format!("{{\"decision\":\"{decision}\"}}");
        let sfn = self.site(&RegionName::new(&wait.region)).sfn().await;
        let sent = sfn.send_task_success().task_token(&wait.token).output(output).send();
        match timeout(LIMIT, Box::pin(sent)).await {
            Ok(Ok(_)) => Ok(LetGo::GoesOn),
            Ok(Err(error)) if waits_no_more(&error) => Ok(LetGo::WaitsNoMore),
            Ok(Err(error)) => Err(Fault::of(&error).said()),
            Err(_) => Err("Step Functions did not answer in time".to_owned()),
        }
    }
}

/// Whether the token is used, or the state machine has given it up (AWS Step Functions API Reference,
/// "SendTaskSuccess").
fn waits_no_more(error: &SdkError<SendTaskSuccessError, HttpResponse>) -> bool {
    error.as_service_error().is_some_and(|error| {
        error.is_task_does_not_exist() || error.is_task_timed_out() || error.is_invalid_token()
    })
}
