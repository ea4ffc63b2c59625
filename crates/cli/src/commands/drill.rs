//! `tideover drill`: plays scenarios over many seeds on all cores, and tells what came of them.
//!
//! What is printed to standard output follows from the scenarios and the seeds alone. How long it took, and how far it
//! has come, is said on standard error.

mod chosen;
mod live;
mod play;
mod print;
mod progress;
mod stop;
mod told;
mod verdict;

use std::fs;
use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::thread;
use std::time::Instant;

use anyhow::Context;
use serde_json::json;

use crate::args::{DrillArgs, Output};
use crate::failure::Ended;
use crate::whole_file;
use chosen::Chosen;
use play::{Played, Seeds};
use told::Told;

/// How many seeds of each scenario are played when nobody says: about ten seconds on a laptop.
const SEEDS: u64 = 500;

pub(crate) fn drill(args: &DrillArgs) -> anyhow::Result<()> {
    if args.live {
        return live::drill(args);
    }
    let chosen = chosen::chosen(&args.scenario)?;
    if args.list {
        return list(args, &chosen);
    }
    let seeds = seeds(args);
    let begin = Instant::now();
    let stop = stop::when_told_to()?;
    let played = play::play(&chosen, seeds, jobs(args), &stop);
    let told = told::tell(&chosen, &played, seeds);
    // A file that cannot be written takes nothing away from what is said.
    let written = write_files(args, &chosen, &played, &told);
    match args.output {
        Output::Text => print::text(&chosen, &played, &told)?,
        Output::Json => print::json(&chosen, &played, &told)?,
    }
    writeln!(std::io::stderr().lock(), "took {:.1} s", begin.elapsed().as_secs_f64())?;
    written?;
    end(&played, &told)
}

fn seeds(args: &DrillArgs) -> Seeds {
    let alone = if args.seed.is_some() { 1 } else { SEEDS };
    Seeds { first: args.seed.unwrap_or(1), number: args.seeds.map_or(alone, NonZero::get) }
}

fn jobs(args: &DrillArgs) -> usize {
    let cores = || thread::available_parallelism().map_or(1, NonZero::get);
    args.jobs.map_or_else(cores, NonZero::get)
}

fn list(args: &DrillArgs, chosen: &[Chosen]) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    if args.output == Output::Json {
        let scenarios: Vec<_> = chosen
            .iter()
            .map(|one| json!({ "name": one.scenario.name, "title": one.scenario.title }))
            .collect();
        writeln!(stdout, "{:#}", json!({ "scenarios": scenarios }))?;
        return Ok(());
    }
    let width = chosen.iter().map(|one| one.scenario.name.len()).max().unwrap_or_default();
    for Chosen { scenario, .. } in chosen {
        writeln!(stdout, "{:width$}  {}", scenario.name, scenario.title)?;
    }
    Ok(())
}

/// The files that were asked for. A drill in which the code panicked has no history to write.
fn write_files(
    args: &DrillArgs,
    chosen: &[Chosen],
    played: &Played,
    told: &Told,
) -> anyhow::Result<()> {
    if let (Some(file), Some(page)) = (&args.report, print::page(chosen, played, told)) {
        write(file, &page)?;
    }
    if let (Some(file), Some(drill)) = (&args.history, &told.drill) {
        write(file, &drill::to_json(&drill.history))?;
    }
    if let (Some(file), Some(broken)) = (&args.shortened, &told.broken) {
        write(file, &broken.shortened.to_string())?;
    }
    Ok(())
}

/// No folder is made for it. What is no file, such as a pipe, cannot be replaced by one.
fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("cannot write `{}`", file.display());
    if fs::metadata(file).is_ok_and(|there| !there.is_file()) {
        return fs::write(file, text).with_context(failed);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::metadata(folder.unwrap_or(Path::new("."))).with_context(failed)?;
    whole_file::replace(file, text.as_bytes())
}

/// What the process ends with: a rule that was broken weighs more than that it was stopped, and that more than a line
/// that never happened.
fn end(played: &Played, told: &Told) -> anyhow::Result<()> {
    let drills = played.drills();
    let (code, error, hint) = if told.broken.is_some() {
        let error = format!("a rule was broken in {} of {drills} drills", played.violated());
        (4, error, format!("type `{}` to play the gravest again", told.again))
    } else if played.is_stopped() {
        let error = format!("stopped after {drills} of {} drills", played.wanted);
        (130, error, "fewer are played with `--seeds N`".to_owned())
    } else if played.never() > 0 {
        let error = format!("lines of scenarios that never happened: {}", played.never());
        (1, error, "what they were to show was not shown: see what they wait for".to_owned())
    } else {
        return Ok(());
    };
    Err(Ended { code, error, hint }.into())
}
