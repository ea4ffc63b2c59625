//! `cargo xtask ci`: all that has to hold besides the tests, until the first step that fails.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::codegen;
use crate::process::{cargo, run, say};
use crate::tools;

/// A step by name.
type Step = (&'static str, fn(&Path) -> Result<()>);

/// Quick ones first.
const STEPS: [Step; 5] = [
    ("fmt", |root| run(cargo(root).args(["fmt", "--all", "--check"]))),
    ("codegen", |root| codegen::outputs(root)?.check(root)),
    ("tidy", tidy),
    ("clippy", clippy),
    ("doc", doc),
];

pub(crate) fn ci(root: &Path) -> Result<()> {
    tools::complete_toolchain()?;
    let start = Instant::now();
    for (name, step) in STEPS {
        let start = Instant::now();
        say(&format!("ci: {name}"));
        step(root).with_context(|| format!("ci: {name} failed"))?;
        say(&format!("ci: {name} passed in {:.1} s", start.elapsed().as_secs_f64()));
    }
    say(&format!("ci: all passed in {:.1} s", start.elapsed().as_secs_f64()));
    Ok(())
}

/// With the selection of `cargo xtask test`, so that nothing is built again.
fn tidy(root: &Path) -> Result<()> {
    let selection = ["--workspace", "--all-features", "--bin", "xtask"];
    run(cargo(root).args(["test", "--quiet"]).args(selection).args(["--", "tidy::"]))
}

fn clippy(root: &Path) -> Result<()> {
    let selection = ["--workspace", "--all-targets", "--all-features"];
    run(cargo(root).arg("clippy").args(selection).args(["--", "-D", "warnings"]))
}

fn doc(root: &Path) -> Result<()> {
    let selection = ["--workspace", "--no-deps", "--document-private-items"];
    run(cargo(root).env("RUSTDOCFLAGS", "-D warnings").arg("doc").args(selection))
}
