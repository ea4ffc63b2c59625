//! A resource schema as AWS writes it: JSON with `$ref`s into its own definitions.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value as Node;

/// The schema of one resource type.
#[derive(Debug)]
pub(crate) struct Schema {
    root: Node,
}

impl Schema {
    /// Parses one.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(Self { root: serde_json::from_str(text)? })
    }

    /// Such as `AWS::EC2::VPCEndpoint`.
    pub(crate) fn type_name(&self) -> Result<&str> {
        self.root["typeName"].as_str().context("no `typeName`")
    }

    /// The resource itself: its node has `properties` as those of the definitions do.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// The definition that a node stands for, with its name.
    pub(crate) fn definition<'a>(&'a self, node: &'a Node) -> Result<Option<(&'a str, &'a Node)>> {
        let Some(reference) = node["$ref"].as_str() else {
            return Ok(None);
        };
        let Some(name) = reference.strip_prefix("#/definitions/") else {
            bail!("odd reference `{reference}`")
        };
        let node = self.root["definitions"].get(name);
        Ok(Some((name, node.with_context(|| format!("no definition `{name}`"))?)))
    }

    /// The node itself or the definition that it stands for, through any number of steps.
    pub(crate) fn resolved<'a>(&'a self, node: &'a Node) -> Result<&'a Node> {
        match self.definition(node)? {
            Some((_, definition)) => self.resolved(definition),
            None => Ok(node),
        }
    }

    /// The node at a path such as `Endpoint/Address`; `*` stands for the items of a list.
    pub(crate) fn at<'a>(&'a self, path: &str) -> Result<Option<&'a Node>> {
        let mut node = &self.root;
        for step in path.split('/') {
            let object = self.resolved(node)?;
            let next =
                if step == "*" { object.get("items") } else { object["properties"].get(step) };
            let Some(next) = next else { return Ok(None) };
            node = next;
        }
        Ok(Some(node))
    }

    /// Paths below `/properties/` in one of the lists such as `readOnlyProperties`, sorted.
    pub(crate) fn paths(&self, list: &str) -> Vec<String> {
        let paths = self.root[list].as_array().into_iter().flatten().filter_map(Node::as_str);
        let mut paths: Vec<String> =
            paths.map(|path| path.trim_start_matches("/properties/").to_owned()).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// The same, as the schema writes them.
    pub(crate) fn verbatim(&self, list: &str) -> Vec<String> {
        self.paths(list).into_iter().map(|path| format!("/properties/{path}")).collect()
    }
}

/// Members of an object node, sorted by name.
pub(crate) fn properties(node: &Node) -> BTreeMap<&str, &Node> {
    let members = node["properties"].as_object().into_iter().flatten();
    members.map(|(name, node)| (name.as_str(), node)).collect()
}

/// Whether a node allows a JSON type; nodes may list several.
pub(crate) fn allows(node: &Node, json_type: &str) -> bool {
    match &node["type"] {
        Node::String(only) => only == json_type,
        Node::Array(several) => several.iter().any(|one| one == json_type),
        _ => false,
    }
}

/// Whether a list of names in a node, such as `required`, has this one.
pub(crate) fn lists(node: &Node, list: &str, name: &str) -> bool {
    node[list].as_array().is_some_and(|names| names.iter().any(|one| one == name))
}
