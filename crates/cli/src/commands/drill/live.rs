//! `tideover drill --live`: the same scenarios on two real Regions of this machine, one drill after the other, each on
//! fresh ones.

mod evidence;
mod played;
mod print;

use std::io::{Write, stderr};

use anyhow::Context as _;
use local::SystemSettings;
use local::rehearsal::{LIVE, playable, rehearse};
use tokio::runtime::Builder;
use tokio::sync::watch;

use super::chosen::{self, Chosen};
use super::{list, write};
use crate::args::{DrillArgs, Output};
use crate::failure::{Ended, WrongInput};
use crate::live::regions::prepare;
use crate::serve::signals::Signals;
use evidence::Folder;
use played::Played;

/// How many drills may not be played to their end before no other is begun: something is wrong with this machine.
const UNPLAYED_MAX: usize = 3;

pub(super) fn drill(args: &DrillArgs) -> anyhow::Result<()> {
    let chosen = playable_ones(args)?;
    if args.list {
        return list(args, &chosen);
    }
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("no threads can be had")?;
    let folder = Folder::make(args.evidence.as_deref())?;
    let played = runtime.block_on(play(args, &chosen, &folder));
    // What still runs of a drill that was stopped ends with it.
    drop(runtime);
    let kept = folder.close();
    tell(args, &chosen, &played?, kept.as_deref())
}

/// Those that were named, which must all be playable, or those that are played when nobody names any, but for what this
/// machine does not permit.
fn playable_ones(args: &DrillArgs) -> anyhow::Result<Vec<Chosen>> {
    if args.scenario.is_empty() {
        let (can, cannot) = sorted(chosen::chosen(&LIVE.map(str::to_owned))?);
        for reason in cannot {
            writeln!(stderr().lock(), "not played: {reason}")?;
        }
        return Ok(can);
    }
    match sorted(chosen::chosen(&args.scenario)?) {
        (can, cannot) if cannot.is_empty() => Ok(can),
        (_, cannot) => Err(WrongInput::new(cannot.join("\n")).into()),
    }
}

/// Those that can be played live, and why the others cannot.
fn sorted(all: Vec<Chosen>) -> (Vec<Chosen>, Vec<String>) {
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    for one in all {
        match playable(&one.scenario) {
            Ok(()) => can.push(one),
            Err(reasons) => cannot.push(format!(
                "`{}` cannot be played live:\n  {}",
                one.argument,
                reasons.join("\n  ")
            )),
        }
    }
    (can, cannot)
}

/// Every scenario, and all of them again, so that what was played until somebody stops is like the whole.
async fn play(args: &DrillArgs, chosen: &[Chosen], folder: &Folder) -> anyhow::Result<Played> {
    let stop = stop()?;
    // Whoever has the folder ends what is left in it.
    let (_ground, settings) = prepare(folder.path(), args.network).await?;
    let mut played = Played::new(chosen, args.repeat.get());
    let first = args.seed.unwrap_or(1);
    for seed in (first..).take(usize::try_from(args.repeat.get()).unwrap_or(usize::MAX)) {
        for (at, one) in chosen.iter().enumerate() {
            let directory = folder.of_drill(&one.scenario.name, seed);
            let settings = SystemSettings { directory: directory.clone(), ..settings.clone() };
            let rate = args.rate.get();
            let rehearsed = rehearse(settings, &one.scenario, seed, rate, stop.clone()).await;
            match rehearsed {
                Ok(Some(rehearsed)) => played.take(at, seed, rehearsed),
                Ok(None) => played.is_stopped = true,
                Err(error) => played.fail(&one.scenario.name, seed, &error),
            }
            folder.sort(&directory, played.last_is_whole())?;
            writeln!(stderr().lock(), "{}", played.line())?;
            if played.is_stopped || *stop.borrow() || played.unplayed >= UNPLAYED_MAX {
                played.is_stopped |= *stop.borrow();
                return Ok(played);
            }
        }
    }
    Ok(played)
}

/// Whether somebody wants it to stop. A second signal ends the process at once.
fn stop() -> anyhow::Result<watch::Receiver<bool>> {
    let signals = Signals::listen().context("cannot wait for signals")?;
    let (sender, stop) = watch::channel(false);
    tokio::spawn(async move {
        signals.told_to_end().await;
        sender.send_replace(true);
        // Whoever looks later is told too.
        std::future::pending::<()>().await;
    });
    Ok(stop)
}

fn tell(
    args: &DrillArgs,
    chosen: &[Chosen],
    played: &Played,
    kept: Option<&std::path::Path>,
) -> anyhow::Result<()> {
    let written = write_files(args, chosen, played);
    match args.output {
        Output::Text => print::text(args, chosen, played)?,
        Output::Json => print::json(args, chosen, played, kept)?,
    }
    if let Some(kept) = kept {
        writeln!(stderr().lock(), "the evidence is in `{}`", kept.display())?;
    }
    written?;
    end(played)
}

fn write_files(args: &DrillArgs, chosen: &[Chosen], played: &Played) -> anyhow::Result<()> {
    if let (Some(file), Some(page)) = (&args.report, print::page(args, chosen, played)) {
        write(file, &page)?;
    }
    if let (Some(file), Some(told)) = (&args.history, &played.told) {
        write(file, &drill::to_json(&told.rehearsed.measured.history))?;
    }
    Ok(())
}

/// What the process ends with: a rule that was broken weighs more than a drill that came to nothing, and that more
/// than that it was stopped.
fn end(played: &Played) -> anyhow::Result<()> {
    let (drills, wanted) = (played.drills(), played.wanted);
    let (code, error, hint) = if played.broken() > 0 {
        let error = format!("a rule was broken in {} of {drills} live drills", played.broken());
        (4, error, "the evidence says of each drill what its processes wrote".to_owned())
    } else if let Some(failure) = played.failures.first() {
        let error = format!("{} of {wanted} live drills came to nothing", played.failures.len());
        (1, error, format!("the first: {failure}"))
    } else if played.is_stopped {
        let error = format!("stopped after {drills} of {wanted} live drills");
        (130, error, "fewer are played with `--scenario NAME` or a smaller `--repeat`".to_owned())
    } else {
        return Ok(());
    };
    Err(Ended { code, error, hint }.into())
}
