//! One stack as the text of its template, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value as Wire, json};

use crate::fault::{Fault, Problem};
use crate::json::Json;
use crate::resolve::{Export, Index, Resolver};
use crate::stack::{Entry, Output, Stack};
use crate::value::{Expression, Target};

/// A stack whose references are resolved; the exports that others need are still to be added.
pub(crate) struct Draft {
    sections: Map<String, Wire>,
    pub(crate) imports: BTreeSet<Export>,
    pub(crate) faults: Vec<Fault>,
}

/// Resolves a stack and checks what can be seen in it alone.
pub(crate) fn draft(index: &Index<'_>, stack: &Stack) -> Draft {
    let mut resolver = Resolver::new(index, stack);
    check_ids(&mut resolver, stack);
    let mut sections = header(stack);
    let resources = stack.resources.iter();
    let resources: Map<_, _> =
        resources.map(|entry| resource(&mut resolver, stack, entry)).collect();
    sections.insert("Resources".to_owned(), Wire::Object(resources));
    let outputs = stack.outputs.iter();
    let outputs: Map<_, _> =
        outputs.map(|output| self::output(&mut resolver, stack, output)).collect();
    sections.insert("Outputs".to_owned(), Wire::Object(outputs));
    Draft { sections, imports: resolver.imports, faults: resolver.faults }
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
            let (name, output) = self::output(&mut resolver, stack, &output);
            section(&mut draft.sections, "Outputs").insert(name, output);
        }
    }
    let mut sections = draft.sections;
    sections.retain(|_, section| section.as_object().is_none_or(|section| !section.is_empty()));
    let size = |name: &str| sections.get(name).and_then(Wire::as_object).map_or(0, Map::len);
    let sizes = [size("Resources"), size("Outputs"), size("Parameters")];
    let text = text(&Wire::Object(sections));
    resolver.place = None;
    check_quotas(&mut resolver, stack, sizes, &text);
    draft.faults.append(&mut resolver.faults);
    if draft.faults.is_empty() { Ok(text) } else { Err(draft.faults) }
}

/// JSON as the CDK writes it: indented by one space, members sorted, a line break at the end.
pub(crate) fn text(value: &Wire) -> String {
    let mut buffer = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut buffer, formatter);
    serde::Serialize::serialize(value, &mut serializer)
        .expect("writing JSON to memory cannot fail");
    buffer.push(b'\n');
    String::from_utf8(buffer).expect("serde_json writes UTF-8")
}

fn section<'a>(sections: &'a mut Map<String, Wire>, name: &str) -> &'a mut Map<String, Wire> {
    sections
        .get_mut(name)
        .and_then(Wire::as_object_mut)
        .expect("`draft` has made every section an object")
}

fn header(stack: &Stack) -> Map<String, Wire> {
    let parameters = stack.parameters.iter().map(|(name, parameter)| {
        let wire = json!({
            "AllowedValues": parameter.allowed,
            "Default": parameter.default,
            "Description": parameter.description,
            "Type": "String",
        });
        (name.clone(), wire)
    });
    let conditions = stack.conditions.iter().map(|(name, condition)| {
        (name.clone(), json!({"Fn::Equals": [{"Ref": condition.parameter}, condition.equals]}))
    });
    Map::from_iter([
        ("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09")),
        ("Conditions".to_owned(), Wire::Object(conditions.collect())),
        ("Description".to_owned(), json!(stack.description)),
        ("Parameters".to_owned(), Wire::Object(parameters.collect())),
    ])
}

fn resource(resolver: &mut Resolver<'_>, stack: &Stack, entry: &Entry) -> (String, Wire) {
    resolver.place = Some(entry.logical_id.clone());
    let mut wire = Map::from_iter([("Type".to_owned(), json!(entry.type_name))]);
    let mut put = |name: &str, value: Wire| wire.insert(name.to_owned(), value);
    match resolver.json(&entry.properties) {
        Wire::Object(properties) if properties.is_empty() => None,
        properties => put("Properties", properties),
    };
    let attributes = &entry.attributes;
    if let Some(policy) = attributes.deletion_policy {
        put("DeletionPolicy", json!(policy.name()));
    }
    if let Some(policy) = attributes.update_replace_policy {
        put("UpdateReplacePolicy", json!(policy.name()));
    }
    if let Some(condition) = &attributes.condition {
        resolver.check_condition(condition);
        put("Condition", json!(condition));
    }
    if !attributes.metadata.is_empty() {
        put("Metadata", Wire::Object(resolver.object(&attributes.metadata)));
    }
    match depends_on(resolver, stack, &attributes.depends_on).as_slice() {
        [] => None,
        [one] => put("DependsOn", json!(one)),
        many => put("DependsOn", json!(many)),
    };
    (entry.logical_id.to_string(), Wire::Object(wire))
}

fn depends_on(resolver: &mut Resolver<'_>, stack: &Stack, targets: &[Target]) -> Vec<String> {
    for target in targets {
        let logical_id = target.logical_id.to_string();
        if target.stack != stack.id {
            resolver.fault(Problem::ForeignDependency(logical_id));
        } else if !stack.has(&logical_id) {
            resolver.fault(Problem::Dangling { stack: stack.id.to_string(), logical_id });
        }
    }
    let ids: BTreeSet<String> =
        targets.iter().map(|target| target.logical_id.to_string()).collect();
    ids.into_iter().collect()
}

fn output(resolver: &mut Resolver<'_>, stack: &Stack, output: &Output) -> (String, Wire) {
    resolver.place = Some(Arc::from(output.name.as_str()));
    let wire = json!({
        "Description": output.description,
        "Export": {"Name": stack.export_name(&output.name)},
        "Value": resolver.json(&output.value),
    });
    (output.name.clone(), wire)
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

const DIVIDE: &str = "move some to another stack";
const SHORTEN: &str = "shorten it";

/// The quotas of a template, from CloudFormation's user guide, "Understand CloudFormation quotas".
fn check_quotas(
    resolver: &mut Resolver<'_>,
    stack: &Stack,
    [resources, outputs, parameters]: [usize; 3],
    text: &str,
) {
    if resources == 0 {
        resolver.fault(Problem::Empty);
    }
    let quotas = [
        ("resources", stack.resources.len(), 500, DIVIDE),
        ("outputs", outputs, 200, DIVIDE),
        ("parameters", parameters, 200, DIVIDE),
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
