//! `cargo xtask test`: all tests, after installing what they need.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::process::{answer, cargo, run};
use crate::tools;

pub(crate) fn test(root: &Path) -> Result<()> {
    tools::install(root)?;
    // The licences of all packages are looked at, those of other systems included; no test uses the network.
    run(cargo(root).args(["fetch", "--locked", "--quiet"]))?;
    let all = ["--workspace", "--all-features"];
    let has_nextest = answer(cargo(root).args(["nextest", "--version"])).is_some();
    let tests = if has_nextest { &["nextest", "run"][..] } else { &["test"] };
    run(cargo(root).args(tests).args(all).arg("--no-run"))?;
    functions(root)?;
    run(cargo(root).args(tests).args(all).arg("--no-fail-fast"))?;
    if has_nextest {
        // What nextest leaves out.
        run(cargo(root).args(["test", "--doc"]).args(all).arg("--no-fail-fast"))?;
    }
    Ok(())
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
    // The program as the tests have it, which lies beside this one: `cargo run` would compile the SDK once more, for the
    // features that it has without the other crates.
    let program = env::current_exe().context("find the folder of executables")?;
    let mut command = Command::new(program.with_file_name("tideover"));
    command.current_dir(root).args(["package", "--file"]);
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
