//! `tideover resume`, `abort`, `skip` and `pause`: what people order of runs, besides approvals.

use std::io::{Write, stderr};

use cloud::LetGo;
use fence::{Author, RunId};
use runbook::{ActionName, Control, Next, NotTaken, Takeover};

use crate::args::{AbortArgs, GivenArgs, Output, PauseArgs, ResumeArgs, SkipArgs};
use crate::commands::approve::tell_machine;
use crate::commands::carry_out::to_its_end;
use crate::failure::{refused, with_hint};
use crate::live::driven::Manner;
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::{Known, find, meant};
use crate::live::standing::tell_standing;

/// Resumes what somebody paused, has what failed tried again, and starts a runner.
pub(crate) fn resume(args: &ResumeArgs) -> anyhow::Result<()> {
    block_on(async {
        let given = &args.order.given;
        let reach = on(&given.on, &given.input, None).await?;
        let known = meant(&reach, args.order.run.as_ref()).await?;
        let run = &known.run;
        let control = match known.next() {
            Next::Paused { .. } => Some(Control::Resume),
            Next::Person { action, .. } => Some(Control::Retry(action.name)),
            _ if known.is_over() => return Err(refusal(&known, &NotTaken::Over)),
            _ => None,
        };
        let let_go = match control {
            Some(control) => ordered(&reach, &known, &control, given).await?,
            None => LetGo::NoneWaits,
        };
        let takeover = if args.take_over { Takeover::AtOnce } else { Takeover::WhenSilent };
        GoesOn { on: &reach, run, takeover, output: given.output }.go_on(let_go, "goes on").await
    })
}

/// Turns a run back.
pub(crate) fn abort(args: &AbortArgs) -> anyhow::Result<()> {
    block_on(async {
        let given = &args.order.given;
        let reach = on(&given.on, &given.input, None).await?;
        let known = meant(&reach, args.order.run.as_ref()).await?;
        let control = Control::Abort { reason: args.reason.clone() };
        let let_go = ordered(&reach, &known, &control, given).await?;
        GoesOn::of(&reach, &known.run, given).go_on(let_go, "turns back").await
    })
}

/// Has a run go on without an action.
pub(crate) fn skip(args: &SkipArgs) -> anyhow::Result<()> {
    block_on(async {
        let (given, action) = (&args.given, args.action);
        let reach = on(&given.on, &given.input, None).await?;
        let known = find(&reach, &args.run).await?;
        let control = Control::Skip { action, reason: args.reason.clone() };
        let let_go = ordered(&reach, &known, &control, given).await?;
        let what = format!("goes on without `{action}`");
        GoesOn::of(&reach, &known.run, given).go_on(let_go, &what).await
    })
}

/// Stops a run after the action in hand.
pub(crate) fn pause(args: &PauseArgs) -> anyhow::Result<()> {
    block_on(async {
        let given = &args.order.given;
        let reach = on(&given.on, &given.input, None).await?;
        let known = meant(&reach, args.order.run.as_ref()).await?;
        let run = &known.run;
        ordered(&reach, &known, &Control::Pause, given).await?;
        say(&format!(
            "run {run} pauses after the action in hand; `tideover resume {run} --by NAME` lets it go on"
        ))?;
        tell_standing(&reach, run, given.output).await
    })
}

/// A run that goes on after an order.
struct GoesOn<'o> {
    on: &'o On,
    run: &'o RunId,
    takeover: Takeover,
    output: Output,
}

impl<'o> GoesOn<'o> {
    /// Nobody is known to be gone.
    fn of(on: &'o On, run: &'o RunId, given: &GivenArgs) -> Self {
        Self { on, run, takeover: Takeover::WhenSilent, output: given.output }
    }

    async fn go_on(&self, let_go: LetGo, what: &str) -> anyhow::Result<()> {
        let ended = self.carried_on(let_go, what).await;
        tell_standing(self.on, self.run, self.output).await?;
        ended
    }

    /// Here a runner is started. In AWS a state machine that waited for the order goes on by itself; else this process
    /// drives the run.
    async fn carried_on(&self, let_go: LetGo, what: &str) -> anyhow::Result<()> {
        let run = self.run;
        match (self.on, let_go) {
            (On::Here(reach), _) => {
                reach.start_runner(run).await?;
                say(&format!("run {run} {what}; `tideover runs {run}` tells how far it is"))
            }
            (On::Aws(_), let_go @ LetGo::GoesOn) => {
                say(&format!("run {run} {what}; `tideover runs {run}` tells how far it is"))?;
                tell_machine(run, let_go)
            }
            (On::Aws(_), _) => {
                // A source that is away is waited for only where nothing else is left to do.
                let leaves_served = !waits_for_source(&find(self.on, run.as_str()).await?);
                to_its_end(self.on, run, Manner { takeover: self.takeover, leaves_served }).await
            }
        }
    }
}

fn waits_for_source(known: &Known) -> bool {
    matches!(known.next(), Next::Act { action, .. } if action.name == ActionName::AwaitSource)
}

async fn ordered(
    on: &On,
    known: &Known,
    control: &Control,
    given: &GivenArgs,
) -> anyhow::Result<LetGo> {
    let by = on.author(&given.by).await?;
    let ordered = on.order(&known.run, control, &by).await;
    ordered.map_err(|not_taken| refusal(known, &not_taken))
}

/// Gives an order.
pub(crate) async fn give(
    on: &On,
    run: &RunId,
    control: &Control,
    by: &Author,
) -> anyhow::Result<LetGo> {
    match on.order(run, control, by).await {
        Ok(let_go) => Ok(let_go),
        Err(not_taken) => Err(refusal(&find(on, run.as_str()).await?, &not_taken)),
    }
}

/// Why an order was not taken, and what may be typed instead.
fn refusal(known: &Known, not_taken: &NotTaken) -> anyhow::Error {
    let run = &known.run;
    let text = format!("run {run}: {not_taken}");
    let hint = match not_taken {
        NotTaken::JournalSilent { .. } => {
            let hint =
                format!("`tideover runs {run}` tells whether the order stands; else type it again");
            return with_hint(text, hint);
        }
        NotTaken::NotSkippable { .. } | NotTaken::NotInPlan { .. } => {
            format!("what may be left out of it: {}", known.skippable())
        }
        NotTaken::ApprovedAlready { .. } => {
            format!("somebody else types `tideover approve {run} --by NAME`")
        }
        NotTaken::PointOfNoReturnPassed => {
            format!("`tideover resume {run} --by NAME` sees it to its end")
        }
        NotTaken::Paused { .. } => format!("`tideover resume {run} --by NAME` lets it go on"),
        _ => format!("`tideover runs {run}` tells how far it is"),
    };
    refused(text, hint)
}

pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(stderr().lock(), "{text}")?)
}
