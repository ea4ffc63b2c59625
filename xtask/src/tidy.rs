//! Rules of the tree that no compiler checks, as tests: arrows between packages, files, licences,
//! planted bugs.

mod arrows;
mod files;
mod licences;
mod planted;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::cargo;

/// What cargo knows of the workspace, without asking a registry.
fn metadata(root: &Path, arguments: &[&str]) -> Result<Value> {
    let mut command = cargo(root);
    command.args(["metadata", "--format-version", "1", "--offline"]).args(arguments);
    let output = command.output().context("start `cargo metadata`")?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`cargo metadata` failed; run `cargo fetch`\n{message}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Fails with all faults at once.
#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
