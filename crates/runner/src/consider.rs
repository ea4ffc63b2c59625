//! An alarm rings: what came of it, told to people once for each reason, and to the state machine that asks again.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use cloud::automatic::{self, Comes, Considered};
use fence::RunId;
use runbook::automatic::{Against, Episode, Guards};

use crate::logged;
use crate::work::{NotDone, Work, again};

/// The word under which it is remembered that people were told of a start.
const STARTED: &str = "started";
const NOT_EXECUTED: &str = "not-executed";
const WOULD: &str = "would-start";

/// Has it decided whether a failover is to be started, and tells people.
pub(crate) async fn consider(work: &Work, alarm: &str) -> Result<(), NotDone> {
    let Some(guards) = &work.settings.guards else {
        logged::line("warn", "an alarm starts nothing", "it is not configured");
        return Ok(());
    };
    let ours = work.settings.system.lost_alarm();
    if alarm != ours {
        let reason = format!("it is `{alarm}`, not `{ours}`");
        logged::line("error", "another alarm starts nothing", &reason);
        return Ok(());
    }
    let considered = automatic::consider(&work.reach, guards).await;
    log(&considered);
    tell(work, guards, &considered).await?;
    answer(&considered.comes)
}

/// What the state machine is told: to end, or to ask again in a minute.
fn answer(comes: &Comes) -> Result<(), NotDone> {
    match comes {
        Comes::Started(_) | Comes::Would => Ok(()),
        Comes::Not(against) if against.iter().any(Against::is_final) => Ok(()),
        Comes::Not(against) => Err(again(&lines(against, "; "))),
        Comes::NotExecuted { run, cause } => {
            Err(again(&format!("the state machine of run {run} does not start: {cause}")))
        }
        Comes::Overtaken => Err(again("somebody else decides at the same time")),
    }
}

fn log(considered: &Considered) {
    let (level, text) = match &considered.comes {
        Comes::Started(run) => ("info", format!("run {run} is started")),
        Comes::Would => ("info", "a failover would be started".to_owned()),
        Comes::Not(against) => ("warn", lines(against, "; ")),
        Comes::NotExecuted { run, cause } => {
            ("error", format!("run {run} is not executed: {cause}"))
        }
        Comes::Overtaken => ("info", "somebody else decides at the same time".to_owned()),
    };
    logged::line(level, &format!("an alarm rings: {text}"), &considered.evidence);
}

/// Tells people what they were not told in this episode. Without one there is nothing to tell.
async fn tell(work: &Work, guards: &Guards, considered: &Considered) -> Result<(), NotDone> {
    let Some(episode) = &considered.episode else { return Ok(()) };
    let about = about(&considered.comes);
    let mut new = automatic::untold(&work.reach, episode, &about).await;
    new.retain(|word| !told_here(work).contains(&(episode.clone(), word.clone())));
    if new.is_empty() {
        return Ok(());
    }
    let (subject, text) = message(guards, considered);
    let told = work.topic.tell(subject, &text).await;
    told.map_err(|said| again(&format!("people are not told: {said}")))?;
    told_here(work).extend(new.iter().map(|word| (episode.clone(), word.clone())));
    if let Err(cause) = automatic::note_told(&work.reach, episode, &new).await {
        logged::line("warn", "people may be told again", &cause);
    }
    Ok(())
}

fn told_here(work: &Work) -> MutexGuard<'_, BTreeSet<(Episode, String)>> {
    work.told.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What people are told of, each by its word.
fn about(comes: &Comes) -> Vec<String> {
    let words: Vec<&str> = match comes {
        Comes::Started(_) => vec![STARTED],
        Comes::NotExecuted { .. } => vec![NOT_EXECUTED],
        Comes::Would => vec![WOULD],
        Comes::Not(against) => against.iter().map(Against::as_str).collect(),
        Comes::Overtaken => Vec::new(),
    };
    words.into_iter().map(str::to_owned).collect()
}

/// Subject and text.
fn message(guards: &Guards, considered: &Considered) -> (&'static str, String) {
    let seen = format!("{}.\n\n", capital(&considered.evidence));
    match &considered.comes {
        Comes::Started(run) => ("tideover: an alarm has started a failover", seen + &started(run)),
        Comes::NotExecuted { run, cause } => (
            "tideover: a failover is planned, and not carried out",
            seen + &format!(
                "Run {run} is planned, and its state machine does not start: {cause}.\n\nType, with your own name:\n  \
                 tideover resume {run} --by NAME    to carry it out from your machine\n"
            ),
        ),
        Comes::Would => (
            "tideover: an alarm would start a failover",
            seen + "Nothing stands against a failover, and `tideover.toml` says that people start it.\n\nType, with \
                    your own name:\n  tideover failover --by NAME --reason WHY\n",
        ),
        Comes::Not(against) => (
            "tideover: an alarm starts no failover",
            seen + &format!(
                "No failover is {}, because:\n  {}\n\nType `tideover status`, and if a failover is what you want, with \
                 your own name:\n  tideover failover --by NAME --reason WHY\n",
                guards.manner.done(),
                lines(against, "\n  ")
            ),
        ),
        Comes::Overtaken => ("tideover: an alarm rings", seen),
    }
}

fn started(run: &RunId) -> String {
    format!(
        "Run {run} is started. It gathers what people decide by, and then waits: nothing is changed before two people \
         accept the loss. You are told when it waits.\n\nType, with your own name:\n  tideover runs {run}    to see how \
         far it is\n  tideover abort {run} --by NAME --reason WHY    if it is not wanted\n  tideover automatic off --by \
         NAME --reason WHY    if no alarm is to start another\n"
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

fn lines(against: &[Against], between: &str) -> String {
    against.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
