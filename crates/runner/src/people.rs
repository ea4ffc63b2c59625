//! People are told that they are waited for, and what to type. How the state machine is let go on is kept first, so that
//! whoever decides while they are being told is not missed.

use std::time::Duration;

use aws::Wait;
use cloud::LetGo;
use fence::{Millis, RunId};
use runbook::{ActionName, Entry, Event as Noted, Evidence, Next, Plan, next};
use tokio::time::sleep;

use crate::event::{OfRun, Task};
use crate::logged;
use crate::work::Work;

/// From one try to the next. The invocation is tried for as long as it lasts.
const PAUSE: Duration = Duration::from_secs(2);

/// Keeps the token, tells people, and lets the state machine go on if they have decided already.
pub(crate) async fn wait(work: &Work, event: &OfRun, action: ActionName) {
    let wait = Wait {
        region: work.settings.here.as_str().to_owned(),
        action: action.as_str().to_owned(),
        answers: event.answers.clone(),
        token: event.token.clone(),
    };
    while let Err(said) = work.reach.table().keep_wait(&event.run, &wait).await {
        logged::line("error", "the token is not kept", &said.to_string());
        sleep(PAUSE).await;
    }
    loop {
        match work.reach.let_go_on(&event.run).await {
            LetGo::NotKnown(cause) => {
                logged::line("error", "it is not known what was decided", &cause);
            }
            LetGo::WaitsOn => return tell(work, event, action).await,
            LetGo::GoesOn | LetGo::WaitsNoMore | LetGo::NoneWaits => return,
        }
        sleep(PAUSE).await;
    }
}

/// Until they are told: nobody approves of a failover of which nobody knows. When the time of the invocation is over
/// before, it fails, and the state machine has it made again.
async fn tell(work: &Work, event: &OfRun, action: ActionName) {
    let entries = work.reach.entries(&event.run).await.unwrap_or_default();
    let (subject, text) = message(event, action, &entries);
    while let Err(said) = work.topic.tell(&subject, &text).await {
        logged::line("error", "people are not told", &said.to_string());
        sleep(PAUSE).await;
    }
}

/// Subject and text.
fn message(event: &OfRun, action: ActionName, entries: &[Entry]) -> (String, String) {
    let run = &event.run;
    let mut text = match plan(entries) {
        Some(plan) => {
            format!("{} from {} to {}, run {run}\n\n", plan.kind, plan.source, plan.target)
        }
        None => format!("run {run}\n\n"),
    };
    let verb = match event.task {
        Task::Approve(_) => {
            text += &approval(action, entries);
            "waits for approval"
        }
        Task::Perform(_) | Task::Ask(_) => {
            let failure = event.failure.as_deref().unwrap_or("nothing is known of why");
            text += &format!("`{action}` stopped the run: {failure}\n");
            "waits for a person"
        }
    };
    text += &typed(event, run, action);
    (format!("tideover: {action} {verb}"), text)
}

fn plan(entries: &[Entry]) -> Option<&Plan> {
    entries.iter().rev().find_map(|entry| match &entry.event {
        Noted::Planned { plan, .. } => Some(&**plan),
        _ => None,
    })
}

/// What people decide by.
fn approval(action: ActionName, entries: &[Entry]) -> String {
    let mut text = match entries.last().map(|last| next(entries, last.at)) {
        Some(Next::Approval { action: due, approved }) => {
            format!("`{action}` waits for approval: {approved} of {}\n", due.approvers)
        }
        _ => format!("`{action}` waits for approval\n"),
    };
    let evidence = entries.iter().rev().find_map(|entry| match &entry.event {
        Noted::Ended { result: Ok(runbook::Observed::Evidence(evidence)), .. } => {
            Some(shown(evidence, entry.at))
        }
        _ => None,
    });
    text += &evidence.unwrap_or_default();
    text
}

/// What was known of the loss when it was written down.
fn shown(evidence: &Evidence, noted_at: Millis) -> String {
    let number = |number: Option<u64>, what: &str| match number {
        Some(number) => format!("{number} {what}\n"),
        None => format!("an unknown number of {what}\n"),
    };
    let age = evidence.lag_at.map(|at| noted_at.since(at).0 / 1_000);
    let when = age.map(|seconds| format!(", {seconds} seconds before that was written down"));
    let behind = format!(
        "milliseconds is how far the database to be promoted was behind{}",
        when.unwrap_or_default()
    );
    number(evidence.lag_ms, &behind)
        + &number(evidence.intents_missing, "accepted payments and refunds are not in its ledger")
}

/// The commands.
fn typed(event: &OfRun, run: &RunId, action: ActionName) -> String {
    let mut text = "\nType, with your own name:\n".to_owned();
    match event.task {
        Task::Approve(_) => text += &format!("  tideover approve {run} --by NAME\n"),
        Task::Perform(_) | Task::Ask(_) => {
            text += &format!("  tideover resume {run} --by NAME    to have it tried again\n");
            if event.answers.iter().any(|answer| answer == "skip") {
                let skip = format!("tideover skip {run} {action} --by NAME --reason WHY");
                text += &format!("  {skip}    to go on without it\n");
            }
        }
    }
    if event.answers.is_empty() || event.answers.iter().any(|answer| answer == "abort") {
        text += &format!("  tideover abort {run} --by NAME --reason WHY    to turn the run back\n");
    }
    text
}

#[cfg(test)]
mod tests;
