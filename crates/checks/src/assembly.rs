//! The manifest of a CDK cloud assembly: which templates it has, for which stacks, and which assemblies are in it.
//!
//! Format: `@aws-cdk/cloud-assembly-schema`; artifacts of other types and unknown properties are left alone.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::document::{DocumentFault, parse};
use crate::regions::is_region_name;
use crate::source::Source;

/// What a manifest says.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Its stacks; a source's `file` is relative to the assembly, and its `text` is still to be read.
    pub stacks: Vec<Source>,
    /// Folders of assemblies inside, relative to this one.
    pub assemblies: Vec<String>,
}

/// A nested stack of a CDK template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// Logical id of the resource that it is.
    pub resource: String,
    /// Its template, relative to the assembly, or to the folder of the template.
    pub file: String,
}

/// Reads the manifest of an assembly.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn manifest(text: &str) -> Result<Manifest, DocumentFault> {
    let json = parse(text)?;
    let Some(artifacts) = json.get("artifacts").and_then(Json::as_object) else {
        return Err(DocumentFault {
            line: None,
            what: "there is no object `artifacts` in it".into(),
        });
    };
    let of_type = |kind: &'static str| {
        artifacts.iter().filter(move |(_, artifact)| artifact["type"].as_str() == Some(kind))
    };
    let mut stacks: Vec<Source> = Vec::new();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for (id, artifact) in of_type("aws:cloudformation:stack") {
        let stack = source(id, artifact)?;
        names.insert(id, stack.name.clone());
        stacks.push(stack);
    }
    for stack in &mut stacks {
        // Of what is waited for, only stacks matter, and they are called as people see them.
        stack.dependencies =
            stack.dependencies.iter().filter_map(|id| names.get(id.as_str()).cloned()).collect();
    }
    let folders = of_type("cdk:cloud-assembly").filter_map(|(_, artifact)| {
        artifact["properties"]["directoryName"].as_str().map(str::to_owned)
    });
    Ok(Manifest { stacks, assemblies: folders.collect() })
}

/// The nested stacks of a template whose files are told: by the CDK in metadata, or by a relative `TemplateURL`.
#[must_use]
pub fn nested(template: &Json) -> Vec<Nested> {
    let resources = template.get("Resources").and_then(Json::as_object).into_iter().flatten();
    let nested =
        resources.filter(|(_, json)| json["Type"].as_str() == Some("AWS::CloudFormation::Stack"));
    let with_file = nested.filter_map(|(id, json)| {
        let address = || {
            json.pointer("/Properties/TemplateURL")
                .filter(|url| !url.as_str().is_some_and(is_address))
        };
        let file = json.pointer("/Metadata/aws:asset:path").or_else(address)?.as_str()?;
        Some(Nested { resource: id.clone(), file: file.to_owned() })
    });
    with_file.collect()
}

/// Whether a text leads elsewhere, as `https://…` does.
fn is_address(text: &str) -> bool {
    text.contains("://")
}

fn source(id: &str, artifact: &Json) -> Result<Source, DocumentFault> {
    let properties = &artifact["properties"];
    let text = |json: &Json| json.as_str().map(str::to_owned);
    let (account, region) = environment(artifact["environment"].as_str().unwrap_or_default());
    let tags = properties["tags"].as_object().into_iter().flatten();
    let dependencies = artifact["dependencies"].as_array().into_iter().flatten();
    let file = properties["templateFile"].as_str().ok_or_else(|| DocumentFault {
        line: None,
        what: format!("the stack `{id}` has no `templateFile`"),
    })?;
    Ok(Source {
        file: file.to_owned(),
        text: String::new(),
        name: text(&artifact["displayName"]).unwrap_or_else(|| id.to_owned()),
        stack_name: text(&properties["stackName"]).unwrap_or_else(|| id.to_owned()),
        region,
        account,
        tags: tags
            .filter_map(|(tag, value)| Some((tag.clone(), text(value)?)))
            .collect::<BTreeMap<_, _>>(),
        // The CDK leaves it out where it is off.
        termination_protection: Some(
            properties["terminationProtection"].as_bool().unwrap_or(false),
        ),
        dependencies: dependencies.filter_map(text).collect(),
        parent: None,
    })
}

/// Account and Region of `aws://ACCOUNT/REGION`, where the assembly knows them.
fn environment(text: &str) -> (Option<String>, Option<String>) {
    let Some((account, region)) = text.strip_prefix("aws://").and_then(|rest| rest.split_once('/'))
    else {
        return (None, None);
    };
    let known = |word: &str, unknown: &str| (word != unknown).then(|| word.to_owned());
    let region = known(region, "unknown-region").filter(|region| is_region_name(region));
    (known(account, "unknown-account"), region)
}
