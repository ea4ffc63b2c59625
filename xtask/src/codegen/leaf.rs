//! What a single node of a schema says: its type, its meaning, its values.

use serde_json::Value as Node;

use super::model::{Format, Type};
use super::schema::{allows, properties};
use super::text;

/// More values than this are a catalogue rather than a choice, and stay text.
const MOST_VALUES: usize = 64;

/// What a node says about itself.
pub(crate) fn summary(node: &Node) -> Option<String> {
    text::summary(node["description"].as_str()?)
}

/// The type of a value that is neither list nor known object.
pub(crate) fn scalar(node: &Node) -> Type {
    if let Some(format) = format(node) {
        return Type::Kind(format);
    }
    match node["type"].as_str() {
        Some("string") => Type::Text,
        Some("integer") => Type::Integer,
        Some("number") => Type::Number,
        Some("boolean") => Type::Bool,
        _ if only_scalars(node) => Type::Text,
        _ => Type::Json,
    }
}

/// Whether a node allows texts besides numbers or booleans, but no object and no list.
fn only_scalars(node: &Node) -> bool {
    allows(node, "string") && !allows(node, "object") && !allows(node, "array")
}

/// The resource attribute that a node's text is.
pub(crate) fn format(node: &Node) -> Option<Format> {
    Format::parse(node["format"].as_str()?)
}

/// The format of the items of a list with such a format: `AWS::EC2::Subnet.Ids` lists `AWS::EC2::Subnet.Id`.
pub(crate) fn singular(format: Format) -> Format {
    let attribute = format.attribute.trim_end_matches('s').to_owned();
    Format { attribute, ..format }
}

/// The shared tag: each schema has its own definition of the same thing.
pub(crate) fn is_tag(name: &str, definition: &Node) -> bool {
    name.ends_with("Tag") && properties(definition).into_keys().eq(["Key", "Value"])
}

/// The values' node of an object with free names.
pub(crate) fn map_value(node: &Node) -> Option<&Node> {
    let patterns: Vec<&Node> = node["patternProperties"].as_object()?.values().collect();
    match patterns.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// The values of a closed set of texts.
pub(crate) fn choice(node: &Node) -> Option<Vec<&str>> {
    let values: Option<Vec<&str>> = node["enum"].as_array()?.iter().map(Node::as_str).collect();
    values.filter(|values| (1..=MOST_VALUES).contains(&values.len()))
}
