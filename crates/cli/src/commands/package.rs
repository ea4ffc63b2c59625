//! `tideover package`: from the file and the source to a zip for each function, for `tideover synth` to pick up.
//!
//! Nothing is written before everything is built and checked.

mod archive;
mod build;
mod executable;
mod plan;
mod source;
mod toolchain;

use std::fs;
use std::io::Write;
use std::iter;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};
use topology::Architecture;

use crate::args::{FILE, InputArgs, Output, PackageArgs};
use crate::{failure, input, whole_file};
use plan::Plan;

/// What was packed: the same for every function.
struct Package {
    bytes: Vec<u8>,
    executable_bytes: usize,
    newest_glibc: Option<(u32, u32)>,
}

pub(crate) fn package(args: &PackageArgs) -> anyhow::Result<()> {
    let file = InputArgs { file: args.file.clone(), suffix: None };
    let topology = input::topology(&file)?;
    let directory = args.file.parent().unwrap_or_else(|| Path::new(""));
    let plan = plan::plan(&topology, directory)?;
    let package = match plan.zips.is_empty() {
        true => None,
        false => Some(build(args, topology.architecture)?),
    };
    for (zip, package) in plan.zips.values().zip(iter::repeat(&package).flatten()) {
        whole_file::replace(zip, &package.bytes)?;
    }
    match args.output {
        Output::Text => tell(args, &plan, package.as_ref()),
        Output::Json => print(topology.architecture, &plan, package.as_ref()),
    }
}

/// Builds the executable, checks it, and packs it.
fn build(args: &PackageArgs, architecture: Architecture) -> anyhow::Result<Package> {
    let source = source::find(&args.source)?;
    let toolchain = toolchain::find(architecture, args.zigbuild.as_deref())?;
    let linker = toolchain.linker.name();
    say(&format!("building the functions for {} with {linker}", toolchain.target))?;
    let path = build::build(&source, &toolchain)?;
    let name = path.display().to_string();
    let executable = fs::read(&path).with_context(|| format!("cannot read `{name}`"))?;
    let facts = executable::read(&executable).with_context(|| format!("cannot use `{name}`"))?;
    facts.check(architecture).map_err(|error| failure::about(error, &name))?;
    Ok(Package {
        bytes: archive::archive(&executable)?,
        executable_bytes: executable.len(),
        newest_glibc: facts.newest_glibc(),
    })
}

fn tell(args: &PackageArgs, plan: &Plan, package: Option<&Package>) -> anyhow::Result<()> {
    for note in &plan.notes {
        say(&format!("note: {note}"))?;
    }
    let Some(package) = package else {
        return say("nothing to build: no function in the file is one of tideover's");
    };
    for zip in plan.zips.values() {
        say(&format!("wrote `{}`", zip.display()))?;
    }
    let (zip, of) = (megabytes(package.bytes.len()), megabytes(package.executable_bytes));
    let glibc = glibc(package).map_or("no glibc".to_owned(), |version| format!("glibc {version}"));
    say(&format!("each has {zip} MB, unpacked {of} MB, and needs {glibc}"))?;
    match args.file == Path::new(FILE) {
        true => say("next: `tideover synth`"),
        false => say(&format!("next: `tideover synth --file {}`", args.file.display())),
    }
}

fn print(architecture: Architecture, plan: &Plan, package: Option<&Package>) -> anyhow::Result<()> {
    let zips = plan.zips.iter().zip(iter::repeat(package).flatten());
    let packages: Vec<Value> =
        zips.map(|((name, zip), package)| entry(name, zip, package)).collect();
    let value = json!({
        "architecture": architecture.as_str(),
        "packages": packages,
        "notes": plan.notes,
    });
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}

/// A package as programs see it. The hash is the name of the asset that `synth` makes of it.
fn entry(function: &str, zip: &Path, package: &Package) -> Value {
    json!({
        "function": function,
        "file": zip,
        "bytes": package.bytes.len(),
        "sha256": input::hex_digest(&package.bytes),
        "executable_bytes": package.executable_bytes,
        "newest_glibc": glibc(package),
    })
}

fn glibc(package: &Package) -> Option<String> {
    package.newest_glibc.map(|(major, minor)| format!("{major}.{minor}"))
}

/// With one digit after the point.
fn megabytes(bytes: usize) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stderr().lock(), "{text}")?;
    Ok(())
}
