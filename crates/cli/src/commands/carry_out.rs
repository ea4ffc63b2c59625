//! `tideover switchover`, `failover` and `failback`: plans, shows, and follows the run, which a runner carries out on
//! this machine and this process in AWS.

use std::io::{IsTerminal as _, Write, stderr, stdin};

use fence::{Author, RunId};
use local::NotBegun;
use runbook::{NotTaken, Plan, PlanKind, Request, Settings, Takeover, Unmet};

use crate::args::{CarryOutArgs, InputArgs, Output};
use crate::commands::ask::ask;
use crate::failure::{self, Ended, with_hint};
use crate::live::driven::{Manner, driven};
use crate::live::follow::{Followed, follow};
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::new_run;
use crate::live::standing::tell_standing;
use crate::live::typed::Typed;

pub(crate) fn carry_out(
    kind: PlanKind,
    args: &CarryOutArgs,
    input: &InputArgs,
    output: Output,
) -> anyhow::Result<()> {
    block_on(async {
        let run = args.run.clone().map_or_else(|| new_run(kind), RunId::new);
        let on = on(&args.on, input, Some(kind)).await?;
        let by = on.author(args.by.as_deref().unwrap_or_default()).await?;
        let request = |settings| request(kind, &run, by, args, settings);
        match &on {
            On::Here(_) if args.state_machine => return Err(no_machine_here()),
            On::Here(reach) => {
                let request = request(local::settings(reach, args.approvers.get()));
                let begun = local::begin(reach, &request).await;
                begun.map_err(|not_begun| match not_begun {
                    NotBegun::Unmet(unmet) => unmet_conditions(kind, &unmet),
                    NotBegun::NotTaken(not_taken) => not_taken_now(kind, &not_taken),
                })?;
                reach.start_runner(&run).await?;
            }
            On::Aws(reach) => {
                let settings = Settings { approvers: args.approvers.get(), ..Settings::default() };
                let begun = cloud::begin(reach, &request(settings)).await;
                let plan = begun.map_err(|not_begun| match not_begun {
                    cloud::NotBegun::Unmet(unmet) => unmet_conditions(kind, &unmet),
                    cloud::NotBegun::NotTaken(not_taken) => not_taken_now(kind, &not_taken),
                    cloud::NotBegun::Account(none) => none.into(),
                })?;
                writeln!(stderr().lock(), "run {run} is planned")?;
                if args.state_machine {
                    left_to_aws(reach, &plan).await?;
                    return tell_standing(&on, &run, output).await;
                }
            }
        }
        let manner = Manner { takeover: Takeover::WhenSilent, leaves_served: true };
        let ended = to_its_end(&on, &run, manner).await;
        tell_standing(&on, &run, output).await?;
        ended
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
    by: Author,
    args: &CarryOutArgs,
    mut settings: Settings,
) -> Request {
    settings.change.clone_from(&args.change);
    settings.despite.extend(&args.despite);
    let reason = args.reason.clone().unwrap_or_default();
    Request { run: run.clone(), kind, by, reason, settings }
}

fn unmet_conditions(kind: PlanKind, unmet: &[Unmet]) -> anyhow::Error {
    let lines: Vec<String> = unmet.iter().map(|unmet| format!("\n  {unmet}")).collect();
    refused(&format!("a {kind} may not begin now:{}", lines.concat()))
}

fn not_taken_now(kind: PlanKind, not_taken: &NotTaken) -> anyhow::Error {
    let text = format!("a {kind} may not begin now: {not_taken}");
    match not_taken {
        // It may have been written all the same.
        NotTaken::JournalSilent { .. } => {
            with_hint(text, "`tideover runs` tells whether it is planned all the same")
        }
        _ => refused(&text),
    }
}

fn refused(text: &str) -> anyhow::Error {
    failure::refused(text, "`tideover status` shows both Regions side by side")
}

/// Follows the run, or drives it; where it waits for people who sit here, asks them.
pub(crate) async fn to_its_end(on: &On, run: &RunId, manner: Manner) -> anyhow::Result<()> {
    let (mut seen, mut typed) = (0, None);
    loop {
        let followed = match on {
            On::Here(_) => follow(on, run, &mut seen).await?,
            On::Aws(reach) => driven(reach, run, manner, &mut seen).await?,
        };
        match followed {
            Followed::Approval(action) if stdin().is_terminal() => {
                ask(on, run, action.name, typed.get_or_insert_with(Typed::listen)).await?;
            }
            Followed::Served if matches!(on, On::Aws(_)) => return served(run),
            followed => return ended(run, followed),
        }
    }
}

/// Nobody carries a run in AWS on while its source is away, for days perhaps.
fn served(run: &RunId) -> anyhow::Result<()> {
    let mut told = stderr().lock();
    let text = "payments are taken by the Region that was opened; once the other is back, type";
    writeln!(told, "{text} `tideover resume {run} --by NAME`")?;
    Ok(writeln!(told, "if it will not come back: {}", skip(run, "await-source"))?)
}

fn skip(run: &RunId, action: &str) -> String {
    format!("`tideover skip {run} {action} --by NAME --reason TEXT` goes on without it")
}

/// What there is to say of a run that is not followed any further.
fn ended(run: &RunId, followed: Followed) -> anyhow::Result<()> {
    let again = format!("`tideover resume {run} --by NAME`");
    let (text, hint) = match followed {
        Followed::Finished => return Ok(()),
        Followed::Served => {
            let mut told = stderr().lock();
            let text = "payments are taken; the run goes on by itself once its source is back";
            writeln!(told, "{text}: `tideover runs {run}` tells it")?;
            let text = "if it will not come back";
            return Ok(writeln!(told, "{text}: {}", skip(run, "await-source"))?);
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
        Followed::Person { action, failure, is_skippable } => {
            let without = if is_skippable {
                format!("; {}", skip(run, action.as_str()))
            } else {
                String::new()
            };
            (
                format!("stopped at `{action}`: {failure}"),
                format!("{again} tries it again{without}"),
            )
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
    Err(Ended::waits(run, &text, &hint).into())
}
