//! What stacks give to each other: exports, outputs, outputs of nested stacks, and what the CDK's custom resources
//! carry to other Regions.

use std::collections::BTreeMap;

use crate::stack::{Output, Stack};
use crate::value::Value;

/// What the stacks of a design give to each other.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Exports {
    /// Whether the stacks were asked; before that nothing can be said to be missing.
    asked: bool,
    /// Values of exports, by Region and name.
    by_name: Given<(String, String)>,
    /// Outputs of nested stacks: by place of the parent, the nested stack's logical id there, and the output.
    nested: Given<(usize, String, String)>,
    /// Outputs of stacks: by Region, the stack's name, and the output.
    outputs: Given<(String, String, String)>,
    /// Values that the CDK's custom resources carry to other Regions, by the names of their parameters.
    carried: Given<String>,
}

/// Values by a key, each with the account of the stack that gives it.
type Given<K> = BTreeMap<K, Vec<(Option<String>, Value)>>;

/// The type of the resource by which the CDK carries values to another Region.
const WRITER: &str = "Custom::CrossRegionExportWriter";

/// Why a value is not known that stacks give to each other in a circle, or in too many steps.
const RESTS: &str = "it rests on what other stacks give to each other";

impl Exports {
    /// What these stacks give.
    pub(crate) fn of(stacks: &[Stack]) -> Self {
        let mut exports = Self { asked: true, ..Self::default() };
        for stack in stacks {
            let parent = stack.parent.as_ref().and_then(|parent| {
                let index =
                    stacks[..stack.index].iter().rposition(|other| other.name == parent.stack)?;
                Some((index, parent.resource.as_str()))
            });
            for (id, output) in &stack.outputs {
                exports.add(stack, parent, id, output);
            }
            let writers = stack.resources.values().filter(|resource| resource.kind == WRITER);
            for (name, value) in writers.flat_map(|writer| carried(&writer.properties)) {
                add(&mut exports.carried, name.clone(), stack, value);
            }
        }
        exports
    }

    fn add(&mut self, stack: &Stack, parent: Option<(usize, &str)>, id: &str, output: &Output) {
        if let (Some(Value::Text(name)), Some(region)) = (&output.export, &stack.region) {
            add(&mut self.by_name, (region.clone(), name.clone()), stack, &output.value);
        }
        match (parent, stack.known_name(), &stack.region) {
            (Some((index, resource)), ..) => {
                let key = (index, resource.to_owned(), id.to_owned());
                add(&mut self.nested, key, stack, &output.value);
            }
            (None, Some(name), Some(region)) => {
                let key = (region.clone(), name.to_owned(), id.to_owned());
                add(&mut self.outputs, key, stack, &output.value);
            }
            _ => {}
        }
    }

    /// The same, without what was different before: that rests on itself, or on too many others.
    pub(crate) fn settled(mut self, before: &Self) -> Self {
        settle(&mut self.by_name, &before.by_name);
        settle(&mut self.nested, &before.nested);
        settle(&mut self.outputs, &before.outputs);
        settle(&mut self.carried, &before.carried);
        self
    }

    /// An export.
    pub(super) fn export(&self, region: &str, account: Option<&str>, name: &str) -> Value {
        let key = (region.to_owned(), name.to_owned());
        given(&self.by_name, &key, account).unwrap_or_else(|| {
            self.missing(format!("no template of {region} here exports `{name}`"))
        })
    }

    /// An output of a stack, by Region, stack and output.
    pub(super) fn output(&self, key: &(String, String, String), account: Option<&str>) -> Value {
        let (region, stack, output) = key;
        given(&self.outputs, key, account).unwrap_or_else(|| {
            self.missing(format!("no template of {region} here is `{stack}` with `{output}`"))
        })
    }

    /// An output of a nested stack, by its parent's place and its logical id there.
    pub(super) fn nested(&self, parent: usize, resource: &str, output: &str) -> Value {
        let key = (parent, resource.to_owned(), output.to_owned());
        given(&self.nested, &key, None).unwrap_or_else(|| {
            self.missing(format!("no template here is that of `{resource}` with `{output}`"))
        })
    }

    /// What the CDK carries under a name, if it carries that.
    pub(super) fn carried(&self, name: &str, account: Option<&str>) -> Option<Value> {
        given(&self.carried, &name.to_owned(), account)
    }

    fn missing(&self, why: String) -> Value {
        Value::unknown(if self.asked { why } else { RESTS.to_owned() })
    }
}

fn add<K: Ord>(given: &mut Given<K>, key: K, stack: &Stack, value: &Value) {
    given.entry(key).or_default().push((stack.account.clone(), value.clone().carried()));
}

/// What stacks of this account, or of one that is not known, give.
fn given<K: Ord>(given: &Given<K>, key: &K, account: Option<&str>) -> Option<Value> {
    let may_be_of = |of: Option<&str>| of.is_none() || account.is_none() || of == account;
    let all = given.get(key)?.iter();
    let mut values = all.filter(|(of, _)| may_be_of(of.as_deref())).map(|(_, value)| value);
    let first = values.next()?;
    Some(if values.all(|other| other == first) {
        first.clone()
    } else {
        Value::unknown("several stacks give it, with different values")
    })
}

fn settle<K: Ord>(now: &mut Given<K>, before: &Given<K>) {
    for (key, values) in now {
        if before.get(key) != Some(values) {
            values.iter_mut().for_each(|(_, value)| *value = Value::unknown(RESTS));
        }
    }
}

/// What a writer of the CDK carries, by name.
fn carried(writer: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let exports = writer.get("WriterProps").and_then(|properties| properties.get("exports"));
    let exports = match exports {
        Some(Value::Map(exports)) => Some(exports),
        _ => None,
    };
    exports.into_iter().flatten()
}
