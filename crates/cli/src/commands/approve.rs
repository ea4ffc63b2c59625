//! `tideover approve`: shows what is to be approved, asks, writes it down, and tells what goes on with it.

use std::io::{IsTerminal as _, Write, stderr, stdin};

use anyhow::anyhow;
use cloud::LetGo;
use fence::{Author, DurationMs, Millis, RunId};
use runbook::{Action, ActionName, Control, approvers};

use crate::args::ApproveArgs;
use crate::commands::order::{give, say};
use crate::failure::{self, Ended, with_hint};
use crate::live::asked::{Asked, count};
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::{find, meant};
use crate::live::standing::tell_standing;
use crate::live::typed::Typed;
use crate::serve::clock;
use crate::serve::signals::Signals;

/// For how long an approval counts.
const APPROVAL_LASTS: DurationMs = DurationMs(600_000);
/// What is typed by whoever accepts what is shown.
const AGREED: &str = "yes";

pub(crate) fn approve(args: &ApproveArgs) -> anyhow::Result<()> {
    block_on(async {
        let given = &args.order.given;
        let reach = on(&given.on, &given.input, None).await?;
        let known = meant(&reach, args.order.run.as_ref()).await?;
        let run = &known.run;
        let asked = Asked::of(&known.entries, now()).ok_or_else(|| asks_nobody(run))?;
        write!(stderr().lock(), "{}", asked.shown(run))?;
        if !args.yes {
            agree(run, asked.action, &given.by).await?;
        }
        let by = reach.author(&given.by).await?;
        let let_go = give(&reach, run, &approval(asked.action.name), &by).await?;
        let told = tell(&reach, run, asked.action, let_go).await;
        tell_standing(&reach, run, given.output).await?;
        told
    })
}

fn now() -> Millis {
    Millis(clock().as_ms())
}

/// An approval of an action.
pub(crate) fn approval(action: ActionName) -> Control {
    Control::Approve { action, lasts: APPROVAL_LASTS }
}

fn asks_nobody(run: &RunId) -> anyhow::Error {
    failure::refused(
        format!("run {run} waits for no approval"),
        format!("`tideover runs {run}` tells how far it is"),
    )
}

/// Asks whoever sits here whether they accept what stands above. Scripts, which nobody can ask, say `--yes`.
async fn agree(run: &RunId, action: &Action, by: &str) -> anyhow::Result<()> {
    if !stdin().is_terminal() {
        return Err(Ended {
            code: failure::WRONG_COMMAND,
            error: "nobody can be asked here whether they accept what stands above".to_owned(),
            hint: "`--yes` says so".to_owned(),
        }
        .into());
    }
    write!(stderr().lock(), "approve of `{}` as {by}? Type {AGREED}: ", action.name)?;
    let mut typed = Typed::listen();
    let line = tokio::select! {
        line = typed.line() => line?,
        () = Signals::listen()?.told_to_end() => std::process::exit(failure::INTERRUPTED.into()),
    };
    if line == AGREED {
        return Ok(());
    }
    let hint = "nothing is changed until people approve";
    Err(Ended::waits(run, "waits: this was not approved", hint).into())
}

/// How many have approved by now, and what goes on with it.
async fn tell(on: &On, run: &RunId, action: &Action, let_go: LetGo) -> anyhow::Result<()> {
    let known = find(on, run.as_str()).await?;
    let by: Vec<&Author> = approvers(&known.entries, action.name, now());
    say(&format!("run {run}: {}", count(action, &by)))?;
    if Asked::of(&known.entries, now()).is_some_and(|asked| asked.action.name == action.name) {
        return say("it waits for others: each types the same, by their own name");
    }
    match on {
        On::Here(_) => say(&format!("`tideover runs {run}` tells how its runner goes on with it")),
        On::Aws(_) => tell_machine(run, let_go),
    }
}

/// Who goes on with a run in AWS, now that people have decided.
pub(crate) fn tell_machine(run: &RunId, let_go: LetGo) -> anyhow::Result<()> {
    let resume = format!("`tideover resume {run} --by NAME` carries it on from here");
    match let_go {
        LetGo::GoesOn => say("its state machine goes on with it"),
        LetGo::NoneWaits => say(&format!(
            "whoever began it on a terminal goes on with it, if they are there; else {resume}"
        )),
        LetGo::WaitsOn => say(&format!("its state machine waits on; {resume}")),
        LetGo::WaitsNoMore => say(&format!(
            "its state machine waits no more where it did: `tideover runs {run}` tells whether it goes on; else {resume}"
        )),
        LetGo::NotKnown(said) => Err(with_hint(
            anyhow!(
                "run {run}: the order stands, and its state machine was not told of it: {said}"
            )
            .to_string(),
            resume,
        )),
    }
}
