//! A stack: resources under logical ids chosen by the author, and what stands around them.
//!
//! Building a stack never fails. Mistakes (an id used twice, a reference that nothing resolves) are kept as
//! they are and reported, all at once, by [`assembly::render`](crate::assembly::render).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::json::Json;
use crate::resource::{Attributes, Handle, Resource};
use crate::value::{Expression, Target, Value};

/// Where a stack is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Account number, or none: the account of whoever deploys.
    pub account: Option<String>,
    /// Region name, such as `us-east-1`.
    pub region: String,
}

/// A string parameter of a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// What it decides.
    pub description: String,
    /// Value where the person deploying says nothing.
    pub default: String,
    /// The values that are accepted.
    pub allowed: Vec<String>,
}

/// A condition of a template: true where the parameter has the value.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Name of the parameter.
    pub parameter: String,
    /// Value at which the condition holds.
    pub equals: String,
}

/// A file that must be in the Region's asset bucket before the stack is deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asset {
    /// SHA-256 of the content, in lower-case hex.
    pub hash: String,
    /// What it is, for people.
    pub description: String,
}

impl Asset {
    /// Name of the file in the assembly's directory.
    pub fn file_name(&self) -> String {
        format!("asset.{}.zip", self.hash)
    }

    /// Key of the object in the asset bucket.
    pub fn object_key(&self) -> String {
        format!("{}.zip", self.hash)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) logical_id: Arc<str>,
    pub(crate) type_name: &'static str,
    pub(crate) properties: Json,
    pub(crate) attributes: Attributes,
}

#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) value: Json,
}

/// One stack: a template and how it is deployed.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Id in the assembly, shown to people and matched by the CDK CLI's patterns.
    pub id: Arc<str>,
    /// Name that CloudFormation knows it by.
    pub name: String,
    /// Where it is deployed.
    pub environment: Environment,
    /// First line of the template.
    pub description: String,
    /// Whether CloudFormation refuses to delete it.
    pub termination_protection: bool,
    /// Tags of the stack, which CloudFormation passes on to its resources.
    pub tags: BTreeMap<String, String>,
    /// Parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// Conditions by name.
    pub conditions: BTreeMap<String, Condition>,
    /// Ids of stacks that are deployed first, beyond those whose values this one imports.
    pub depends_on: BTreeSet<Arc<str>>,
    /// Files that its resources need.
    pub assets: BTreeSet<Asset>,
    /// What stands in the way of deploying; the CDK CLI prints it.
    pub warnings: Vec<String>,
    /// What the person deploying should know or do; the CDK CLI prints it.
    pub notes: Vec<String>,
    pub(crate) resources: Vec<Entry>,
    pub(crate) outputs: Vec<Output>,
}

impl Stack {
    /// An empty stack.
    pub fn new(id: &str, name: &str, environment: Environment, description: &str) -> Self {
        Self {
            id: id.into(),
            name: name.to_owned(),
            environment,
            description: description.to_owned(),
            termination_protection: false,
            tags: BTreeMap::new(),
            parameters: BTreeMap::new(),
            conditions: BTreeMap::new(),
            depends_on: BTreeSet::new(),
            assets: BTreeSet::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            resources: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Adds a resource.
    pub fn add<R: Resource>(&mut self, logical_id: &str, properties: R) -> Handle<R> {
        self.add_with(logical_id, properties, Attributes::default())
    }

    /// Adds a resource with attributes such as its deletion policy.
    #[expect(clippy::needless_pass_by_value, reason = "a resource is given away when it is added")]
    pub fn add_with<R: Resource>(
        &mut self,
        logical_id: &str,
        properties: R,
        attributes: Attributes,
    ) -> Handle<R> {
        let target = Target { stack: self.id.clone(), logical_id: logical_id.into() };
        self.resources.push(Entry {
            logical_id: target.logical_id.clone(),
            type_name: R::TYPE,
            properties: properties.to_json(),
            attributes,
        });
        Handle::new(target)
    }

    /// Adds an output, exported to the other stacks of the account and Region as `{stack name}:{name}`.
    pub fn output(&mut self, name: &str, description: &str, value: impl Into<Json>) {
        self.outputs.push(Output {
            name: name.to_owned(),
            description: description.to_owned(),
            value: value.into(),
        });
    }

    /// The value of a parameter.
    pub fn parameter<T>(&self, name: &str) -> Value<T> {
        Value::Expression(Expression::Parameter(name.to_owned()))
    }

    /// How many resources it has.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    pub(crate) fn has(&self, logical_id: &str) -> bool {
        self.resources.iter().any(|entry| &*entry.logical_id == logical_id)
    }

    pub(crate) fn export_name(&self, output: &str) -> String {
        format!("{}:{output}", self.name)
    }
}
