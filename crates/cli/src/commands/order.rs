//! `tideover runs`, `resume`, `approve` and `abort`: what people order of runs.

use std::io::{Write, stderr, stdout};

use anyhow::anyhow;
use fence::{Author, DurationMs, RunId};
use local::Reach;
use runbook::{Control, Next, NotTaken, next};

use crate::args::{AbortArgs, ApproveArgs, OrderArgs, RunsArgs};
use crate::live::follow::tell;
use crate::live::reached::{block_on, open_run, reach};

/// For how long an approval counts.
const APPROVAL_LASTS: DurationMs = DurationMs(600_000);

pub(crate) fn runs(args: &RunsArgs) -> anyhow::Result<()> {
    block_on(async {
        let run = RunId::new(args.run.clone().unwrap_or_else(|| "none".to_owned()));
        let reach = reach(&args.up, &run).await?;
        if args.run.is_some() {
            return Ok(tell(&reach.entries(&run).await?, &mut 0)?);
        }
        for run in reach.runs().await? {
            writeln!(stdout().lock(), "{run}")?;
        }
        Ok(())
    })
}

/// Resumes what somebody paused, has what failed tried again, and starts a runner.
pub(crate) fn resume(args: &OrderArgs) -> anyhow::Result<()> {
    block_on(async {
        let run = open_run(&args.up, args.run.as_ref()).await?;
        let reach = reach(&args.up, &run).await?;
        let entries = reach.entries(&run).await?;
        let now = entries.last().map_or(fence::Millis(0), |entry| entry.at);
        let control = match next(&entries, now) {
            Next::Paused { .. } => Some(Control::Resume),
            Next::Person { action, .. } => Some(Control::Retry(action.name)),
            _ => None,
        };
        if let Some(control) = control {
            give(&reach, &run, &control, &args.by).await?;
        }
        reach.start_runner(&run).await?;
        writeln!(stderr().lock(), "run {run} goes on; `tideover runs {run}` tells how far it is")?;
        Ok(())
    })
}

pub(crate) fn approve(args: &ApproveArgs) -> anyhow::Result<()> {
    block_on(async {
        let order = &args.order;
        let run = open_or_waiting(order).await?;
        let reach = reach(&order.up, &run).await?;
        let entries = reach.entries(&run).await?;
        let now = entries.last().map_or(fence::Millis(0), |entry| entry.at);
        let Next::Approval { action, .. } = next(&entries, now) else {
            return Err(anyhow!("run {run} waits for no approval"));
        };
        give(
            &reach,
            &run,
            &Control::Approve { action: action.name, lasts: APPROVAL_LASTS },
            &order.by,
        )
        .await
    })
}

pub(crate) fn abort(args: &AbortArgs) -> anyhow::Result<()> {
    block_on(async {
        let order = &args.order;
        let run = open_or_waiting(order).await?;
        let reach = reach(&order.up, &run).await?;
        let reason = args.reason.clone();
        give(&reach, &run, &Control::Abort { reason }, &order.by).await?;
        Ok(reach.start_runner(&run).await?)
    })
}

/// The run that is named, or open; or the last one that has a plan, which may wait for approval before
/// the control record knows of it.
async fn open_or_waiting(args: &OrderArgs) -> anyhow::Result<RunId> {
    if let Ok(run) = open_run(&args.up, args.run.as_ref()).await {
        return Ok(run);
    }
    let reach = reach(&args.up, &RunId::new("none")).await?;
    for run in reach.runs().await? {
        let entries = reach.entries(&run).await?;
        let now = entries.last().map_or(fence::Millis(0), |entry| entry.at);
        if !matches!(next(&entries, now), Next::Finished | Next::TurnedBack | Next::Superseded) {
            return Ok(run);
        }
    }
    open_run(&args.up, None).await
}

/// Gives an order.
pub(crate) async fn give(
    reach: &Reach,
    run: &RunId,
    control: &Control,
    by: &str,
) -> anyhow::Result<()> {
    let given: Result<(), NotTaken> = reach.order(run, control, &Author::new(by)).await;
    given.map_err(|not_taken| anyhow!("run {run}: {not_taken}"))
}
