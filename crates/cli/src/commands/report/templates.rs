//! The hashes of an assembly's templates, and of what is deployed of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use deploy::{Assembly, Expected, Patience, Site, There, templates_there};
use report::{Deployed, Template};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::commands::deploy::aws;
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
        sha256: in_hexadecimal(&digest),
        deployed: None,
        not_deployed: None,
    })
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Says of each template how it is deployed in AWS, or why that is not known.
pub(super) async fn look_in_aws(folder: &Path, templates: &mut [Template]) -> anyhow::Result<()> {
    let assembly = Assembly::read(folder).map_err(|fault| WrongInput::new(fault.to_string()))?;
    let site = Site::new(aws, Expected::default(), PATIENCE, |_| {});
    let there = templates_there(&site, &assembly).await;
    for template in templates {
        let called = (template.region.clone(), template.stack.clone());
        match there.as_ref().map(|there| there.get(&called)) {
            Ok(Some(Ok(there))) => template.deployed = Some(deployed(there)),
            Ok(Some(Err(why))) => template.not_deployed = Some(why.clone()),
            Ok(None) => template.not_deployed = Some("the assembly does not name it".to_owned()),
            Err(failure) => template.not_deployed = Some(failure.to_string()),
        }
    }
    Ok(())
}

/// A report is made while a Region may be lost, and waits for none.
const PATIENCE: Patience = Patience {
    attempts_max: 2,
    attempt_time: Duration::from_secs(10),
    pause_first: Duration::from_millis(200),
    pause_max: Duration::from_secs(1),
};

fn deployed(there: &There) -> Deployed {
    Deployed {
        sha256: in_hexadecimal(&Sha256::digest(&there.text)),
        is_same: there.is_same,
        changed_at: there.changed_at_ms,
    }
}
