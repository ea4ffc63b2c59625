//! The `tideover` program: arguments in, one command, an exit code out.
//!
//! Decides nothing about the domain. Data goes to standard output, everything said to a person to standard
//! error, so that output can be piped.

mod args;
mod assembly_directory;
mod commands;
mod failure;
mod input;
mod live;
mod serve;
mod templates;
mod terminal;
mod whole_file;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use runbook::PlanKind;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    match run(args.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if failure::reader_has_gone(&error) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Drill(args) => commands::drill::drill(&args),
        Command::Init(args) => commands::init::init(&args),
        Command::Synth(args) => commands::synth::synth(&args),
        Command::List(args) => commands::list::list(&args),
        Command::Check(args) => commands::check::check(&args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Package(args) => commands::package::package(&args),
        Command::Permissions(args) => commands::permissions::permissions(&args),
        Command::Deploy(args) => commands::deploy::deploy(&args),
        Command::Diff(args) => commands::diff::diff(&args),
        Command::Destroy(args) => commands::destroy::destroy(&args),
        Command::Activate(args) => commands::activate::activate(&args),
        Command::Switchover(args) => commands::run::run(PlanKind::Switchover, &args),
        Command::Failover(args) => commands::run::run(PlanKind::Failover, &args),
        Command::Failback(args) => commands::run::run(PlanKind::Failback, &args),
        Command::Resume(args) => commands::order::resume(&args),
        Command::Approve(args) => commands::approve::approve(&args),
        Command::Skip(args) => commands::order::skip(&args),
        Command::Pause(args) => commands::order::pause(&args),
        Command::Abort(args) => commands::order::abort(&args),
        Command::Automatic(args) => commands::automatic::automatic(&args),
        Command::Runs(args) => commands::runs::runs(&args),
        Command::Report(args) => commands::report::report(&args),
        Command::Status(args) => commands::status::status(&args),
        Command::Up(args) => commands::up::up(&args),
        Command::Fault(args) => commands::fault::fault(&args),
        Command::Serve(args) => commands::serve::serve(&args),
        Command::Processor(args) => commands::processor::processor(&args),
        Command::Local { child } => commands::children::run(child),
        Command::Completions { shell } => commands::manual::completions(shell),
        Command::Man => commands::manual::man(),
    }
}

/// Prints the chain of causes once, then what to type next.
fn report(error: &anyhow::Error) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    // Nothing is left to be done when standard error is closed.
    let _ = writeln!(stderr, "error: {error:#}");
    if let Some(hint) = failure::hint(error) {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    failure::exit_code(error)
}
