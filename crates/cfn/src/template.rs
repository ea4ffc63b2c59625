//! One stack as the text of its template, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Wire;

use crate::fault::{Fault, Problem};
use crate::json::Json;
use crate::policy_size::{CHARACTERS_MAX, policy_size};
use crate::resolve::{Export, Index, Resolver};
use crate::resource::Attributes;
use crate::stack::{Entry, Output, Stack};
use crate::value::{Expression, Target};
use crate::writer::Writer;

/// A stack whose references are resolved; the exports that others need are still to be added.
pub(crate) struct Draft {
    resources: String,
    outputs: BTreeMap<String, String>,
    pub(crate) imports: BTreeSet<Export>,
    pub(crate) faults: Vec<Fault>,
}

/// Resolves a stack and checks what can be seen in it alone.
pub(crate) fn draft(index: &Index<'_>, stack: &Stack) -> Draft {
    let mut resolver = Resolver::new(index, stack);
    check_ids(&mut resolver, stack);
    let resources = resources(&mut resolver, stack);
    let outputs = stack.outputs.iter();
    let outputs = outputs.map(|output| self::output(&mut resolver, stack, output)).collect();
    Draft { resources, outputs, imports: resolver.imports, faults: resolver.faults }
}

/// Adds the outputs that other stacks import, then writes the text and checks the quotas.
pub(crate) fn finish(
    index: &Index<'_>,
    stack: &Stack,
    mut draft: Draft,
    exports: &BTreeSet<&Export>,
) -> Result<String, Vec<Fault>> {
    let mut resolver = Resolver::new(index, stack);
    for export in exports {
        let (name, declared) = index.export(export);
        if !declared {
            let output = exported(&name, export);
            draft.outputs.extend([self::output(&mut resolver, stack, &output)]);
        }
    }
    let text = assemble(&mut resolver, stack, &draft);
    resolver.place = None;
    check_quotas(&mut resolver, stack, draft.outputs.len(), &text);
    draft.faults.append(&mut resolver.faults);
    if draft.faults.is_empty() { Ok(text) } else { Err(draft.faults) }
}

/// JSON in the form of templates, for the files around them.
pub(crate) fn text(value: &Wire) -> String {
    let mut buffer = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut buffer, formatter);
    serde::Serialize::serialize(value, &mut serializer)
        .expect("writing JSON to memory cannot fail");
    buffer.push(b'\n');
    String::from_utf8(buffer).expect("serde_json writes UTF-8")
}

/// The sections that are not empty, by name.
fn assemble(resolver: &mut Resolver<'_>, stack: &Stack, draft: &Draft) -> String {
    let mut writer = Writer::default();
    writer.open(b'{');
    for (name, section) in header(stack) {
        writer.member(name);
        writer.value(resolver, &section);
    }
    if !draft.outputs.is_empty() {
        writer.member("Outputs");
        writer.open(b'{');
        draft.outputs.iter().for_each(|(name, output)| writer.raw_member(name, output));
        writer.close(b'}');
    }
    if !stack.parameters.is_empty() {
        writer.member("Parameters");
        writer.value(resolver, &parameters(stack));
    }
    writer.raw_member("Resources", &draft.resources);
    writer.close(b'}');
    writer.into_text() + "\n"
}

fn header(stack: &Stack) -> Vec<(&'static str, Json)> {
    let mut header = vec![("AWSTemplateFormatVersion", "2010-09-09".into())];
    if !stack.conditions.is_empty() {
        let conditions = stack.conditions.iter().map(|(name, condition)| {
            let parameter = Json::object([("Ref", condition.parameter.as_str().into())]);
            let equals = [parameter, condition.equals.as_str().into()].into();
            (name.clone(), Json::object([("Fn::Equals", equals)]))
        });
        header.push(("Conditions", Json::Object(conditions.collect())));
    }
    header.push(("Description", stack.description.as_str().into()));
    header
}

fn parameters(stack: &Stack) -> Json {
    let parameters = stack.parameters.iter().map(|(name, parameter)| {
        let members = Json::object([
            ("AllowedValues", Json::list(parameter.allowed.iter().map(String::as_str))),
            ("Default", parameter.default.as_str().into()),
            ("Description", parameter.description.as_str().into()),
            ("Type", "String".into()),
        ]);
        (name.clone(), members)
    });
    Json::Object(parameters.collect())
}

fn resources(resolver: &mut Resolver<'_>, stack: &Stack) -> String {
    let mut entries: Vec<&Entry> = stack.resources.iter().collect();
    entries.sort_by_key(|entry| &entry.logical_id);
    let mut writer = Writer::inside(1);
    writer.open(b'{');
    for entry in entries {
        resolver.place = Some(entry.logical_id.clone());
        writer.member(&entry.logical_id);
        check_policies(resolver, entry);
        resource(resolver, stack, entry, &mut writer);
    }
    writer.close(b'}');
    writer.into_text()
}

fn resource(resolver: &mut Resolver<'_>, stack: &Stack, entry: &Entry, writer: &mut Writer) {
    let Attributes { deletion_policy, update_replace_policy, depends_on, condition, metadata } =
        &entry.attributes;
    writer.open(b'{');
    let mut put = |name: &str, resolver: &mut Resolver<'_>, json: &Json| {
        writer.member(name);
        writer.value(resolver, json);
    };
    if let Some(condition) = condition {
        resolver.check_condition(condition);
        put("Condition", resolver, &condition.as_str().into());
    }
    if let Some(policy) = deletion_policy {
        put("DeletionPolicy", resolver, &policy.name().into());
    }
    if let Some(json) = self::depends_on(resolver, stack, depends_on) {
        put("DependsOn", resolver, &json);
    }
    if !metadata.is_empty() {
        put("Metadata", resolver, &Json::Object(metadata.clone()));
    }
    if !matches!(&entry.properties, Json::Object(properties) if properties.is_empty()) {
        put("Properties", resolver, &entry.properties);
    }
    put("Type", resolver, &entry.type_name.into());
    if let Some(policy) = update_replace_policy {
        put("UpdateReplacePolicy", resolver, &policy.name().into());
    }
    writer.close(b'}');
}

fn depends_on(resolver: &mut Resolver<'_>, stack: &Stack, targets: &[Target]) -> Option<Json> {
    for target in targets {
        let logical_id = target.logical_id.to_string();
        if target.stack != stack.id {
            resolver.fault(Problem::ForeignDependency(logical_id));
        } else if !stack.has(&logical_id) {
            resolver.fault(Problem::Dangling { stack: stack.id.to_string(), logical_id });
        }
    }
    let ids: BTreeSet<&str> = targets.iter().map(|target| &*target.logical_id).collect();
    match ids.first() {
        Some(one) if ids.len() == 1 => Some(Json::from(*one)),
        Some(_) => Some(Json::list(ids)),
        None => None,
    }
}

fn output(resolver: &mut Resolver<'_>, stack: &Stack, output: &Output) -> (String, String) {
    resolver.place = Some(Arc::from(output.name.as_str()));
    let members = Json::object([
        ("Description", output.description.as_str().into()),
        ("Export", Json::object([("Name", stack.export_name(&output.name).into())])),
        ("Value", output.value.clone()),
    ]);
    let mut writer = Writer::inside(2);
    writer.value(resolver, &members);
    (output.name.clone(), writer.into_text())
}

fn exported(name: &str, (target, attribute): &Export) -> Output {
    let expression = match attribute {
        Some(attribute) => Expression::GetAtt(target.clone(), attribute),
        None => Expression::Ref(target.clone()),
    };
    Output {
        name: name.to_owned(),
        description: "Imported by other stacks of this Region".to_owned(),
        value: Json::Expression(expression),
    }
}

fn check_ids(resolver: &mut Resolver<'_>, stack: &Stack) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &stack.resources {
        resolver.place = Some(entry.logical_id.clone());
        let uses = seen.entry(&entry.logical_id).or_default();
        *uses += 1;
        if *uses == 2 {
            resolver.fault(Problem::DuplicateId);
        }
        let letters_and_digits = entry.logical_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !letters_and_digits || !(1..=255).contains(&entry.logical_id.len()) {
            resolver.fault(Problem::InvalidId);
        }
    }
}

/// What a role may do, as far as it stands in the role.
fn check_policies(resolver: &mut Resolver<'_>, entry: &Entry) {
    let found =
        if entry.type_name == "AWS::IAM::Role" { policy_size(&entry.properties) } else { 0 };
    if found > CHARACTERS_MAX {
        let what = "characters of policies, about, in one role";
        resolver.fault(Problem::Quota { what, found, limit: CHARACTERS_MAX, remedy: LET_LESS });
    }
}

const DIVIDE: &str = "move some to another stack";
const SHORTEN: &str = "shorten it";
const LET_LESS: &str = "let it do less, or on fewer resources";

/// The quotas of a template, from CloudFormation's user guide, "Understand CloudFormation quotas".
fn check_quotas(resolver: &mut Resolver<'_>, stack: &Stack, outputs: usize, text: &str) {
    if stack.resources.is_empty() {
        resolver.fault(Problem::Empty);
    }
    let quotas = [
        ("resources", stack.resources.len(), 500, DIVIDE),
        ("outputs", outputs, 200, DIVIDE),
        ("parameters", stack.parameters.len(), 200, DIVIDE),
        ("dynamic references", text.matches("{{resolve:").count(), 60, DIVIDE),
        ("bytes of template", text.len(), 1_048_576, DIVIDE),
        ("characters in its name", stack.name.len(), 128, SHORTEN),
        ("bytes of description", stack.description.len(), 1_024, SHORTEN),
    ];
    for (what, found, limit, remedy) in quotas {
        if found > limit {
            resolver.fault(Problem::Quota { what, found, limit, remedy });
        }
    }
}
