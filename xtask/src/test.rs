//! `cargo xtask test`: all tests, after installing what they need.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::process::{answer, cargo, run};
use crate::tools;

pub(crate) fn test(root: &Path) -> Result<()> {
    tools::install(root)?;
    // The licences of all packages are looked at, those of other systems included; no test uses the network.
    run(cargo(root).args(["fetch", "--locked", "--quiet"]))?;
    functions(root)?;
    let all = ["--workspace", "--all-features", "--no-fail-fast"];
    if answer(cargo(root).args(["nextest", "--version"])).is_none() {
        return run(cargo(root).arg("test").args(all));
    }
    run(cargo(root).args(["nextest", "run"]).args(all))?;
    // What nextest leaves out.
    run(cargo(root).args(["test", "--doc"]).args(all))
}

/// Folder of the packaged functions, which tests start as Lambda would.
const FUNCTIONS: &str = "target/lambda-test";

/// The functions of the payment service, whose executable tests start as it is packaged. That of runs they start as it
/// is built for them: its SDK would be compiled once more.
const SERVICE: [&str; 3] = ["payment-validation", "transaction-processing", "notification"];

/// Packages the functions for this machine, whatever the file says of those in AWS.
fn functions(root: &Path) -> Result<()> {
    let folder = root.join(FUNCTIONS);
    let file = folder.join("tideover.toml");
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    fs::write(&file, system()).with_context(|| format!("write {}", file.display()))?;
    let mut command = cargo(root);
    command.args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "tideover",
        "--",
        "package",
        "--file",
    ]);
    command.arg(file);
    for function in SERVICE {
        command.args(["--only", function]);
    }
    run(&mut command)
}

fn system() -> String {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let mut text = format!("architecture = \"{architecture}\"\n");
    for (name, routes) in SERVICE.iter().zip(["\"GET /health\"", "\"POST /payments\"", ""]) {
        text += &format!(
            "\n[[functions]]\nname = \"{name}\"\ncode = \"{name}.zip\"\nroutes = [{routes}]\n"
        );
    }
    text
}
