//! A place in a design: a stack, a resource, or a property, and the questions that a rule may ask there.

use crate::answer::{Answer, Unknown};
use crate::stack::{Declared, Stack};
use crate::value::{Reference, Value};

/// A resource with its stack.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'d> {
    /// The stack that declares it.
    pub stack: &'d Stack,
    /// What the template says of it.
    pub declared: &'d Declared,
}

/// A property of a resource, with every value that it may have; or a whole resource or stack.
#[derive(Debug, Clone)]
pub struct Place<'d> {
    /// The stack.
    pub stack: &'d Stack,
    /// The resource; `None` for the stack itself.
    pub resource: Option<&'d Declared>,
    /// Keys and positions below the resource's properties, such as `Rules[0].Status`; empty for all of it.
    pub path: String,
    /// What it may be: one value, or several where a condition is not known.
    values: Vec<Found<'d>>,
}

/// What a property may be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Found<'d> {
    /// It is not there.
    Nothing,
    /// It is there, and this.
    Is(&'d Value),
    /// Why it is not even known whether it is there.
    Perhaps(&'d Unknown),
}

impl<'d> Resource<'d> {
    /// The logical id.
    #[must_use]
    pub fn id(self) -> &'d str {
        &self.declared.id
    }

    /// The type.
    #[must_use]
    pub fn kind(self) -> &'d str {
        &self.declared.kind
    }

    /// The Region of its stack; empty where it is not known.
    #[must_use]
    pub fn region(self) -> &'d str {
        self.stack.region.as_deref().unwrap_or_default()
    }

    /// The resource as a whole.
    #[must_use]
    pub fn whole(self) -> Place<'d> {
        let values = alternatives(Some(&self.declared.properties));
        Place { stack: self.stack, resource: Some(self.declared), path: String::new(), values }
    }

    /// A property by its keys, such as `ServerlessV2ScalingConfiguration.MinCapacity`.
    #[must_use]
    pub fn at(self, keys: &str) -> Place<'d> {
        self.whole().at(keys)
    }

    /// A property with every value that it has when an operator gives other values to parameters that conditions rest
    /// on; absent where no parameter decides about the resource.
    #[must_use]
    pub fn open(self, keys: &str) -> Place<'d> {
        let values = alternatives(self.declared.planned.as_ref());
        Place { values, ..self.whole() }.at(keys)
    }

    /// What `Ref` of it is, or an attribute.
    #[must_use]
    pub fn reference(self, attribute: Option<&str>) -> Reference {
        Reference {
            stack: self.stack.index,
            resource: self.declared.id.clone(),
            attribute: attribute.map(str::to_owned),
        }
    }

    /// Whether this is the same resource of the same stack.
    #[must_use]
    pub fn is(self, other: Resource<'_>) -> bool {
        self.stack.index == other.stack.index && self.declared.id == other.declared.id
    }
}

impl Stack {
    /// The stack as a whole.
    #[must_use]
    pub fn whole(&self) -> Place<'_> {
        Place { stack: self, resource: None, path: String::new(), values: vec![Found::Nothing] }
    }
}

impl<'d> Place<'d> {
    /// A property below, by its keys.
    #[must_use]
    pub fn at(&self, keys: &str) -> Self {
        keys.split('.').fold(self.clone(), |place, key| place.below(key))
    }

    fn below(&self, key: &str) -> Self {
        let path =
            if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let values = self.values.iter().flat_map(|value| match *value {
            Found::Is(Value::Map(entries)) => alternatives(entries.get(key)),
            Found::Is(Value::Open(entries, why)) => match entries.get(key) {
                Some(entry) => alternatives(Some(entry)),
                None => vec![Found::Perhaps(why)],
            },
            Found::Is(Value::Unknown(why)) | Found::Perhaps(why) => vec![Found::Perhaps(why)],
            Found::Is(_) | Found::Nothing => vec![Found::Nothing],
        });
        Self { path, values: values.collect(), ..*self }
    }

    /// The one value that it has, whichever condition holds.
    #[must_use]
    pub fn value(&self) -> Answer<&'d Value> {
        let Some((first, rest)) = self.values.split_first() else { return Answer::Absent };
        if rest.iter().any(|value| value != first) {
            return Answer::Unknown(Unknown("it depends on a condition that is not known".into()));
        }
        match *first {
            Found::Nothing | Found::Is(Value::Null) => Answer::Absent,
            Found::Is(Value::Unknown(why)) | Found::Perhaps(why) => Answer::Unknown(why.clone()),
            Found::Is(value) => Answer::Known(value),
        }
    }

    /// Whether it is there at all.
    #[must_use]
    pub fn exists(&self) -> Answer<bool> {
        let perhaps = self.values.iter().find_map(|value| match value {
            Found::Perhaps(why) => Some((*why).clone()),
            Found::Nothing | Found::Is(_) => None,
        });
        if let Some(why) = perhaps {
            return Answer::Unknown(why);
        }
        let there = |value: &Found<'_>| value.is_there();
        match (self.values.iter().any(there), self.values.iter().all(there)) {
            (false, _) => Answer::Known(false),
            (true, true) => Answer::Known(true),
            (true, false) => {
                Answer::Unknown(Unknown("it depends on a condition that is not known".into()))
            }
        }
    }

    /// The place as it is when it is there at all.
    #[must_use]
    pub fn there(mut self) -> Self {
        self.values.retain(Found::is_there);
        self
    }

    /// A text; numbers and booleans are read as such.
    #[must_use]
    pub fn text(&self) -> Answer<String> {
        self.read("a text", |value| match value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(yes) => Some(yes.to_string()),
            _ => None,
        })
    }

    /// True or false, also as a text, as CloudFormation takes them.
    #[must_use]
    pub fn bool(&self) -> Answer<bool> {
        self.read("true or false", |value| match value {
            Value::Bool(yes) => Some(*yes),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// A number, also as a text.
    #[must_use]
    pub fn number(&self) -> Answer<f64> {
        self.read("a number", |value| match value {
            Value::Number(number) => number.as_f64(),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// What a resource of these templates will give.
    #[must_use]
    pub fn reference(&self) -> Answer<&'d Reference> {
        match self.value() {
            Answer::Known(Value::Reference(reference)) => Answer::Known(reference),
            Answer::Known(_) | Answer::Absent => Answer::Absent,
            Answer::Unknown(why) => Answer::Unknown(why),
        }
    }

    /// The items of a list; what is no list is a list of one.
    #[must_use]
    pub fn items(&self) -> Answer<Vec<Self>> {
        self.value().map(|value| match value {
            Value::List(items) => {
                items.iter().enumerate().map(|(index, item)| self.item(index, item)).collect()
            }
            _ => vec![self.clone()],
        })
    }

    fn item(&self, index: usize, item: &'d Value) -> Self {
        Self { path: format!("{}[{index}]", self.path), values: alternatives(Some(item)), ..*self }
    }

    /// The entries of an object, by key.
    #[must_use]
    pub fn entries(&self) -> Answer<Vec<(&'d str, Self)>> {
        match self.value() {
            Answer::Known(Value::Open(_, why)) => Answer::Unknown(why.clone()),
            answer => answer.map(|value| match value {
                Value::Map(entries) => {
                    entries.keys().map(|key| (key.as_str(), self.below(key))).collect()
                }
                _ => Vec::new(),
            }),
        }
    }

    /// The value as people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.value() {
            Answer::Absent => "nothing".into(),
            Answer::Known(value) => value.shown(),
            Answer::Unknown(_) => "unknown".into(),
        }
    }

    fn read<T>(&self, wanted: &str, read: impl Fn(&Value) -> Option<T>) -> Answer<T> {
        match self.value() {
            Answer::Absent => Answer::Absent,
            Answer::Unknown(why) => Answer::Unknown(why),
            Answer::Known(value) => read(value).map_or_else(
                || {
                    Answer::Unknown(Unknown(format!(
                        "`{}` is not known to be {wanted}",
                        value.shown()
                    )))
                },
                Answer::Known,
            ),
        }
    }
}

impl Found<'_> {
    fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing | Self::Is(Value::Null))
    }
}

/// Everything that a value may be.
fn alternatives(value: Option<&Value>) -> Vec<Found<'_>> {
    match value {
        Some(Value::Either(values)) => {
            values.iter().flat_map(|value| alternatives(Some(value))).collect()
        }
        // A macro that gives the whole of it, or nothing.
        Some(Value::Open(entries, why)) if entries.is_empty() => vec![Found::Perhaps(why)],
        None | Some(Value::Unset) => vec![Found::Nothing],
        Some(value) => vec![Found::Is(value)],
    }
}
