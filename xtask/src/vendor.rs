//! `cargo xtask schemas DIR`: copies the schemas of the types in use out of an installed cfn-lint.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::codegen::SCHEMAS;

/// The Region whose schemas are taken: the first to have any new property.
const REGION: &str = "us-east-1";

/// Copies the listed schemas byte for byte, and removes those no longer listed.
pub(crate) fn refresh(from: &Path, root: &Path) -> Result<()> {
    let to = root.join(SCHEMAS);
    let types = listed(&to)?;
    let ids = ids(from)?;
    remove_unlisted(&to, &types)?;
    for name in &types {
        let id = ids.get(name).with_context(|| format!("cfn-lint has no schema of `{name}`"))?;
        let source = from.join("resources").join(format!("{id}.json"));
        let target = to.join(file_name(name));
        fs::copy(&source, &target).with_context(|| format!("copy {}", source.display()))?;
    }
    Ok(())
}

/// Name of the file in which a type's schema is kept.
pub(crate) fn file_name(type_name: &str) -> String {
    format!("{}.json", type_name.replace("::", "-").to_lowercase())
}

/// The types in `types.txt`, one per line.
pub(crate) fn listed(schemas: &Path) -> Result<BTreeSet<String>> {
    let path = schemas.join("types.txt");
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// File id of every type: cfn-lint names its files by content.
fn ids(from: &Path) -> Result<BTreeMap<String, String>> {
    let path = from.join("providers").join(format!("{REGION}.json"));
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("parse {}", path.display()))
}

fn remove_unlisted(to: &Path, types: &BTreeSet<String>) -> Result<()> {
    let kept: BTreeSet<String> = types.iter().map(|name| file_name(name)).collect();
    for entry in fs::read_dir(to)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") && !kept.contains(&name) {
            fs::remove_file(to.join(name))?;
        }
    }
    Ok(())
}
