//! A run in AWS, driven by this process: told as it goes, and stopped between two effects when somebody wants that.

use std::io::{Write, stderr};
use std::time::Duration;

use cloud::OneRun;
use fence::{Millis, RunId};
use runbook::{ActionName, Runner, RunnerName, Stopped, Takeover, drive};
use service::Source;
use tokio::time::sleep;

use crate::failure::Ended;
use crate::live::follow::{Followed, tell};
use crate::serve::clock;
use crate::serve::signals::Signals;

/// From one look at what was written to the next.
const LOOK: Duration = Duration::from_millis(100);
/// The exit code of what somebody interrupted.
const INTERRUPTED: u8 = 130;

/// How a run is driven.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) takeover: Takeover,
    /// Whether to leave it once its target serves and nothing is left but to wait for its source.
    pub(crate) leaves_served: bool,
}

/// Drives the run until it is over or waits for somebody. A run that another process has is waited for.
pub(crate) async fn driven(
    reach: &cloud::Reach,
    run: &RunId,
    manner: Manner,
    seen: &mut usize,
) -> anyhow::Result<Followed> {
    let one = reach.run(run);
    if manner.leaves_served {
        one.stop_before(ActionName::AwaitSource);
    }
    let name = RunnerName(format!("operator-{:08x}", Source::system().bits() & 0xffff_ffff));
    let mut runner = Runner { name, takeover: manner.takeover };
    let signals = Signals::listen()?;
    let mut interrupted = Box::pin(signals.told_to_end());
    let mut is_interrupted = false;
    loop {
        let mut driving = Box::pin(drive(&one, &one, &runner));
        let stopped = loop {
            tokio::select! {
                stopped = &mut driving => break Some(stopped),
                () = one.stopped() => break None,
                () = &mut interrupted, if !is_interrupted => {
                    is_interrupted = true;
                    one.stop();
                    writeln!(stderr().lock(), "stopping after what is in hand; once more stops at once")?;
                }
                () = sleep(LOOK) => tell(&mut stderr().lock(), &one.known(), seen)?,
            }
        };
        drop(driving);
        tell(&mut stderr().lock(), &one.known(), seen)?;
        // From here on it takes nothing from anybody.
        runner.takeover = Takeover::WhenSilent;
        match stopped {
            None if is_interrupted => return Err(interrupted_error(run).into()),
            None => return Ok(Followed::Served),
            Some(Stopped::OtherRunner { .. }) if is_interrupted => {
                return Err(interrupted_error(run).into());
            }
            Some(Stopped::OtherRunner { runner, free_at }) => {
                let span = wait_said(&runner, free_at)?;
                tokio::select! {
                    () = sleep(span) => {}
                    () = &mut interrupted => return Err(interrupted_error(run).into()),
                }
            }
            Some(stopped @ (Stopped::Finished | Stopped::TurnedBack)) => {
                keep_last_report(reach, run).await?;
                return followed(&one, stopped);
            }
            Some(stopped) => return followed(&one, stopped),
        }
    }
}

/// The run is over whether its report is kept as it is now or not.
async fn keep_last_report(reach: &cloud::Reach, run: &RunId) -> anyhow::Result<()> {
    let kept = reach.keep_last_report(run).await;
    let mut told = stderr().lock();
    match kept {
        Ok(kept) => kept.iter().try_for_each(|kept| writeln!(told, "kept: {}", kept.place))?,
        Err(error) => writeln!(told, "{error}; `tideover report {run} --out DIR` makes it here")?,
    }
    Ok(())
}

/// Another process has the run; it is waited for as long as it may have something in hand.
fn wait_said(runner: &RunnerName, free_at: Millis) -> anyhow::Result<Duration> {
    let span = free_at.since(Millis(clock().as_ms()));
    let ms = span.0;
    writeln!(
        stderr().lock(),
        "`{runner}` has the run for {ms} ms yet, unless it writes; `--take-over` takes it at once"
    )?;
    Ok(Duration::from(span).max(LOOK))
}

fn followed(one: &OneRun, stopped: Stopped) -> anyhow::Result<Followed> {
    Ok(match stopped {
        Stopped::Finished => Followed::Finished,
        Stopped::TurnedBack => Followed::TurnedBack,
        Stopped::Superseded => Followed::Superseded,
        Stopped::WaitsForApproval { action, .. } => {
            let entries = one.known();
            let due = runbook::next(&entries, Millis(clock().as_ms()));
            match due {
                runbook::Next::Approval { action, .. } => {
                    Followed::Approval(Box::new(action.clone()))
                }
                // It was approved in between.
                _ => anyhow::bail!("`{action}` is approved: `tideover resume` goes on"),
            }
        }
        Stopped::WaitsForPerson { action, failure, is_skippable, .. } => {
            Followed::Person { action, failure: failure.to_string(), is_skippable }
        }
        Stopped::Paused { .. } => Followed::Paused,
        Stopped::JournalSilent { cause } => Followed::NoJournal(cause),
        Stopped::NotPlanned => anyhow::bail!("the journal has no plan"),
        Stopped::OtherRunner { runner, .. } => anyhow::bail!("`{runner}` has the run"),
    })
}

fn interrupted_error(run: &RunId) -> Ended {
    Ended {
        code: INTERRUPTED,
        error: format!("run {run} is stopped between two of its actions"),
        hint: format!("`tideover resume {run} --by NAME` goes on with it, from any machine"),
    }
}
