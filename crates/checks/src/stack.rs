//! A stack as it would be deployed: its resources with their intrinsics worked out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::answer::Unknown;
use crate::compared::{self, Compared};
use crate::inputs::{self, Input};
use crate::resolve::{Conditions, Defaults, Exports, NESTING, Scope};
use crate::source::{Parent, Source};
use crate::uses::{self, Use};
use crate::value::Value;

/// The type of the resource by which the CDK takes values from another Region.
const READER: &str = "Custom::CrossRegionExportReader";

/// A stack of the design.
#[derive(Debug)]
pub struct Stack {
    /// Where it stands among the stacks.
    pub index: usize,
    /// Its name for people, as the assembly says, or the file's.
    pub name: String,
    /// The name of the deployed stack; empty where it is not known, and the parent's for a nested one.
    pub stack_name: String,
    /// The template's file, as it was given.
    pub file: String,
    /// Its Region, where it is known.
    pub region: Option<String>,
    /// Its account, where it is known.
    pub account: Option<String>,
    /// Tags of the stack, which CloudFormation passes on to resources.
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected against deletion, where an assembly says so.
    pub termination_protection: Option<bool>,
    /// Names of the stacks that are deployed before it.
    pub dependencies: Vec<String>,
    /// What it is nested in.
    pub parent: Option<Parent>,
    /// Resources that are, or may be, created, by logical id.
    pub resources: BTreeMap<String, Declared>,
    /// How many resources the template declares, created or not.
    pub declared: usize,
    /// Outputs, by logical id.
    pub outputs: BTreeMap<String, Output>,
    /// Macros that CloudFormation runs over the template, such as `AWS::Serverless-2016-10-31`; what they would add
    /// is not seen.
    pub transforms: Vec<String>,
    /// Types of resources that are not created only because parameters have their defaults.
    pub waiting: BTreeSet<String>,
    /// What it takes from other stacks.
    pub uses: Vec<Use>,
    /// The parameters that its conditions compare.
    pub compared: Vec<Compared>,
    /// What its resources rest on that is decided at deployment.
    pub inputs: BTreeSet<Input>,
}

/// A resource of a template.
#[derive(Debug)]
pub struct Declared {
    /// Its logical id.
    pub id: String,
    /// Its type, such as `AWS::S3::Bucket`.
    pub kind: String,
    /// Its path in a CDK app, such as `Storage/Bucket/Resource`.
    pub construct_path: Option<String>,
    /// Why it is not known whether it is created, where that is not known.
    pub doubt: Option<Unknown>,
    /// Why an operator may leave it out, where a parameter decides and its default says that it is created.
    pub optional: Option<Unknown>,
    /// Its properties.
    pub properties: Value,
    /// Its properties if every condition that rests on a parameter is left open; `None` where they are the same.
    pub planned: Option<Value>,
    /// What becomes of it when its stack goes.
    pub deletion_policy: Option<Value>,
    /// What becomes of it when it is replaced.
    pub update_replace_policy: Option<Value>,
    /// Logical ids of resources that are created before it.
    pub depends_on: Vec<String>,
}

/// An output of a template.
#[derive(Debug)]
pub struct Output {
    /// Its value.
    pub value: Value,
    /// The name that it is exported by.
    pub export: Option<Value>,
    /// Whether the template writes that name out, so that it is the same in every stack made from it.
    pub export_is_literal: bool,
}

impl Stack {
    /// The stack that a template makes, given what others export, and what its parent gives.
    pub(crate) fn new(
        index: usize,
        source: &Source,
        template: &Json,
        exports: &Exports,
        arguments: &Value,
    ) -> Self {
        let none = Conditions::default();
        let region = source.region.as_deref();
        let account = source.account.as_deref();
        let compared = compared::of(template);
        let regional = compared::regional(&compared);
        let scope = Scope {
            stack: index,
            template,
            stack_name: known_name(&source.stack_name, source.parent.as_ref()),
            region,
            account,
            arguments,
            exports,
            conditions: &none,
            regional: &regional,
            defaults: Defaults::Count,
        };
        let conditions = Conditions::of(&scope);
        let open = Conditions::of(&Scope { defaults: Defaults::Open, ..scope });
        let planned = (open != conditions).then_some(Scope { conditions: &open, ..scope });
        let scope = Scope { conditions: &conditions, ..scope };
        let resources: BTreeMap<_, _> = section(template, "Resources")
            .filter_map(|(id, json)| declared(&scope, planned.as_ref(), id, json))
            .collect();
        Self {
            index,
            name: source.name.clone(),
            stack_name: source.stack_name.clone(),
            file: source.file.clone(),
            region: source.region.clone(),
            account: source.account.clone(),
            tags: source.tags.clone(),
            termination_protection: source.termination_protection,
            dependencies: source.dependencies.clone(),
            parent: source.parent.clone(),
            declared: section(template, "Resources").count(),
            outputs: section(template, "Outputs")
                .filter_map(|(id, json)| output(&scope, id, json))
                .collect(),
            transforms: transforms(template),
            waiting: waiting(template, &conditions, &open),
            compared,
            inputs: inputs::of(template),
            uses: uses::of(&scope, |id| resources.contains_key(id)),
            resources,
        }
    }
}

impl Stack {
    /// Whether it takes anything from other stacks, or may.
    pub(crate) fn takes(&self) -> bool {
        let mut kinds = self.resources.values().map(|resource| resource.kind.as_str());
        let crosses = |kind: &str| NESTING.contains(&kind) || kind == READER;
        !self.uses.is_empty() || self.parent.is_some() || kinds.any(crosses)
    }

    /// The name of the deployed stack, where it is known: CloudFormation names nested ones.
    pub(crate) fn known_name(&self) -> Option<&str> {
        known_name(&self.stack_name, self.parent.as_ref())
    }
}

fn known_name<'s>(name: &'s str, parent: Option<&Parent>) -> Option<&'s str> {
    Some(name).filter(|name| !name.is_empty() && parent.is_none())
}

fn section<'t>(template: &'t Json, name: &str) -> impl Iterator<Item = (&'t String, &'t Json)> {
    template.get(name).and_then(Json::as_object).into_iter().flatten()
}

/// Types of resources whose conditions are false, and need not be when an operator gives values to parameters.
fn waiting(template: &Json, now: &Conditions, open: &Conditions) -> BTreeSet<String> {
    let is_waiting = |json: &&Json| {
        let condition = json.get("Condition").and_then(Json::as_str);
        condition.is_some_and(|name| now.get(name) == Ok(false) && open.get(name) != Ok(false))
    };
    let resources = section(template, "Resources").map(|(_, json)| json);
    let kinds = resources.filter(is_waiting).filter_map(|json| json.get("Type")?.as_str());
    kinds.map(str::to_owned).collect()
}

/// `None` for a resource that is not created.
fn declared(
    scope: &Scope<'_>,
    planned: Option<&Scope<'_>>,
    id: &str,
    json: &Json,
) -> Option<(String, Declared)> {
    let condition = json.get("Condition").and_then(Json::as_str);
    let doubt = match condition.map(|name| scope.conditions.get(name)) {
        Some(Ok(false)) => return None,
        Some(Err(why)) => Some(why),
        None | Some(Ok(true)) => None,
    };
    let open = planned.zip(condition).map(|(open, name)| open.conditions.get(name));
    let policy = |name| json.get(name).and_then(|policy| scope.value(policy));
    let properties = |scope: &Scope<'_>| properties(scope, json);
    let now = properties(scope);
    let planned = planned.map(properties).filter(|planned| *planned != now);
    let declared = Declared {
        id: id.to_owned(),
        kind: json.get("Type")?.as_str()?.to_owned(),
        construct_path: json
            .pointer("/Metadata/aws:cdk:path")
            .and_then(Json::as_str)
            .map(str::to_owned),
        doubt,
        optional: open.and_then(Result::err),
        properties: now,
        planned,
        deletion_policy: policy("DeletionPolicy"),
        update_replace_policy: policy("UpdateReplacePolicy"),
        depends_on: names(json.get("DependsOn")),
    };
    Some((id.to_owned(), declared))
}

fn properties(scope: &Scope<'_>, resource: &Json) -> Value {
    let all = resource.get("Properties").and_then(|all| scope.value(all));
    let all = all.unwrap_or_else(|| Value::Map(BTreeMap::new()));
    match (all, functions(resource).next()) {
        (Value::Map(known), Some(function)) => Value::Open(
            known,
            Unknown(format!("only a deployment runs `{function}` over the resource")),
        ),
        (all, _) => all,
    }
}

/// `None` for an output that is not made, or may not be.
fn output(scope: &Scope<'_>, id: &str, json: &Json) -> Option<(String, Output)> {
    if let Some(condition) = json.get("Condition").and_then(Json::as_str)
        && scope.conditions.get(condition) != Ok(true)
    {
        return None;
    }
    let value = scope.value(json.get("Value")?)?;
    let export = json.pointer("/Export/Name").and_then(|name| scope.value(name));
    let export_is_literal = json.pointer("/Export/Name").is_some_and(Json::is_string);
    Some((id.to_owned(), Output { value, export, export_is_literal }))
}

/// One name, or a list of them.
fn names(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::String(name)) => vec![name.clone()],
        Some(Json::Array(names)) => {
            names.iter().filter_map(Json::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// Macros of the whole template, loops over what it declares, and macros inside.
fn transforms(template: &Json) -> Vec<String> {
    let mut found = match template.get("Transform") {
        Some(Json::Array(macros)) => macros.iter().filter_map(macro_name).collect(),
        Some(one) => Vec::from_iter(macro_name(one)),
        None => Vec::new(),
    };
    found.retain(|name| name != "AWS::LanguageExtensions");
    found.extend(functions(template).cloned());
    let sections = template.as_object().into_iter().flat_map(serde_json::Map::values);
    found.extend(sections.flat_map(functions).cloned());
    let untyped = section(template, "Resources").filter(|(_, json)| json.get("Type").is_none());
    found.extend(untyped.flat_map(|(_, json)| functions(json)).cloned());
    found
}

/// The name of a macro, which may have parameters.
fn macro_name(json: &Json) -> Option<String> {
    json.as_str().or_else(|| json.get("Name")?.as_str()).map(str::to_owned)
}

/// The functions that stand where names are declared.
fn functions(json: &Json) -> impl Iterator<Item = &String> {
    let keys = json.as_object().into_iter().flat_map(serde_json::Map::keys);
    keys.filter(|key| key.starts_with("Fn::"))
}
