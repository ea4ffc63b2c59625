//! `tideover package`: from the file and the source to a zip for each function, for `tideover synth` to pick up.
//!
//! Nothing is written before everything is built and checked.

mod archive;
mod build;
mod executable;
mod plan;
mod source;
mod toolchain;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};
use topology::Architecture;

use crate::args::{FILE, InputArgs, Output, PackageArgs};
use crate::{failure, input, whole_file};
use plan::{Plan, Program, Zip};

/// What was packed: the same for every function that is one executable.
struct Package {
    bytes: Vec<u8>,
    executable_bytes: usize,
    newest_glibc: Option<(u32, u32)>,
}

pub(crate) fn package(args: &PackageArgs) -> anyhow::Result<()> {
    let file = InputArgs { file: args.file.clone(), suffix: None };
    let topology = input::topology(&file)?;
    let directory = args.file.parent().unwrap_or_else(|| Path::new(""));
    let plan = plan::plan(&topology, directory, &args.only)?;
    let programs: BTreeSet<Program> = plan.zips.values().map(|zip| zip.program).collect();
    let packages = match programs.is_empty() {
        true => Packages::new(),
        false => build(args, topology.architecture, &programs)?,
    };
    for zip in plan.zips.values() {
        whole_file::replace(&zip.path, &packages[&zip.program].bytes)?;
    }
    match args.output {
        Output::Text => tell(args, &plan, &packages),
        Output::Json => print(topology.architecture, &plan, &packages),
    }
}

/// What was packed of each executable that is needed.
type Packages = BTreeMap<Program, Package>;

/// Builds the executables, checks them, and packs them.
fn build(
    args: &PackageArgs,
    architecture: Architecture,
    programs: &BTreeSet<Program>,
) -> anyhow::Result<Packages> {
    let source = source::find(&args.source)?;
    let toolchain = toolchain::find(architecture, args.zigbuild.as_deref())?;
    let linker = toolchain.linker.name();
    say(&format!("building the functions for {} with {linker}", toolchain.target))?;
    let pack = |program: &Program| {
        let path = build::build(&source, &toolchain, *program)?;
        Ok((*program, pack(&path, architecture)?))
    };
    programs.iter().map(pack).collect()
}

/// Checks an executable, and packs it.
fn pack(path: &Path, architecture: Architecture) -> anyhow::Result<Package> {
    let name = path.display().to_string();
    let executable = fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    let facts = executable::read(&executable).with_context(|| format!("cannot use `{name}`"))?;
    facts.check(architecture).map_err(|error| failure::about(error, &name))?;
    Ok(Package {
        bytes: archive::archive(&executable)?,
        executable_bytes: executable.len(),
        newest_glibc: facts.newest_glibc(),
    })
}

fn tell(args: &PackageArgs, plan: &Plan, packages: &Packages) -> anyhow::Result<()> {
    for note in &plan.notes {
        say(&format!("note: {note}"))?;
    }
    for zip in plan.zips.values() {
        let (path, package) = (zip.path.display(), &packages[&zip.program]);
        let (size, of) = (megabytes(package.bytes.len()), megabytes(package.executable_bytes));
        let glibc = glibc(package).map_or("no glibc".to_owned(), |of| format!("glibc {of}"));
        say(&format!("wrote `{path}`: {size} MB, unpacked {of} MB, needs {glibc}"))?;
    }
    match args.file == Path::new(FILE) {
        true => say("next: `tideover synth`"),
        false => say(&format!("next: `tideover synth --file {}`", args.file.display())),
    }
}

fn print(architecture: Architecture, plan: &Plan, packages: &Packages) -> anyhow::Result<()> {
    let zips = plan.zips.iter();
    let entries: Vec<Value> =
        zips.map(|(name, zip)| entry(name, zip, &packages[&zip.program])).collect();
    let value = json!({
        "architecture": architecture.as_str(),
        "packages": entries,
        "notes": plan.notes,
    });
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}

/// A package as programs see it. The hash is the name of the asset that `synth` makes of it.
fn entry(function: &str, zip: &Zip, package: &Package) -> Value {
    json!({
        "function": function,
        "file": zip.path,
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
