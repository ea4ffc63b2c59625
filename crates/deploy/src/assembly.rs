//! An assembly on disk: its stacks, what each waits for, and the files that they need.
//!
//! Format: `@aws-cdk/cloud-assembly-schema`. Artifacts of other types and unknown properties are left alone.

mod controls;
mod place;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value as Json;

pub use self::controls::Control;
pub(crate) use self::place::Place;

/// An assembly.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    /// Its stacks, and those of assemblies in it.
    pub stacks: Vec<Stack>,
}

/// What is wrong with an assembly, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}`: {what}", file.display())]
pub struct AssemblyFault {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub what: String,
}

/// A stack that an assembly wants.
#[derive(Clone, Debug)]
pub struct Stack {
    /// What it is called in the assembly, with its stage before it, such as `Prod/Api`.
    pub id: String,
    /// What it is called in CloudFormation.
    pub name: String,
    /// The account that it is for, where the assembly says so.
    pub account: Option<String>,
    /// Its Region, where the assembly says so.
    pub region: Option<String>,
    /// Its template.
    pub template: Template,
    /// Values of parameters that the assembly gives.
    pub parameters: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected from being deleted.
    pub is_protected: bool,
    /// The role that speaks to CloudFormation.
    pub deploy_role: Option<Role>,
    /// The role that CloudFormation takes, with placeholders.
    pub execution_role: Option<String>,
    /// The version of the bootstrap that it needs; none if it needs none.
    pub bootstrap_version: Option<u64>,
    /// The parameter of Systems Manager that says which version there is.
    pub bootstrap_parameter: Option<String>,
    /// The ids of stacks that it waits for.
    pub dependencies: BTreeSet<String>,
    /// The files that it needs.
    pub assets: Vec<Asset>,
    /// The container images that it needs.
    pub images: Vec<Image>,
    /// Construct paths by logical id.
    pub paths: BTreeMap<String, String>,
}

/// The template of a stack.
#[derive(Clone, Debug)]
pub struct Template {
    /// Where it is.
    pub file: PathBuf,
    /// Its bytes.
    pub text: String,
    /// What they say.
    pub json: Json,
}

/// A file or folder that a stack needs in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// What it is called; mostly the hash of its contents.
    pub id: String,
    /// Where it is.
    pub source: PathBuf,
    /// How it is brought there.
    pub packaging: Packaging,
    /// Where it belongs.
    pub destinations: Vec<Destination>,
}

/// A container image that a stack needs in a repository. It is not built here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    /// What it is called; mostly the hash of what it is made of.
    pub id: String,
    /// The file that says how it is made.
    pub manifest: PathBuf,
}

/// How an asset is brought to its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Packaging {
    /// As it is.
    File,
    /// As a zip of the folder.
    Zip,
    /// Not by us: a command makes it, and `source` is the file that says which.
    Made,
}

/// Where an asset belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The bucket, with placeholders.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its Region, where it is not that of the stack.
    pub region: Option<String>,
    /// The role that may write there.
    pub role: Option<Role>,
}

/// A role that is assumed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    /// Its ARN, with placeholders.
    pub arn: String,
    /// What the role may ask to be told of who assumes it.
    pub external_id: Option<String>,
}

impl Template {
    /// The resources that it declares.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Json)> {
        resources(&self.json)
    }

    /// The default of a parameter; none where there is no such parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&Json> {
        self.json["Parameters"].get(name)
    }

    /// The names of its parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.json["Parameters"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }
}

/// The resources of a template.
pub(crate) fn resources(template: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.map(|(id, resource)| (id.as_str(), resource))
}

impl Stack {
    /// The construct path of a resource; its logical id where the assembly does not say it.
    #[must_use]
    pub fn path<'s>(&'s self, logical_id: &'s str) -> &'s str {
        self.paths.get(logical_id).map_or(logical_id, |path| path)
    }

    /// The assets that must be in their buckets: not its own template, which is sent with the request where it can be.
    pub(crate) fn assets_needed(&self) -> impl Iterator<Item = &Asset> {
        let is_sent = self.template.text.len() <= TEMPLATE_BYTES_MAX;
        self.assets.iter().filter(move |asset| !(is_sent && asset.source == self.template.file))
    }

    /// Where its template is put when it is too large to be sent.
    pub(crate) fn template_asset(&self) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.source == self.template.file)
    }
}

/// The largest template that is sent with a request, in bytes (CloudFormation User Guide, quotas).
pub(crate) const TEMPLATE_BYTES_MAX: usize = 51_200;
