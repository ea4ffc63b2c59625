//! `tideover switchover`, `failover` and `failback` on the two Regions of this machine: plans, shows,
//! starts a runner, and follows the run.

use std::io::{IsTerminal as _, Write, stderr, stdin};

use fence::{Author, RunId};
use local::{NotBegun, Reach, begin, settings};
use runbook::{ActionName, Control, PlanKind, Precondition, Request};

use crate::args::CarryOutArgs;
use crate::commands::order::give;
use crate::failure::{Ended, WrongInput, with_hint};
use crate::live::follow::{Followed, follow};
use crate::live::reached::{block_on, new_run, reach};

/// For how long an approval counts.
const APPROVAL_LASTS: fence::DurationMs = fence::DurationMs(600_000);
/// The exit code of a run that waits for somebody.
const WAITS: u8 = 6;

pub(crate) fn carry_out(kind: PlanKind, args: &CarryOutArgs) -> anyhow::Result<()> {
    block_on(async {
        let run = args.run.clone().map_or_else(|| new_run(kind), RunId::new);
        let reach = reach(&args.up, &run).await?;
        let request = request(kind, &run, args, &reach)?;
        begin(&reach, &request).await.map_err(|not_begun| refused(kind, &not_begun))?;
        reach.start_runner(&run).await?;
        to_its_end(&reach, &run).await
    })
}

fn request(
    kind: PlanKind,
    run: &RunId,
    args: &CarryOutArgs,
    reach: &Reach,
) -> anyhow::Result<Request> {
    let mut settings = settings(reach, args.approvers.get());
    settings.change.clone_from(&args.change);
    for word in &args.despite {
        let known = Precondition::ALL.iter().find(|one| one.as_str() == word);
        let unknown = || WrongInput::new(format!("there is no condition `{word}`"));
        settings.despite.insert(*known.ok_or_else(unknown)?);
    }
    let by = Author::new(args.by.clone().unwrap_or_default());
    let reason = args.reason.clone().unwrap_or_default();
    Ok(Request { run: run.clone(), kind, by, reason, settings })
}

fn refused(kind: PlanKind, not_begun: &NotBegun) -> anyhow::Error {
    let text = match not_begun {
        NotBegun::Unmet(unmet) => {
            let lines: Vec<String> = unmet.iter().map(|unmet| format!("\n  {unmet}")).collect();
            format!("a {kind} may not begin now:{}", lines.concat())
        }
        NotBegun::NotTaken(not_taken) => format!("a {kind} may not begin now: {not_taken}"),
    };
    with_hint(text, "`tideover status` shows both Regions side by side")
}

/// Follows the run; where it waits for people who sit here, asks them.
async fn to_its_end(reach: &Reach, run: &RunId) -> anyhow::Result<()> {
    let mut seen = 0;
    loop {
        match follow(reach, run, &mut seen).await? {
            Followed::Finished => return Ok(()),
            Followed::Served => {
                let text = "payments are taken; the run goes on by itself once its source is back";
                return Ok(writeln!(stderr().lock(), "{text}: `tideover runs {run}` tells it")?);
            }
            Followed::TurnedBack => {
                return Err(waits(
                    run,
                    "has turned back: the source is active",
                    "see `tideover status`",
                ));
            }
            Followed::Approval(action) if stdin().is_terminal() => ask(reach, run, action).await?,
            Followed::Approval(action) => {
                let text = format!("waits for people to approve `{action}`");
                let next = format!("tideover approve {run} --by NAME");
                return Err(waits(run, &text, &format!("each of them types `{next}`")));
            }
            Followed::Person(action, failure) => {
                let text = format!("stopped at `{action}`: {failure}");
                let next = format!("`tideover resume {run} --by NAME` tries it again");
                return Err(waits(run, &text, &next));
            }
            Followed::Paused => {
                let next = format!("`tideover resume {run} --by NAME` lets it go on");
                return Err(waits(run, "is paused", &next));
            }
        }
    }
}

fn waits(run: &RunId, text: &str, hint: &str) -> anyhow::Error {
    Ended { code: WAITS, error: format!("run {run} {text}"), hint: hint.to_owned() }.into()
}

/// Asks whoever sits here for an approval; what it rests on stands above.
async fn ask(reach: &Reach, run: &RunId, action: ActionName) -> anyhow::Result<()> {
    write!(
        stderr().lock(),
        "`{action}` needs people who accept this loss; type a name to approve: "
    )?;
    let mut name = String::new();
    stdin().read_line(&mut name)?;
    if name.trim().is_empty() {
        return Err(waits(run, "waits for people to approve", "nothing is changed until they do"));
    }
    give(reach, run, &Control::Approve { action, lasts: APPROVAL_LASTS }, name.trim()).await?;
    // The runner looks again in a moment.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    Ok(())
}
