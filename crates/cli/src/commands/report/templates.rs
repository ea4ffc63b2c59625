//! The hashes of an assembly's templates.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use report::Template;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::failure::WrongInput;

/// Each stack's template of the assembly in a folder.
pub(super) fn templates(folder: &Path) -> anyhow::Result<Vec<Template>> {
    let file = folder.join("manifest.json");
    let name = file.display();
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{name}`"))?;
    let manifest: Value = serde_json::from_str(&text)
        .map_err(|fault| WrongInput::new(format!("{name}: it is no manifest: {fault}")))?;
    let artifacts = manifest["artifacts"].as_object().into_iter().flatten();
    let stacks = artifacts.filter(|(_, it)| it["type"] == "aws:cloudformation:stack");
    stacks.map(|(id, artifact)| template(folder, id, artifact)).collect()
}

fn template(folder: &Path, id: &str, artifact: &Value) -> anyhow::Result<Template> {
    let environment = artifact["environment"].as_str().unwrap_or_default();
    let properties = &artifact["properties"];
    let file = properties["templateFile"].as_str().unwrap_or_default();
    let path = folder.join(file);
    let text = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let digest = Sha256::digest(&text);
    Ok(Template {
        // An environment is written as `aws://ACCOUNT/REGION`.
        region: environment.rsplit('/').next().unwrap_or_default().to_owned(),
        stack: properties["stackName"].as_str().unwrap_or(id).to_owned(),
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}
