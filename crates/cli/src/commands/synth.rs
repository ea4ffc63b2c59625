//! `tideover synth`: from the file to an assembly on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use cfn::fault::{Faults, Problem};
use cfn::{Asset, Stack};
use serde_json::json;

use crate::args::{Output, SynthArgs};
use crate::failure::WrongInput;
use crate::{assembly_directory, input};

pub(crate) fn synth(args: &SynthArgs) -> anyhow::Result<()> {
    let input = input::read(&args.input)?;
    let stacks = stacks::stacks(&input.topology, &input.packages);
    let files = cfn::assembly::render(&stacks).map_err(wrong)?;
    let assets: BTreeSet<&Asset> = stacks.iter().flat_map(|stack| &stack.assets).collect();
    let packages: BTreeMap<String, PathBuf> = assets
        .iter()
        .map(|asset| (asset.file_name(), input.package_files[&asset.hash].clone()))
        .collect();
    assembly_directory::replace(&args.out, &files, &packages)?;
    match args.output {
        Output::Text => tell(args, &stacks),
        Output::Json => print(args, &stacks),
    }
}

/// Only groups of functions can outgrow a stack, and the file is where they are divided.
fn wrong(faults: Faults) -> WrongInput {
    let too_large = faults.0.iter().any(|fault| matches!(fault.problem, Problem::Quota { .. }));
    let hint = too_large.then_some(
        "functions share a stack by their key `group`; give some of `[[functions]]` another group",
    );
    WrongInput { hint, ..WrongInput::new(faults) }
}

fn warnings(stacks: &[Stack]) -> BTreeSet<&str> {
    stacks.iter().flat_map(|stack| &stack.warnings).map(String::as_str).collect()
}

fn notes(stacks: &[Stack]) -> BTreeSet<&str> {
    stacks.iter().flat_map(|stack| &stack.notes).map(String::as_str).collect()
}

fn tell(args: &SynthArgs, stacks: &[Stack]) -> anyhow::Result<()> {
    let mut stderr = std::io::stderr().lock();
    for warning in warnings(stacks) {
        writeln!(stderr, "warning: {warning}")?;
    }
    for note in notes(stacks) {
        writeln!(stderr, "note: {note}")?;
    }
    let regions: BTreeSet<&str> =
        stacks.iter().map(|stack| stack.environment.region.as_str()).collect();
    let regions: Vec<&str> = regions.into_iter().collect();
    let resources: usize = stacks.iter().map(Stack::resource_count).sum();
    let (out, count) = (args.out.display(), stacks.len());
    writeln!(
        stderr,
        "wrote {count} stacks with {resources} resources in {} to `{out}`",
        regions.join(" and ")
    )?;
    writeln!(
        stderr,
        "next: `npx aws-cdk@2.1148.1 ls --app {out}`, or `diff` and `deploy` with credentials"
    )?;
    Ok(())
}

fn print(args: &SynthArgs, stacks: &[Stack]) -> anyhow::Result<()> {
    let value = json!({
        "directory": args.out,
        "stacks": stacks.iter().map(super::list::entry).collect::<Vec<_>>(),
        "warnings": warnings(stacks),
        "notes": notes(stacks),
    });
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}
