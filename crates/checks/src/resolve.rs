//! Intrinsics worked out as far as they can be before deployment.
//!
//! Parameters count with their defaults, conditions where they follow from those. What only a deployment could say
//! stays unknown, with the reason.

mod condition;
mod exports;
mod text;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::answer::Unknown;
use crate::compared;
use crate::value::{Reference, Value};

pub(crate) use self::condition::Conditions;
pub(crate) use self::exports::Exports;

/// What stands in texts for an account that is not known: the same in every stack, so that names can be compared.
pub(crate) const ACCOUNT: &str = "${AWS::AccountId}";

/// What a stack's intrinsics are worked out with.
pub(crate) struct Scope<'t> {
    /// Place of the stack in the design.
    pub(crate) stack: usize,
    /// The whole template.
    pub(crate) template: &'t Json,
    /// Name of the deployed stack.
    pub(crate) stack_name: &'t str,
    /// Its Region.
    pub(crate) region: Option<&'t str>,
    /// Its account.
    pub(crate) account: Option<&'t str>,
    /// Values of parameters that a parent stack gives.
    pub(crate) arguments: &'t BTreeMap<String, Value>,
    /// What other stacks export.
    pub(crate) exports: &'t Exports,
    /// The template's conditions.
    pub(crate) conditions: &'t Conditions,
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
            if let Some(value) = self.value(value) {
                known.insert(key.clone(), value);
            }
        }
        Some(Value::Map(known))
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
            other => Value::unknown(format!("only a deployment works out `{other}`")),
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
            "AWS::Region" => self.region.map_or_else(
                || Value::unknown("the Region of this template is not known"),
                |region| Value::Text(region.to_owned()),
            ),
            "AWS::AccountId" => Value::Text(self.account.unwrap_or(ACCOUNT).to_owned()),
            "AWS::Partition" => Value::Text(partition(self.region).to_owned()),
            "AWS::URLSuffix" => Value::Text(url_suffix(self.region).to_owned()),
            "AWS::StackName" => Value::Text(self.stack_name.to_owned()),
            _ if name.starts_with("AWS::") => {
                Value::unknown(format!("only a deployment knows `{name}`"))
            }
            _ => self.parameter(name).unwrap_or_else(|| self.resource(name, None)),
        }
    }

    fn parameter(&self, name: &str) -> Option<Value> {
        if let Some(given) = self.arguments.get(name) {
            return Some(given.clone());
        }
        let parameter = self.template.get("Parameters")?.get(name)?;
        let kind = parameter.get("Type").and_then(Json::as_str).unwrap_or("String");
        if kind.starts_with("AWS::SSM::Parameter") {
            return Some(Value::unknown(format!(
                "parameter `{name}` is read from SSM at deployment"
            )));
        }
        Some(match parameter.get("Default").filter(|_| self.takes_default(name)) {
            None => Value::unknown(format!("parameter `{name}` has no default")),
            Some(default) => {
                default_of(default, kind.starts_with("List<") || kind == "CommaDelimitedList")
            }
        })
    }

    fn takes_default(&self, parameter: &str) -> bool {
        let compared = || compared::of(self.template).into_iter();
        let names_region =
            || compared().any(|one| one.parameter == parameter && one.with == compared::REGION);
        self.defaults == Defaults::Count || names_region()
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
                Some((resource, attribute)) => (resource.to_owned(), attribute.to_owned()),
                None => return Value::unknown("`Fn::GetAtt` names no attribute"),
            },
            Json::Array(parts) => match (parts.first().and_then(Json::as_str), parts.get(1)) {
                (Some(resource), Some(Json::String(attribute))) => {
                    (resource.to_owned(), attribute.clone())
                }
                (Some(_), Some(_)) => {
                    return Value::unknown("the attribute's name is worked out at deployment");
                }
                _ => return Value::unknown("`Fn::GetAtt` names no attribute"),
            },
            _ => return Value::unknown("`Fn::GetAtt` names no attribute"),
        };
        let nested = attribute.strip_prefix("Outputs.").and_then(|output| {
            self.exports.nested.get(&(self.stack, resource.clone(), output.to_owned()))
        });
        let given = nested.or_else(|| self.exports.carried.get(&attribute));
        given.cloned().unwrap_or_else(|| self.resource(&resource, Some(attribute)))
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
            return Value::Text(zone(index));
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

    fn found_in_map(&self, argument: &Json) -> Value {
        let Some([map, first, second, options @ ..]) = argument.as_array().map(Vec::as_slice)
        else {
            return Value::unknown("`Fn::FindInMap` wants a map and two keys");
        };
        let keys = [map, first, second].map(|key| self.required(key));
        let [Value::Text(map), Value::Text(first), Value::Text(second)] = &keys else {
            let why = keys.into_iter().find_map(|key| match key {
                Value::Unknown(why) => Some(why),
                _ => None,
            });
            return Value::Unknown(
                why.unwrap_or_else(|| Unknown("a key of `Fn::FindInMap` is not known".into())),
            );
        };
        let found =
            self.template.get("Mappings").and_then(|maps| maps.get(map)?.get(first)?.get(second));
        let default = || options.first().and_then(|options| options.get("DefaultValue"));
        match found.or_else(default) {
            Some(value) => mapped(value),
            None => Value::unknown(format!("the mapping `{map}` has no `{first}` with `{second}`")),
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
        let key = (region, stack, output);
        self.exports.outputs.get(&key).cloned().unwrap_or_else(|| {
            let (region, stack, output) = key;
            Value::unknown(format!("no template of {region} here is `{stack}` with `{output}`"))
        })
    }

    fn imported(&self, argument: &Json) -> Value {
        match (self.required(argument), self.region) {
            (Value::Text(name), Some(region)) => {
                let export = self.exports.by_name.get(&(region.to_owned(), name.clone()));
                export.cloned().unwrap_or_else(|| {
                    Value::unknown(format!("no template of {region} here exports `{name}`"))
                })
            }
            (Value::Unknown(why), _) => Value::Unknown(why),
            _ => Value::unknown("only a deployment knows the name of the export"),
        }
    }
}

/// What stands for a zone that only a deployment names: the same word for the same zone of a Region.
fn zone(index: u64) -> String {
    format!("${{AWS::AvailabilityZone.{index}}}")
}

/// A value of a mapping, in which nothing is worked out.
fn mapped(json: &Json) -> Value {
    match json {
        Json::String(text) => text::literal(text),
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => Value::Number(number.clone()),
        Json::Array(items) => Value::List(items.iter().map(mapped).collect()),
        Json::Null | Json::Object(_) => Value::unknown("a mapping holds texts and lists only"),
    }
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

fn default_of(default: &Json, list: bool) -> Value {
    let text = match default {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    if !list {
        return text::literal(&text);
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Value::List(items.map(text::literal).collect())
}

/// The partition of a Region.
pub(crate) fn partition(region: Option<&str>) -> &'static str {
    match region {
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        Some(region) if region.starts_with("cn-") => "aws-cn",
        _ => "aws",
    }
}

fn url_suffix(region: Option<&str>) -> &'static str {
    if partition(region) == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
}
