//! `cargo xtask codegen`: every generated file of the workspace, most of them property structs of the
//! resource types in use, from AWS's schemas.

mod corrections;
mod emit;
mod leaf;
mod model;
mod names;
mod read;
mod readable;
mod rustfmt;
mod schema;
mod text;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use cfn::assembly::Files;

use crate::output::Outputs;
use crate::{parity, rules, runbooks, vendor};
use model::ResourceType;
use schema::Schema;

/// Folder of the schemas.
pub(crate) const SCHEMAS: &str = "crates/cfn/schema";

/// Folder of the code made from them.
const GENERATED: &str = "crates/cfn/src/generated";

/// Folder of the golden assembly.
const GOLDEN: &str = "crates/stacks/golden";

/// All generated files of the workspace.
pub(crate) fn outputs(root: &Path) -> Result<Outputs> {
    let mut outputs = Outputs::default();
    resource_types(root, &mut outputs)?;
    outputs.insert("tideover.schema.json", topology::schema_text());
    let assembly = default_assembly()?;
    outputs.insert("docs/parity.md", parity::page(root, &assembly)?);
    golden_assembly(assembly, &mut outputs);
    runbooks::pages(&mut outputs);
    rules::pages(&mut outputs);
    Ok(outputs)
}

fn resource_types(root: &Path, outputs: &mut Outputs) -> Result<()> {
    let types = read_all(&root.join(SCHEMAS))?;
    outputs.own(GENERATED);
    for (path, text) in emit::files(&types) {
        let formatted = rustfmt::format(root, &text).with_context(|| format!("format {path}"))?;
        outputs.insert(Path::new(GENERATED).join(path), formatted);
    }
    Ok(())
}

fn default_assembly() -> Result<Files> {
    let stacks = stacks::stacks(&topology::Topology::default(), &stacks::Packages::new());
    Ok(cfn::assembly::render(&stacks)?)
}

/// The assembly of the default file, as it is reviewed when the design changes.
fn golden_assembly(assembly: Files, outputs: &mut Outputs) {
    outputs.own(GOLDEN);
    for (name, text) in assembly {
        outputs.insert(Path::new(GOLDEN).join(name), text);
    }
}

/// The listed resource types, by name.
fn read_all(schemas: &Path) -> Result<Vec<ResourceType>> {
    let mut types = Vec::new();
    for name in vendor::listed(schemas)? {
        let path = schemas.join(vendor::file_name(&name));
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let read = Schema::parse(&text).and_then(|schema| read::read(&schema));
        types.push(read.with_context(|| format!("schema of `{name}`"))?);
    }
    Ok(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_current() -> Result<()> {
        let root = crate::workspace()?;
        outputs(&root)?.check(&root)
    }
}
