//! Intrinsics worked out as far as they can be before deployment.
//!
//! Parameters count with their defaults, conditions where they follow from those. What only a deployment could say
//! stays unknown, with the reason.

mod condition;
mod exports;
mod mapping;
mod parameter;
mod partition;
mod placeholder;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::answer::Unknown;
use crate::value::{Reference, Value};

pub(crate) use self::condition::Conditions;
pub(crate) use self::exports::Exports;
pub(crate) use self::partition::partition;
pub(crate) use self::placeholder::{ACCOUNT, same_text, without_accounts};

/// What a stack's intrinsics are worked out with.
pub(crate) struct Scope<'t> {
    /// Place of the stack in the design.
    pub(crate) stack: usize,
    /// The whole template.
    pub(crate) template: &'t Json,
    /// Name of the deployed stack, where it is known.
    pub(crate) stack_name: Option<&'t str>,
    /// Its Region.
    pub(crate) region: Option<&'t str>,
    /// Its account.
    pub(crate) account: Option<&'t str>,
    /// Values of parameters that a parent stack gives, as far as they are known.
    pub(crate) arguments: &'t Value,
    /// What other stacks export.
    pub(crate) exports: &'t Exports,
    /// The template's conditions.
    pub(crate) conditions: &'t Conditions,
    /// Parameters that conditions compare with the Region.
    pub(crate) regional: &'t BTreeSet<String>,
    /// Whether parameters count with their defaults.
    pub(crate) defaults: Defaults,
}

/// What the defaults of parameters are to their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defaults {
    /// They are the values.
    Count,
    /// They are nothing, so that what an operator may choose stays open; but of a parameter that conditions compare with
    /// the Region: that tells the Regions of one template apart, and is no choice.
    Open,
}

impl Scope<'_> {
    /// The value of an expression; `None` if it is `AWS::NoValue`, so that what it is the value of is not there.
    pub(crate) fn value(&self, json: &Json) -> Option<Value> {
        Some(match json {
            Json::Null => Value::Null,
            Json::Bool(yes) => Value::Bool(*yes),
            Json::Number(number) => Value::Number(number.clone()),
            Json::String(text) => text::literal(text),
            Json::Array(items) => {
                Value::List(items.iter().filter_map(|item| self.value(item)).collect())
            }
            Json::Object(entries) => return self.object(entries),
        })
    }

    /// The value of an expression that must be there.
    fn required(&self, json: &Json) -> Value {
        self.value(json)
            .unwrap_or_else(|| Value::unknown("`AWS::NoValue` stands where a value must be"))
    }

    fn object(&self, entries: &Map<String, Json>) -> Option<Value> {
        if entries.len() == 1
            && let Some((name, argument)) = entries.iter().next()
            && (name.starts_with("Fn::")
                || name == "Ref"
                || name == "Condition" && argument.is_string())
        {
            return self.intrinsic(name, argument);
        }
        // A loop: for each level a chain of iterators takes three times its stack in a debug build.
        let mut known = BTreeMap::new();
        for (key, value) in entries {
            if !key.starts_with("Fn::")
                && let Some(value) = self.value(value)
            {
                known.insert(key.clone(), value);
            }
        }
        let function = entries.keys().find(|key| key.starts_with("Fn::"));
        Some(match function {
            Some(function) => Value::Open(known, at_deployment(function)),
            None => Value::Map(known),
        })
    }

    fn intrinsic(&self, name: &str, argument: &Json) -> Option<Value> {
        Some(match name {
            "Ref" => return self.reference(argument),
            "Fn::If" => return self.choice(argument),
            "Fn::GetAtt" => self.attribute(argument),
            "Fn::Sub" => self.substituted(argument),
            "Fn::Join" => self.joined(argument),
            "Fn::Select" => self.selected(argument),
            "Fn::Split" => self.split(argument),
            "Fn::FindInMap" => self.found_in_map(argument),
            "Fn::ImportValue" => self.imported(argument),
            "Fn::GetStackOutput" => self.output(argument),
            "Condition" => Value::unknown("a condition stands where a value must be"),
            other if is_macro(other) => Value::Open(BTreeMap::new(), at_deployment(other)),
            other => Value::Unknown(at_deployment(other)),
        })
    }

    fn reference(&self, argument: &Json) -> Option<Value> {
        let Some(name) = argument.as_str() else {
            return Some(Value::unknown("`Ref` names nothing"));
        };
        if name == "AWS::NoValue" {
            return None;
        }
        Some(self.named(name))
    }

    /// What `Ref` or `${NAME}` gives.
    fn named(&self, name: &str) -> Value {
        match name {
            "AWS::Region" => of_region(self.region),
            "AWS::AccountId" => Value::Text(self.account.unwrap_or(ACCOUNT).to_owned()),
            "AWS::Partition" => of_region(self.region.map(partition)),
            "AWS::URLSuffix" => of_region(self.region.map(partition::url_suffix)),
            "AWS::StackName" => self.stack_name.map_or_else(
                // As if a resource gave it: nobody knows it, and it is the same wherever this stack says it.
                || {
                    Value::Reference(Reference {
                        stack: self.stack,
                        resource: name.to_owned(),
                        attribute: None,
                    })
                },
                |stack_name| Value::Text(stack_name.to_owned()),
            ),
            _ if name.starts_with("AWS::") => {
                Value::unknown(format!("only a deployment knows `{name}`"))
            }
            _ => self.parameter(name).unwrap_or_else(|| self.resource(name, None)),
        }
    }

    /// What a resource gives; of a nested stack, what that puts out; of a reader of the CDK, what was carried to it.
    fn given(&self, resource: &str, attribute: &str) -> Value {
        if let Some(carried) = self.exports.carried(attribute, self.account) {
            return carried;
        }
        match attribute.strip_prefix("Outputs.").filter(|_| self.is_nested(resource)) {
            Some(output) => self.exports.nested(self.stack, resource, output),
            None => self.resource(resource, Some(attribute.to_owned())),
        }
    }

    fn is_nested(&self, resource: &str) -> bool {
        let resource = self.template.get("Resources").and_then(|all| all.get(resource));
        let kind = resource.and_then(|resource| resource.get("Type")?.as_str());
        kind.is_some_and(|kind| NESTING.contains(&kind))
    }

    /// A resource of this template, or something that it will give.
    fn resource(&self, name: &str, attribute: Option<String>) -> Value {
        match self.template.get("Resources").and_then(|resources| resources.get(name)) {
            Some(_) => Value::Reference(Reference {
                stack: self.stack,
                resource: name.to_owned(),
                attribute,
            }),
            None => Value::unknown(format!("nothing in this template is called `{name}`")),
        }
    }

    fn attribute(&self, argument: &Json) -> Value {
        let (resource, attribute) = match argument {
            Json::String(text) => match text.split_once('.') {
                Some(parts) => parts,
                None => return Value::unknown("`Fn::GetAtt` names no attribute"),
            },
            Json::Array(parts) => match (parts.first().and_then(Json::as_str), parts.get(1)) {
                (Some(resource), Some(Json::String(attribute))) => (resource, attribute.as_str()),
                (Some(_), Some(_)) => {
                    return Value::unknown("the attribute's name is worked out at deployment");
                }
                _ => return Value::unknown("`Fn::GetAtt` names no attribute"),
            },
            _ => return Value::unknown("`Fn::GetAtt` names no attribute"),
        };
        self.given(resource, attribute)
    }

    fn choice(&self, argument: &Json) -> Option<Value> {
        let Some([Json::String(name), then, otherwise]) = argument.as_array().map(Vec::as_slice)
        else {
            return Some(Value::unknown("`Fn::If` wants a condition and two values"));
        };
        match self.conditions.get(name) {
            Ok(true) => self.value(then),
            Ok(false) => self.value(otherwise),
            Err(_) => Some(either([self.value(then), self.value(otherwise)])),
        }
    }

    fn selected(&self, argument: &Json) -> Value {
        let Some([index, list]) = argument.as_array().map(Vec::as_slice) else {
            return Value::unknown("`Fn::Select` wants an index and a list");
        };
        let index = match self.required(index) {
            Value::Number(number) => number.as_u64(),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        };
        if let (Some(index), Some(_)) = (index, list.get("Fn::GetAZs")) {
            return Value::Text(placeholder::zone(index));
        }
        match (index.and_then(|index| usize::try_from(index).ok()), self.required(list)) {
            (Some(index), Value::List(items)) => match items.into_iter().nth(index) {
                Some(item) => item,
                None => Value::unknown("`Fn::Select` names an item that the list does not have"),
            },
            (_, Value::Unknown(why)) => Value::Unknown(why),
            _ => Value::unknown("only a deployment knows the list of `Fn::Select`"),
        }
    }

    /// An output of a stack, of this Region unless another is named.
    fn output(&self, argument: &Json) -> Value {
        let part = |key: &str| argument.get(key).map(|part| self.required(part));
        let region = match part("Region") {
            None => self.region.map(str::to_owned),
            Some(Value::Text(region)) => Some(region),
            Some(_) => None,
        };
        let (stack, output) = (part("StackName"), part("OutputName"));
        let (Some(Value::Text(stack)), Some(Value::Text(output)), Some(region)) =
            (stack, output, region)
        else {
            return Value::unknown("only a deployment knows which output is meant");
        };
        self.exports.output(&(region, stack, output), self.account)
    }

    fn imported(&self, argument: &Json) -> Value {
        match (self.required(argument), self.region) {
            (Value::Text(name), Some(region)) => self.exports.export(region, self.account, &name),
            (Value::Unknown(why), _) => Value::Unknown(why),
            _ => Value::unknown("only a deployment knows the name of the export"),
        }
    }
}

/// What follows from the Region, where that is known.
fn of_region(follows: Option<&str>) -> Value {
    match follows {
        Some(text) => Value::Text(text.to_owned()),
        None => Value::unknown("the Region of this template is not known"),
    }
}

/// Types of resources that are stacks of their own.
pub(crate) const NESTING: [&str; 2] =
    ["AWS::CloudFormation::Stack", "AWS::Serverless::Application"];

/// Whether a function may give anything: also keys beside it, or nothing at all.
fn is_macro(function: &str) -> bool {
    function == "Fn::Transform" || function.starts_with("Fn::ForEach::")
}

fn at_deployment(function: &str) -> Unknown {
    Unknown(format!("only a deployment works out `{function}`"))
}

/// One of two values, as flat as it can be.
fn either(branches: [Option<Value>; 2]) -> Value {
    let mut values = Vec::new();
    for branch in branches {
        match branch {
            Some(Value::Either(more)) => values.extend(more),
            other => values.push(other.unwrap_or(Value::Unset)),
        }
    }
    values.dedup();
    if values.len() == 1 { values.remove(0) } else { Value::Either(values) }
}
