//! `tideover package`: from the file and the source to a zip for each function, for `tideover synth` to pick up.
//!
//! Nothing is written before everything is built and checked.

mod archive;
mod build;
mod executable;
mod plan;
mod source;
mod toolchain;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};
use topology::Architecture;

use crate::args::{FILE, InputArgs, Output, PackageArgs};
use crate::{failure, input};
use plan::Plan;

/// A function's zip.
struct Package {
    function: String,
    zip: PathBuf,
    bytes: Vec<u8>,
    executable_bytes: usize,
    newest_glibc: Option<(u32, u32)>,
}

pub(crate) fn package(args: &PackageArgs) -> anyhow::Result<()> {
    let file = InputArgs { file: args.file.clone(), suffix: None };
    let topology = input::topology(&file)?;
    let directory = args.file.parent().unwrap_or_else(|| Path::new(""));
    let plan = plan::plan(&topology, directory)?;
    let packages = match plan.zips.is_empty() {
        true => Vec::new(),
        false => packages(args, &plan, topology.architecture)?,
    };
    for package in &packages {
        archive::replace(&package.zip, &package.bytes)?;
    }
    match args.output {
        Output::Text => tell(args, &packages, &plan.notes),
        Output::Json => print(topology.architecture, &packages, &plan.notes),
    }
}

/// Builds and checks every executable. The same one is packed once.
fn packages(
    args: &PackageArgs,
    plan: &Plan,
    architecture: Architecture,
) -> anyhow::Result<Vec<Package>> {
    let source = source::find(&args.source)?;
    let toolchain = toolchain::find(architecture, args.zigbuild.as_deref())?;
    let linker = toolchain.linker.name();
    say(&format!("building the functions for {} with {linker}", toolchain.target))?;
    let names: BTreeSet<String> = plan.zips.keys().cloned().collect();
    let executables = build::build(&source, &toolchain, &names)?;
    let packed = |(function, zip): (&String, &PathBuf)| {
        let path = &executables[function];
        let executable =
            fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let facts = executable::read(&executable);
        let facts = facts.with_context(|| format!("cannot use `{}`", path.display()))?;
        facts.check(architecture).map_err(|error| failure::about(error, function))?;
        Ok(Package {
            function: function.clone(),
            zip: zip.clone(),
            bytes: archive::archive(&executable)?,
            executable_bytes: executable.len(),
            newest_glibc: facts.newest_glibc(),
        })
    };
    plan.zips.iter().map(packed).collect()
}

fn tell(args: &PackageArgs, packages: &[Package], notes: &[String]) -> anyhow::Result<()> {
    notes.iter().try_for_each(|note| say(&format!("note: {note}")))?;
    for package in packages {
        let (zip, of) = (megabytes(package.bytes.len()), megabytes(package.executable_bytes));
        let (path, glibc) = (package.zip.display(), glibc(package).unwrap_or("none".to_owned()));
        say(&format!("wrote `{path}`: {zip} MB, unpacked {of} MB; glibc needed: {glibc}"))?;
    }
    let file = args.file.display();
    match packages {
        [] => say("nothing to build: no function in the file is one of tideover's"),
        _ if args.file == Path::new(FILE) => say("next: `tideover synth`"),
        _ => say(&format!("next: `tideover synth --file {file}`")),
    }
}

fn print(architecture: Architecture, packages: &[Package], notes: &[String]) -> anyhow::Result<()> {
    let packages: Vec<Value> = packages.iter().map(entry).collect();
    let value = json!({
        "architecture": architecture.as_str(),
        "packages": packages,
        "notes": notes,
    });
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}

/// A package as programs see it. The hash is the name of the asset that `synth` makes of it.
fn entry(package: &Package) -> Value {
    json!({
        "function": package.function,
        "file": package.zip,
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
