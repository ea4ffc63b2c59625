//! A property after its intrinsics were worked out: what is known, what refers to another resource, what is unknown.

use std::collections::BTreeMap;

use serde_json::Number;

use crate::answer::Unknown;

/// A value of a template, as far as it can be known before deployment.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text that is known to the last letter. The account, where unknown, stands in it as `${AWS::AccountId}`; a
    /// zone that a deployment names as `${AWS::AvailabilityZone.0}`.
    Text(String),
    /// A text with parts that only a deployment knows; never one part alone.
    Pieces(Vec<Piece>),
    /// What a resource of these templates will give.
    Reference(Reference),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Map(BTreeMap<String, Value>),
    /// An object that may have more entries than these: why only a deployment knows them.
    Open(BTreeMap<String, Value>, Unknown),
    /// One of these: which, depends on a condition that is not known. A branch without a value is `Unset`.
    Either(Vec<Value>),
    /// A branch of `Either` in which the property is not there (`AWS::NoValue`).
    Unset,
    /// Only a deployment could say.
    Unknown(Unknown),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// These letters.
    Text(String),
    /// What a resource will give.
    Reference(Reference),
    /// Only a deployment could say.
    Unknown(Unknown),
}

/// A resource, or something that it will give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Place of its stack in the design.
    pub stack: usize,
    /// Its logical id.
    pub resource: String,
    /// The attribute, such as `Arn`; `None` for what `Ref` gives.
    pub attribute: Option<String>,
}

/// How long a value may be that one stack gives to another; CloudFormation takes parameters of 4,096 bytes.
const CARRIED_MAX: usize = 16 * 1024;
/// How deep it may be: a choice between lists of choices.
const CARRIED_DEPTH_MAX: u32 = 3;

impl Value {
    /// Something that cannot be known.
    #[must_use]
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown(Unknown(why.into()))
    }

    /// A text made of these parts, in its plainest form.
    #[must_use]
    pub fn from_pieces(pieces: Vec<Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, Piece::Text(text)) if text.is_empty() => {}
                (_, piece) => joined.push(piece),
            }
        }
        match joined.len() {
            0 => Self::Text(String::new()),
            1 => match joined.remove(0) {
                Piece::Text(text) => Self::Text(text),
                Piece::Reference(reference) => Self::Reference(reference),
                Piece::Unknown(why) => Self::Unknown(why),
            },
            _ => Self::Pieces(joined),
        }
    }

    /// An entry of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) | Self::Open(entries, _) => entries.get(key),
            _ => None,
        }
    }

    /// About how many letters it has as a part of a text.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Text(text) | Self::Unknown(Unknown(text)) => text.len(),
            Self::Pieces(pieces) => pieces.iter().map(Piece::weight).sum(),
            _ => 1,
        }
    }

    /// About how many letters it has as texts in lists; all there are if it holds anything else.
    fn letters(&self, depth: u32) -> usize {
        match self {
            Self::List(items) | Self::Either(items) if depth > 0 => {
                let letters = items.iter().map(|item| item.letters(depth - 1));
                letters.fold(1, usize::saturating_add)
            }
            Self::List(_) | Self::Either(_) | Self::Map(_) | Self::Open(..) => usize::MAX,
            text => text.weight(),
        }
    }

    /// The value as it comes to another stack; not known where it is far longer than CloudFormation lets it be,
    /// because what stacks hand on to each other can grow with every step.
    pub(crate) fn carried(self) -> Self {
        if self.letters(CARRIED_DEPTH_MAX) <= CARRIED_MAX {
            return self;
        }
        Self::unknown(format!(
            "what a stack gives is no text, or has more than {CARRIED_MAX} letters"
        ))
    }

    /// As a part of a longer text.
    #[must_use]
    pub fn into_pieces(self) -> Vec<Piece> {
        match self {
            Self::Text(text) => vec![Piece::Text(text)],
            Self::Number(number) => vec![Piece::Text(number.to_string())],
            Self::Bool(yes) => vec![Piece::Text(yes.to_string())],
            Self::Pieces(pieces) => pieces,
            Self::Reference(reference) => vec![Piece::Reference(reference)],
            Self::Unknown(why) => vec![Piece::Unknown(why)],
            Self::Null | Self::Unset => Vec::new(),
            Self::Either(_) => {
                vec![Piece::Unknown(Unknown("it depends on a condition that is not known".into()))]
            }
            Self::List(_) | Self::Map(_) | Self::Open(..) => {
                vec![Piece::Unknown(Unknown("it is no text".into()))]
            }
        }
    }

    /// The text as people read it: references as `${Id.Attribute}`, what is unknown as `${?}`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(yes) => yes.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Pieces(pieces) => pieces.iter().map(Piece::shown).collect(),
            Self::Reference(reference) => reference.shown(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::shown).collect::<Vec<_>>().join(", "))
            }
            Self::Map(entries) | Self::Open(entries, _) => {
                let shown = |(key, value): (&String, &Self)| format!("{key}: {}", value.shown());
                format!("{{{}}}", entries.iter().map(shown).collect::<Vec<_>>().join(", "))
            }
            Self::Either(values) => values.iter().map(Self::shown).collect::<Vec<_>>().join(" or "),
            Self::Unset => "nothing".into(),
            Self::Unknown(_) => "${?}".into(),
        }
    }

    /// Every reference in it, however deep.
    #[must_use]
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        self.collect_references(&mut found);
        found
    }

    fn collect_references<'v>(&'v self, found: &mut Vec<&'v Reference>) {
        match self {
            Self::Reference(reference) => {
                found.extend(Some(reference).filter(|it| it.is_resource()))
            }
            Self::Pieces(pieces) => {
                let references = pieces.iter().filter_map(Piece::reference);
                found.extend(references.filter(|reference| reference.is_resource()));
            }
            Self::List(items) | Self::Either(items) => {
                items.iter().for_each(|item| item.collect_references(found));
            }
            Self::Map(entries) | Self::Open(entries, _) => {
                entries.values().for_each(|value| value.collect_references(found))
            }
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Unset
            | Self::Unknown(_) => {}
        }
    }

    /// Every text in it with the keys and positions that lead there, such as `Environment.Variables.TABLE`; texts
    /// with parts that only a deployment knows too, as people read them.
    #[must_use]
    pub fn texts(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.collect_texts("", &mut found);
        found
    }

    fn collect_texts(&self, path: &str, found: &mut Vec<(String, String)>) {
        match self {
            Self::Text(_) | Self::Pieces(_) => found.push((path.to_owned(), self.shown())),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.collect_texts(&format!("{path}[{index}]"), found);
                }
            }
            Self::Either(items) => items.iter().for_each(|item| item.collect_texts(path, found)),
            Self::Map(entries) | Self::Open(entries, _) => {
                for (key, value) in entries {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    value.collect_texts(&path, found);
                }
            }
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Reference(_)
            | Self::Unset
            | Self::Unknown(_) => {}
        }
    }
}

impl Piece {
    fn weight(&self) -> usize {
        match self {
            Self::Text(text) | Self::Unknown(Unknown(text)) => text.len(),
            Self::Reference(reference) => reference.shown().len(),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Reference(reference) => reference.shown(),
            Self::Unknown(_) => "${?}".into(),
        }
    }

    /// The reference that it is, if it is one.
    #[must_use]
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Reference(reference) => Some(reference),
            Self::Text(_) | Self::Unknown(_) => None,
        }
    }
}

impl Reference {
    /// Whether it is a resource, and not something that only a deployment names, such as `AWS::StackName`.
    fn is_resource(&self) -> bool {
        !self.resource.contains("::")
    }

    /// As people read it: `${Id}` or `${Id.Attribute}`.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.attribute {
            None => format!("${{{}}}", self.resource),
            Some(attribute) => format!("${{{}.{attribute}}}", self.resource),
        }
    }
}
