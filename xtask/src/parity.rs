//! The parity page: what became of every resource, setting and output of the CDK app that this project
//! replaces.
//!
//! The app's templates are data under `crates/stacks/tests/baseline`. Rules in [`tables`] say what became of
//! what; whatever they say is looked up in both assemblies, and whatever does not fit is an error that names
//! all of it at once.

mod addition;
mod item;
mod judge;
mod page;
mod pattern;
mod rule;
mod setting;
mod tables;
mod value;

use std::path::Path;

use anyhow::{Result, bail};
use cfn::assembly::Files;

/// Folder of the original's templates.
const BASELINE: &str = "crates/stacks/tests/baseline";

/// The page about the default assembly.
pub(crate) fn page(root: &Path, assembly: &Files) -> Result<String> {
    let original = item::in_folder(&root.join(BASELINE))?;
    let ours = item::in_files(assembly)?;
    let (tables, mut faults) = judge::judge(tables::FAMILIES, &original, &ours);
    let mut settings = Vec::new();
    for table in &tables {
        let (compared, more) = setting::compare(table);
        settings.extend(compared);
        faults.extend(more);
    }
    if faults.is_empty() {
        let additions = addition::additions(&tables, &ours);
        return Ok(page::page(&tables, &settings, &additions));
    }
    bail!("what `xtask/src/parity/tables` says does not hold:\n  {}", faults.join("\n  "))
}
