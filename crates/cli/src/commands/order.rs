//! `tideover runs`, `resume`, `approve` and `abort`: what people order of runs.

use std::io::{Write, stderr, stdout};

use anyhow::anyhow;
use fence::{Author, DurationMs, RunId};
use runbook::{Action, ActionName, Control, Next, NotTaken, Takeover};

use crate::args::{AbortArgs, ApproveArgs, ResumeArgs, RunsArgs};
use crate::commands::carry_out::to_its_end;
use crate::live::driven::Manner;
use crate::live::follow::tell;
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::{Known, find, meant};

/// For how long an approval counts.
const APPROVAL_LASTS: DurationMs = DurationMs(600_000);

pub(crate) fn runs(args: &RunsArgs) -> anyhow::Result<()> {
    block_on(async {
        let reach = on(&args.on, &args.input, None).await?;
        if let Some(run) = &args.run {
            let known = find(&reach, run).await?;
            return Ok(tell(&mut stdout().lock(), &known.entries, &mut 0)?);
        }
        for run in reach.runs().await? {
            writeln!(stdout().lock(), "{run}")?;
        }
        Ok(())
    })
}

/// Resumes what somebody paused, has what failed tried again, and starts a runner.
pub(crate) fn resume(args: &ResumeArgs) -> anyhow::Result<()> {
    block_on(async {
        let order = &args.order;
        let reach = on(&order.on, &order.input, None).await?;
        let known = meant(&reach, order.run.as_ref()).await?;
        let control = match known.next() {
            Next::Paused { .. } => Some(Control::Resume),
            Next::Person { action, .. } => Some(Control::Retry(action.name)),
            _ => None,
        };
        let run = &known.run;
        if let Some(control) = control {
            give(&reach, run, &control, &order.by).await?;
        }
        let takeover = if args.take_over { Takeover::AtOnce } else { Takeover::WhenSilent };
        go_on(&reach, run, takeover, "goes on").await
    })
}

/// Here a runner is started; in AWS this process drives the run.
async fn go_on(on: &On, run: &RunId, takeover: Takeover, what: &str) -> anyhow::Result<()> {
    match on {
        On::Here(reach) => {
            reach.start_runner(run).await?;
            say(&format!("run {run} {what}; `tideover runs {run}` tells how far it is"))
        }
        On::Aws(_) => {
            // A source that is away is waited for only where nothing else is left to do.
            let leaves_served = !waits_for_source(&find(on, run.as_str()).await?);
            to_its_end(on, run, Manner { takeover, leaves_served }).await
        }
    }
}

fn waits_for_source(known: &Known) -> bool {
    matches!(known.next(), Next::Act { action, .. } if action.name == ActionName::AwaitSource)
}

/// Approves of what a run waits for, and says what that was.
pub(crate) fn approve(args: &ApproveArgs) -> anyhow::Result<()> {
    block_on(async {
        let order = &args.order;
        let reach = on(&order.on, &order.input, None).await?;
        let known = meant(&reach, order.run.as_ref()).await?;
        let run = &known.run;
        let Next::Approval { action, approved } = known.next() else {
            return Err(anyhow!("run {run} waits for no approval"));
        };
        give(&reach, run, &approval(action), &order.by).await?;
        let (name, needed, by) = (action.name, action.approvers, &order.by);
        say(&format!("{by} approves `{name}` of run {run}: {} of {needed}", approved + 1))?;
        if let On::Aws(reach) = &reach
            && approved + 1 >= needed
        {
            say(&match reach.has_waited(run).await {
                true => "its state machine goes on with it".to_owned(),
                false => format!("`tideover resume {run} --by NAME` goes on with it"),
            })?;
        }
        Ok(())
    })
}

pub(crate) fn abort(args: &AbortArgs) -> anyhow::Result<()> {
    block_on(async {
        let order = &args.order;
        let reach = on(&order.on, &order.input, None).await?;
        let known = meant(&reach, order.run.as_ref()).await?;
        let (run, reason) = (&known.run, args.reason.clone());
        give(&reach, run, &Control::Abort { reason }, &order.by).await?;
        go_on(&reach, run, Takeover::WhenSilent, "turns back").await
    })
}

/// An approval of an action.
pub(crate) fn approval(action: &Action) -> Control {
    Control::Approve { action: action.name, lasts: APPROVAL_LASTS }
}

/// Gives an order.
pub(crate) async fn give(
    reach: &On,
    run: &RunId,
    control: &Control,
    by: &str,
) -> anyhow::Result<()> {
    let given: Result<(), NotTaken> = reach.order(run, control, &Author::new(by)).await;
    given.map_err(|not_taken| anyhow!("run {run}: {not_taken}"))
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(stderr().lock(), "{text}")?)
}
