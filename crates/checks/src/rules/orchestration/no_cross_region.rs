//! Tasks of state machines that lie in another Region.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::answer::Answer;
use crate::design::Design;
use crate::document;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// A state machine calls nothing of another Region by itself.
    ///
    /// ## What is checked
    ///
    /// The definition of each `AWS::StepFunctions::StateMachine`: `Resource` of its tasks, and the arguments that
    /// name what is called (`FunctionName`, `QueueUrl`, `StateMachineArn`, `TopicArn`, `EventBusName`, `SecretId`),
    /// are not in another Region than the state machine.
    ///
    /// ## Why it hurts
    ///
    /// Step Functions has no integration across Regions. The definition is accepted at deployment and fails when it
    /// is used: in the takeover.
    ///
    /// ## What to change
    ///
    /// Let a function of the own Region make the call, with a client for the other Region, a short time-out, and a
    /// `Catch` that goes on without it.
    ///
    /// ## Source
    ///
    /// AWS Step Functions Developer Guide, "Accessing resources in other AWS accounts in Step Functions".
    "sfn-no-cross-region": Blocker, NoTakeover, Documented, Template;
    why: "the definition is accepted at deployment and fails when it is used, in the takeover";
    check
}

/// Arguments that name what a task calls.
const CALLED: [&str; 6] =
    ["EventBusName", "FunctionName", "QueueUrl", "SecretId", "StateMachineArn", "TopicArn"];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let machines = design.of("AWS::StepFunctions::StateMachine");
    for machine in machines.filter(|machine| !machine.region().is_empty()) {
        judge.subject();
        let (property, definition) = match definition(design, machine) {
            Answer::Known(definition) => definition,
            Answer::Absent => continue,
            Answer::Unknown(why) => {
                judge.cannot_judge(&machine.whole(), why);
                continue;
            }
        };
        let mut foreign = Vec::new();
        collect(&definition, machine.region(), &mut foreign);
        for (key, text, region) in foreign {
            judge.finding(
                &machine.at(property),
                format!("`{key}` is `{text}`, in {region}; the state machine is in {}", machine.region()),
                format!(
                    "call a function of {} that calls {region} with a short time-out, and go on without it",
                    machine.region()
                ),
            );
        }
    }
}

/// The definition as JSON, with references as people read them, and the property that it stands in.
fn definition(design: &Design, machine: Resource<'_>) -> Answer<(&'static str, Json)> {
    let place = machine.at("DefinitionString");
    let text = match place.value() {
        Answer::Unknown(why) => return Answer::Unknown(why),
        Answer::Known(value) => text_of(design, value),
        Answer::Absent => {
            return machine
                .at("Definition")
                .value()
                .map(|value| ("Definition", json(design, value)));
        }
    };
    let given = machine.at("DefinitionSubstitutions").entries().known().unwrap_or_default();
    let given: BTreeMap<&str, String> = given
        .into_iter()
        .filter_map(|(name, place)| Some((name, text_of(design, place.value().known()?))))
        .collect();
    let text =
        given.iter().fold(text, |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
    match document::parse(&text) {
        Ok(json) => Answer::Known(("DefinitionString", json)),
        Err(_) => Answer::Unknown(crate::Unknown("parts of the definition are not known".into())),
    }
}

/// The text with what is known, and the rest as people read it.
fn text_of(design: &Design, value: &Value) -> String {
    design.text(value).known().unwrap_or_else(|| value.shown())
}

fn json(design: &Design, value: &Value) -> Json {
    match value {
        Value::Map(entries) | Value::Open(entries, _) => {
            entries.iter().map(|(key, value)| (key.clone(), json(design, value))).collect()
        }
        Value::List(items) => items.iter().map(|item| json(design, item)).collect(),
        other => Json::String(text_of(design, other)),
    }
}

/// What is called in another Region: key, text, Region.
fn collect<'j>(json: &'j Json, own: &str, found: &mut Vec<(&'j str, &'j str, String)>) {
    match json {
        Json::Object(entries) => {
            for (key, value) in entries {
                let is_called = key == "Resource" || CALLED.contains(&key.as_str());
                if let Some(text) = value.as_str().filter(|_| is_called)
                    && let Some(region) = region(text).filter(|region| *region != own)
                {
                    found.push((key, text, region.to_owned()));
                }
                collect(value, own, found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, own, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The Region of an ARN or of a queue's URL.
fn region(text: &str) -> Option<&'static str> {
    let named = match text.strip_prefix("arn:") {
        Some(arn) => arn.split(':').nth(2)?,
        None => text.strip_prefix("https://sqs.")?.split('.').next()?,
    };
    topology::Region::find(named).map(topology::Region::name)
}
