//! `cargo xtask test`: all tests, after installing what they need.

use std::path::Path;

use anyhow::Result;

use crate::process::{answer, cargo, run};
use crate::tools;

pub(crate) fn test(root: &Path) -> Result<()> {
    tools::install(root)?;
    // The licences of all packages are looked at, those of other systems included; no test uses the network.
    run(cargo(root).args(["fetch", "--locked", "--quiet"]))?;
    let all = ["--workspace", "--all-features", "--no-fail-fast"];
    if answer(cargo(root).args(["nextest", "--version"])).is_none() {
        return run(cargo(root).arg("test").args(all));
    }
    run(cargo(root).args(["nextest", "run"]).args(all))?;
    // What nextest leaves out.
    run(cargo(root).args(["test", "--doc"]).args(all))
}
