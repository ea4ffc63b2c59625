//! What stacks give to each other.

use std::collections::BTreeMap;

use crate::stack::Stack;
use crate::value::Value;

/// What stacks give to each other.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    /// Values of exports, by Region and name.
    pub(super) by_name: BTreeMap<(String, String), Value>,
    /// Outputs of nested stacks: by place of the parent, the nested stack's logical id there, and the output.
    pub(super) nested: BTreeMap<(usize, String, String), Value>,
    /// Outputs of stacks: by Region, the stack's name, and the output.
    pub(super) outputs: BTreeMap<(String, String, String), Value>,
    /// Values that the CDK's custom resources carry to other Regions, by the names of their parameters.
    pub(super) carried: BTreeMap<String, Value>,
}

/// The type of the resource by which the CDK carries values to another Region.
const WRITER: &str = "Custom::CrossRegionExportWriter";

impl Exports {
    /// What these stacks give.
    pub(crate) fn of(stacks: &[Stack]) -> Self {
        let mut exports = Self::default();
        for stack in stacks {
            let parent = stack.parent.as_ref().and_then(|parent| {
                Some((
                    stacks[..stack.index].iter().rposition(|other| other.name == parent.stack)?,
                    parent.resource.clone(),
                ))
            });
            for (id, output) in &stack.outputs {
                if let (Some(Value::Text(name)), Some(region)) = (&output.export, &stack.region) {
                    exports.by_name.insert((region.clone(), name.clone()), output.value.clone());
                }
                if let Some(region) = stack.region.as_ref().filter(|_| stacks.len() > 1) {
                    let key = (region.clone(), stack.stack_name.clone(), id.clone());
                    exports.outputs.insert(key, output.value.clone());
                }
                if let Some((index, resource)) = &parent {
                    exports
                        .nested
                        .insert((*index, resource.clone(), id.clone()), output.value.clone());
                }
            }
            let writers = stack.resources.values().filter(|resource| resource.kind == WRITER);
            exports.carried.extend(writers.flat_map(|writer| carried(&writer.properties)));
        }
        exports
    }

    /// Whether nothing is given at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.outputs.is_empty()
            && self.carried.is_empty()
            && self.by_name.is_empty()
            && self.nested.is_empty()
    }
}

/// What a writer of the CDK carries, by name.
fn carried(writer: &Value) -> BTreeMap<String, Value> {
    let Value::Map(properties) = writer else { return BTreeMap::new() };
    let Some(Value::Map(properties)) = properties.get("WriterProps") else {
        return BTreeMap::new();
    };
    match properties.get("exports") {
        Some(Value::Map(exports)) => exports.clone(),
        _ => BTreeMap::new(),
    }
}
