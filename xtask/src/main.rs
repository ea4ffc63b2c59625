//! Automation of this workspace: `cargo xtask COMMAND`.

mod ci;
mod codegen;
mod output;
mod parity;
mod process;
mod rules;
mod runbooks;
mod test;
#[cfg(test)]
mod tidy;
mod tools;
mod vendor;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: cargo xtask COMMAND

commands:
  test               install what the tests need, and run all of them
  ci                 check formatting, generated files, rules of the tree, lints and documentation
  codegen [--check]  write the generated files, or only say which of them are stale
  schemas DIR        take the schemas of `crates/cfn/schema/types.txt` from an installed cfn-lint's
                     `cfnlint/data/schemas`";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            process::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let root = workspace()?;
    match arguments {
        ["test"] => test::test(&root),
        ["ci"] => ci::ci(&root),
        ["codegen"] => codegen::outputs(&root)?.write(&root),
        ["codegen", "--check"] => codegen::outputs(&root)?.check(&root),
        ["schemas", from] => vendor::refresh(Path::new(from), &root),
        _ => bail!("{USAGE}"),
    }
}

/// Root of the workspace, so that commands work from any folder in it.
fn workspace() -> Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().context("`xtask` is not inside a workspace")?;
    Ok(root.to_owned())
}
