//! Automation of this workspace: `cargo xtask COMMAND`.

mod codegen;
mod output;
mod vendor;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: cargo xtask COMMAND

commands:
  codegen [--check]  write the generated files, or only say which of them are stale
  schemas DIR        take the schemas of `crates/cfn/schema/types.txt` from an installed cfn-lint's
                     `cfnlint/data/schemas`";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace()?;
    match arguments.as_slice() {
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
