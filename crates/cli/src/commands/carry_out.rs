//! `tideover switchover`, `failover` and `failback` on the two Regions of this machine: plans, shows,
//! starts a runner, and follows the run.

use std::io::{IsTerminal as _, Write, stderr, stdin};
use std::time::Duration;

use fence::{Author, RunId};
use local::{NotBegun, Reach, begin, settings};
use runbook::{Action, PlanKind, Precondition, Request};
use tokio::time::sleep;

use crate::args::CarryOutArgs;
use crate::commands::order::{approval, give};
use crate::failure::{Ended, WrongInput, with_hint};
use crate::live::follow::{Followed, follow};
use crate::live::reached::{block_on, reach};
use crate::live::runs::new_run;

/// How long a runner takes to see that it is approved.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// The exit code of a run that waits for somebody.
const WAITS: u8 = 6;

pub(crate) fn carry_out(kind: PlanKind, args: &CarryOutArgs) -> anyhow::Result<()> {
    block_on(async {
        let run = args.run.clone().map_or_else(|| new_run(kind), RunId::new);
        let reach = reach(&args.up).await?;
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
        let unknown = || {
            WrongInput::new(format!("there is no condition `{word}`; there are: {}", conditions()))
        };
        settings.despite.insert(*known.ok_or_else(unknown)?);
    }
    let by = Author::new(args.by.clone().unwrap_or_default());
    let reason = args.reason.clone().unwrap_or_default();
    Ok(Request { run: run.clone(), kind, by, reason, settings })
}

/// The conditions that can be done without.
fn conditions() -> String {
    let known = Precondition::ALL.iter().filter(|one| one.may_be_overridden());
    known.map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
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
            Followed::Approval(action) if stdin().is_terminal() => {
                ask(reach, run, &action).await?;
            }
            followed => return ended(run, followed),
        }
    }
}

/// What there is to say of a run that is not followed any further.
fn ended(run: &RunId, followed: Followed) -> anyhow::Result<()> {
    let again = format!("`tideover resume {run} --by NAME`");
    let (text, hint) = match followed {
        Followed::Finished => return Ok(()),
        Followed::Served => {
            let text = "payments are taken; the run goes on by itself once its source is back";
            return Ok(writeln!(stderr().lock(), "{text}: `tideover runs {run}` tells it")?);
        }
        Followed::TurnedBack => {
            ("has turned back: its source is active".to_owned(), "see `tideover status`".to_owned())
        }
        Followed::Superseded => (
            "is over: another run has begun since".to_owned(),
            "see `tideover status` and `tideover runs`".to_owned(),
        ),
        Followed::Approval(action) => (
            format!("waits for {} people to approve `{}`", action.approvers, action.name),
            format!("each of them types `tideover approve {run} --by NAME`"),
        ),
        Followed::Person(action, failure) => {
            (format!("stopped at `{action}`: {failure}"), format!("{again} tries it again"))
        }
        Followed::Paused => ("is paused".to_owned(), format!("{again} lets it go on")),
        Followed::Silent => (
            "has written nothing for a while: its runner or the store may be gone".to_owned(),
            format!("look at `tideover status`; {again} starts another runner"),
        ),
    };
    Err(waits(run, &text, &hint))
}

fn waits(run: &RunId, text: &str, hint: &str) -> anyhow::Error {
    Ended { code: WAITS, error: format!("run {run} {text}"), hint: hint.to_owned() }.into()
}

/// Asks whoever sits here for an approval; what it rests on stands above.
async fn ask(reach: &Reach, run: &RunId, action: &Action) -> anyhow::Result<()> {
    let name = action.name;
    write!(
        stderr().lock(),
        "`{name}` needs people who accept what stands above; type a name to approve: "
    )?;
    let mut by = String::new();
    stdin().read_line(&mut by)?;
    if by.trim().is_empty() {
        return Err(waits(run, "waits for people to approve", "nothing is changed until they do"));
    }
    give(reach, run, &approval(action), by.trim()).await?;
    // The runner looks again in a moment.
    sleep(LOOK_AGAIN).await;
    Ok(())
}
