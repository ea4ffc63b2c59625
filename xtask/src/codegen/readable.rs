//! What references to a resource yield: `Ref`, and the attributes of `Fn::GetAtt`.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Node;

use super::leaf::{scalar, summary};
use super::model::{Attribute, Format, Type};
use super::schema::{Schema, allows};
use super::{corrections, names};

/// Methods that every handle has: no attribute may have their names.
const METHODS: &[&str] = &["attribute", "clone", "logical_id", "new", "reference"];

/// The attributes of a resource type, by path.
pub(crate) fn attributes(schema: &Schema) -> Result<Vec<Attribute>> {
    let mut attributes = Vec::new();
    for path in schema.paths("readOnlyProperties") {
        if let Some(attribute) = attribute(schema, &path)? {
            ensure!(
                !METHODS.contains(&attribute.method.as_str()),
                "attribute `{path}` hides a method"
            );
            attributes.push(attribute);
        }
    }
    Ok(attributes)
}

/// Attributes nested deeper than this are states of states, which no template needs.
const DEEPEST: usize = 2;

/// `Fn::GetAtt` reads texts, numbers and lists of texts, and nothing inside lists.
fn attribute(schema: &Schema, path: &str) -> Result<Option<Attribute>> {
    let reachable = !path.contains('*') && path.split('/').count() <= DEEPEST;
    let Some(node) = schema.at(path)?.filter(|_| reachable) else { return Ok(None) };
    let Some(kind) = readable(schema, node)? else { return Ok(None) };
    let path = path.replace('/', ".");
    let doc = summary(node).unwrap_or_else(|| format!("`{path}`."));
    Ok(Some(Attribute { method: names::field(&path), doc, kind, path }))
}

fn readable(schema: &Schema, node: &Node) -> Result<Option<Type>> {
    let node = schema.resolved(node)?;
    if let Some(items) = node.get("items") {
        let items = schema.resolved(items)?;
        let text = allows(items, "string") && !allows(items, "object");
        return Ok(text.then(|| Type::List(Box::new(scalar(items)))));
    }
    Ok(Some(scalar(node)).filter(|kind| *kind != Type::Json))
}

/// What `Ref` yields: the primary identifier, where that is one property.
pub(crate) fn reference(schema: &Schema) -> Result<Type> {
    if let Some(correction) = corrections::reference(schema.type_name()?) {
        return Ok(Format::parse(correction).map_or(Type::Text, Type::Kind));
    }
    let identifier = schema.paths("primaryIdentifier");
    let [path] = identifier.as_slice() else {
        bail!("what `Ref` yields must be noted: the identifier is {identifier:?}")
    };
    let node = schema.at(path)?.with_context(|| format!("no `{path}`"))?;
    Ok(scalar(schema.resolved(node)?))
}
