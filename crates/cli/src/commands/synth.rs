//! `tideover synth`: from the file to an assembly on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use cfn::fault::{Faults, Problem};
use cfn::{Asset, Stack};
use checks::{Report, Severity, output};
use serde_json::json;

use crate::args::{Output, SynthArgs};
use crate::failure::WrongInput;
use crate::{assembly_directory, input};

pub(crate) fn synth(args: &SynthArgs) -> anyhow::Result<()> {
    let (stacks, report) = write(args)?;
    match args.output {
        Output::Text => tell(args, &stacks, &report),
        Output::Json => print(args, &stacks, &report),
    }
}

/// Writes it for a command that goes on with it.
pub(crate) fn quietly(args: &SynthArgs) -> anyhow::Result<()> {
    write(args).map(|_| ())
}

/// The same, with what is to be known of it on standard error.
pub(crate) fn with_notes(args: &SynthArgs) -> anyhow::Result<()> {
    let (stacks, report) = write(args)?;
    say(&mut std::io::stderr().lock(), &stacks, &report)
}

fn write(args: &SynthArgs) -> anyhow::Result<(Vec<Stack>, Report)> {
    let input = input::read(&args.input)?;
    let stacks = stacks::stacks(&input.topology, &input.packages);
    let mut files = cfn::assembly::render(&stacks).map_err(wrong)?;
    let report = super::check::own(&input.topology, &files, &args.input.file)?;
    if !report.findings.is_empty() {
        // The CDK CLI shows it, and stops on a blocker.
        let text = output::validation_report(&report, Severity::Blocker, None)?;
        files.insert(output::VALIDATION_REPORT_FILE.to_owned(), text);
    }
    let assets: BTreeSet<&Asset> = stacks.iter().flat_map(|stack| &stack.assets).collect();
    let packages: BTreeMap<String, PathBuf> = assets
        .iter()
        .map(|asset| (asset.file_name(), input.package_files[&asset.hash].clone()))
        .collect();
    assembly_directory::replace(&args.out, &files, &packages)?;
    Ok((stacks, report))
}

/// Only functions can outgrow a stack, which the file divides into groups, or a role, which names those with a bound.
fn wrong(faults: Faults) -> WrongInput {
    let quotas = faults.0.iter().filter(|fault| matches!(fault.problem, Problem::Quota { .. }));
    let hint = if quotas.clone().any(|fault| fault.resource.is_some()) {
        Some(
            "the role of the function that carries out runs names each function with a bound, in both Regions; leave `reserved_concurrency` out of some of `[[functions]]`",
        )
    } else {
        (quotas.count() > 0).then_some(
            "functions share a stack by their key `group`; give some of `[[functions]]` another group",
        )
    };
    WrongInput { hint, ..WrongInput::new(faults) }
}

fn warnings(stacks: &[Stack]) -> BTreeSet<&str> {
    stacks.iter().flat_map(|stack| &stack.warnings).map(String::as_str).collect()
}

fn notes(stacks: &[Stack]) -> BTreeSet<&str> {
    stacks.iter().flat_map(|stack| &stack.notes).map(String::as_str).collect()
}

/// Warnings, notes, and how much the check finds.
fn say(stderr: &mut impl Write, stacks: &[Stack], report: &Report) -> anyhow::Result<()> {
    for warning in warnings(stacks) {
        writeln!(stderr, "warning: {warning}")?;
    }
    for note in notes(stacks) {
        writeln!(stderr, "note: {note}")?;
    }
    if !report.findings.is_empty() {
        let count = report.findings.len();
        writeln!(
            stderr,
            "note: the check finds {count} in it; type `tideover check` to see what, and why"
        )?;
    }
    Ok(())
}

fn tell(args: &SynthArgs, stacks: &[Stack], report: &Report) -> anyhow::Result<()> {
    let mut stderr = std::io::stderr().lock();
    say(&mut stderr, stacks, report)?;
    let regions: BTreeSet<&str> =
        stacks.iter().map(|stack| stack.environment.region.as_str()).collect();
    let regions: Vec<&str> = regions.into_iter().collect();
    let resources: usize = stacks.iter().map(Stack::resource_count).sum();
    let (out, count) = (args.out.display(), stacks.len());
    writeln!(
        stderr,
        "wrote {count} stacks with {resources} resources in {} to `{out}`",
        listed(&regions)
    )?;
    writeln!(
        stderr,
        "next, with credentials: `tideover diff` and `tideover deploy`; or the CDK's way: `npx aws-cdk@2.1148.1 deploy --app {out} --all`"
    )?;
    Ok(())
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn print(args: &SynthArgs, stacks: &[Stack], report: &Report) -> anyhow::Result<()> {
    let value = json!({
        "directory": args.out,
        "stacks": stacks.iter().map(super::list::entry).collect::<Vec<_>>(),
        "warnings": warnings(stacks),
        "notes": notes(stacks),
        "findings": report.findings.len(),
    });
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}
