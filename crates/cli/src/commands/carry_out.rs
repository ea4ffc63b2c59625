//! `tideover switchover`, `failover` and `failback`: plans, shows, and follows the run, which a runner carries out on
//! this machine and this process in AWS.

use std::io::{IsTerminal as _, Write, stderr, stdin};
use std::time::Duration;

use fence::{Author, RunId};
use local::NotBegun;
use runbook::{Action, NotTaken, Plan, PlanKind, Precondition, Request, Settings, Takeover, Unmet};
use tokio::time::sleep;

use crate::args::{CarryOutArgs, InputArgs};
use crate::commands::order::{approval, give};
use crate::failure::{Ended, WrongInput, with_hint};
use crate::live::driven::{Manner, driven};
use crate::live::follow::{Followed, follow};
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::new_run;
use crate::serve::signals::Signals;

/// How long a runner takes to see that it is approved.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// The exit code of a run that waits for somebody.
const WAITS: u8 = 6;
/// The exit code of what somebody interrupted.
const INTERRUPTED: i32 = 130;

pub(crate) fn carry_out(
    kind: PlanKind,
    args: &CarryOutArgs,
    input: &InputArgs,
) -> anyhow::Result<()> {
    block_on(async {
        let run = args.run.clone().map_or_else(|| new_run(kind), RunId::new);
        let on = on(&args.on, input, Some(kind)).await?;
        match &on {
            On::Here(_) if args.state_machine => return Err(no_machine_here()),
            On::Here(reach) => {
                let settings = local::settings(reach, args.approvers.get());
                let request = request(kind, &run, args, settings)?;
                let begun = local::begin(reach, &request).await;
                begun.map_err(|not_begun| match not_begun {
                    NotBegun::Unmet(unmet) => unmet_conditions(kind, &unmet),
                    NotBegun::NotTaken(not_taken) => not_taken_now(kind, &not_taken),
                })?;
                reach.start_runner(&run).await?;
            }
            On::Aws(reach) => {
                let settings = Settings { approvers: args.approvers.get(), ..Settings::default() };
                let request = request(kind, &run, args, settings)?;
                let begun = cloud::begin(reach, &request).await;
                let plan = begun.map_err(|not_begun| match not_begun {
                    cloud::NotBegun::Unmet(unmet) => unmet_conditions(kind, &unmet),
                    cloud::NotBegun::NotTaken(not_taken) => not_taken_now(kind, &not_taken),
                    cloud::NotBegun::Account(none) => none.into(),
                })?;
                writeln!(stderr().lock(), "run {run} is planned")?;
                if args.state_machine {
                    return left_to_aws(reach, &plan).await;
                }
            }
        }
        let manner = Manner { takeover: Takeover::WhenSilent, leaves_served: true };
        to_its_end(&on, &run, manner).await
    })
}

fn no_machine_here() -> anyhow::Error {
    let text = "there are no state machines on this machine: a runner carries the run out";
    with_hint(text, "leave `--state-machine` out, or say `--on aws`")
}

/// Has the state machine carry it out. The plan is written: nothing is begun twice.
async fn left_to_aws(reach: &cloud::Reach, plan: &Plan) -> anyhow::Result<()> {
    let (run, region) = (&plan.run, &plan.target);
    let machine = reach.system().state_machine(plan.kind);
    let started = reach.execute(plan).await;
    started.map_err(|cause| {
        let text = format!("run {run} is planned, and `{machine}` does not start: {cause}");
        with_hint(text, format!("`tideover resume {run} --by NAME` carries it out from here"))
    })?;
    let text = format!(
        "`{machine}` in {region} carries it out: `tideover runs {run}` tells how far it is, and who approves types \
         `tideover approve {run} --by NAME`"
    );
    Ok(writeln!(stderr().lock(), "{text}")?)
}

fn request(
    kind: PlanKind,
    run: &RunId,
    args: &CarryOutArgs,
    mut settings: Settings,
) -> anyhow::Result<Request> {
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

fn unmet_conditions(kind: PlanKind, unmet: &[Unmet]) -> anyhow::Error {
    let lines: Vec<String> = unmet.iter().map(|unmet| format!("\n  {unmet}")).collect();
    refused(&format!("a {kind} may not begin now:{}", lines.concat()))
}

fn not_taken_now(kind: PlanKind, not_taken: &NotTaken) -> anyhow::Error {
    refused(&format!("a {kind} may not begin now: {not_taken}"))
}

fn refused(text: &str) -> anyhow::Error {
    with_hint(text, "`tideover status` shows both Regions side by side")
}

/// Follows the run, or drives it; where it waits for people who sit here, asks them.
pub(crate) async fn to_its_end(on: &On, run: &RunId, manner: Manner) -> anyhow::Result<()> {
    let mut seen = 0;
    loop {
        let followed = match on {
            On::Here(_) => follow(on, run, &mut seen).await?,
            On::Aws(reach) => driven(reach, run, manner, &mut seen).await?,
        };
        match followed {
            Followed::Approval(action) if stdin().is_terminal() => {
                ask(on, run, &action).await?;
            }
            Followed::Served if matches!(on, On::Aws(_)) => return served(run),
            followed => return ended(run, followed),
        }
    }
}

/// Nobody carries a run in AWS on while its source is away, for days perhaps.
fn served(run: &RunId) -> anyhow::Result<()> {
    let text = "payments are taken by the Region that was opened; once the other is back, type";
    Ok(writeln!(stderr().lock(), "{text} `tideover resume {run} --by NAME`")?)
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
        Followed::NoJournal(cause) => (
            format!("is stopped, because its journal does not answer: {cause}"),
            format!(
                "mend that, such as credentials that have run out; {again} goes on where it stopped"
            ),
        ),
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

/// A line that is typed, unless the process is told to end.
async fn line() -> anyhow::Result<String> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        stdin().read_line(&mut line).map(|_| line)
    });
    tokio::select! {
        line = reading => Ok(line??),
        // Nothing is on its way, and the reader cannot be ended otherwise.
        () = Signals::listen()?.told_to_end() => std::process::exit(INTERRUPTED),
    }
}

/// Asks whoever sits here for an approval; what it rests on stands above.
async fn ask(reach: &On, run: &RunId, action: &Action) -> anyhow::Result<()> {
    let name = action.name;
    write!(
        stderr().lock(),
        "`{name}` needs people who accept what stands above; type a name to approve: "
    )?;
    let by = line().await?;
    if by.trim().is_empty() {
        return Err(waits(run, "waits for people to approve", "nothing is changed until they do"));
    }
    give(reach, run, &approval(action), by.trim()).await?;
    // The runner looks again in a moment.
    sleep(LOOK_AGAIN).await;
    Ok(())
}
