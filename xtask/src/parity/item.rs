//! What an assembly is made of, for the purpose of comparison: resources and outputs.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::value;

/// Kind of an output; all others are resource types.
pub(crate) const OUTPUT: &str = "Output";

/// How names of template files end, the environment's suffix included.
const TEMPLATE: &str = "dev.template.json";

/// A resource or an output.
pub(crate) struct Item {
    /// Id of its stack, without the environment's suffix.
    pub(crate) stack: String,
    /// Resource type, or [`OUTPUT`].
    pub(crate) kind: String,
    /// Logical id.
    pub(crate) id: String,
    /// What the template says about it.
    pub(crate) body: Value,
}

impl Item {
    /// The value of a property, or of an attribute such as `DeletionPolicy`.
    pub(crate) fn property(&self, path: &str) -> Value {
        match value::read(&self.body["Properties"], path) {
            Value::Null => value::read(&self.body, path),
            value => value,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "`{}.{}` ({})", self.stack, self.id, self.kind)
    }
}

/// The items of the templates in a folder.
pub(crate) fn in_folder(folder: &Path) -> Result<Vec<Item>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let entry = entry?;
        let text = fs::read_to_string(entry.path())
            .with_context(|| format!("read {}", entry.path().display()))?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), text);
    }
    in_files(&files)
}

/// The items of the templates among an assembly's files.
pub(crate) fn in_files(files: &BTreeMap<String, String>) -> Result<Vec<Item>> {
    let manifest = files.get("manifest.json").map_or("{}", String::as_str);
    let manifest: Value = serde_json::from_str(manifest).context("parse manifest.json")?;
    let mut items = Vec::new();
    for (name, text) in files {
        let Some(stack) = name.strip_suffix(TEMPLATE) else { continue };
        let template: Value =
            serde_json::from_str(text).with_context(|| format!("parse {name}"))?;
        let tags = &manifest["artifacts"][format!("{stack}dev")]["properties"]["tags"];
        items.extend(resources(stack, &template, tags));
        items.extend(outputs(stack, &template));
    }
    Ok(items)
}

fn resources(stack: &str, template: &Value, tags: &Value) -> impl Iterator<Item = Item> {
    template["Resources"].as_object().into_iter().flatten().map(move |(id, body)| {
        let kind = body["Type"].as_str().unwrap_or_default().to_owned();
        let body = with_tags(body, tags);
        Item { stack: stack.to_owned(), kind, id: id.clone(), body }
    })
}

fn outputs(stack: &str, template: &Value) -> impl Iterator<Item = Item> {
    template["Outputs"].as_object().into_iter().flatten().map(move |(id, body)| Item {
        stack: stack.to_owned(),
        kind: OUTPUT.to_owned(),
        id: id.clone(),
        body: body.clone(),
    })
}

/// CloudFormation gives the tags of a stack to each of its resources.
fn with_tags(body: &Value, tags: &Value) -> Value {
    let mut body = body.clone();
    if let Some(tags) = tags.as_object() {
        let mut all: Vec<Value> =
            tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        all.extend(body["Properties"]["Tags"].as_array().into_iter().flatten().cloned());
        body["Properties"]["Tags"] = all.into();
    }
    body
}
