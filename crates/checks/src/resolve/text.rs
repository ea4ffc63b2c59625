//! Intrinsics that make texts: literals with dynamic references, `Fn::Sub`, `Fn::Join`, `Fn::Split`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Scope, placeholder};
use crate::answer::Unknown;
use crate::value::{Piece, Value};

const DYNAMIC: &str = "{{resolve:";

/// A text as it stands: dynamic references in it are worked out at deployment.
pub(super) fn literal(text: &str) -> Value {
    if !text.contains(DYNAMIC) {
        return Value::Text(text.to_owned());
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(DYNAMIC) {
        let (before, dynamic) = rest.split_at(start);
        let end = dynamic.find("}}").map_or(dynamic.len(), |end| end + 2);
        let (dynamic, after) = dynamic.split_at(end);
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Unknown(Unknown(format!("`{dynamic}` is read at deployment"))));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Value::from_pieces(pieces)
}

impl Scope<'_> {
    pub(super) fn substituted(&self, argument: &Json) -> Value {
        let (text, names) = match argument {
            Json::String(text) => (text, BTreeMap::new()),
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(text), Json::Object(names)] => {
                    (text, names.iter().map(|(name, value)| (name.as_str(), value)).collect())
                }
                [Json::String(text)] => (text, BTreeMap::new()),
                _ => return Value::unknown("`Fn::Sub` wants a text and names"),
            },
            _ => return Value::unknown("`Fn::Sub` wants a text"),
        };
        self.filled(text, &names)
    }

    /// `text` with its `${…}` filled in.
    fn filled(&self, text: &str, names: &BTreeMap<&str, &Json>) -> Value {
        let mut filling = Filling::new(text.len());
        let mut known: BTreeMap<&str, Value> = BTreeMap::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, place) = rest.split_at(start);
            filling.add(&literal(before));
            let Some(end) = place.find('}') else {
                rest = place;
                break;
            };
            let name = &place[2..end];
            match name.strip_prefix('!') {
                Some(kept) => filling.add(&Value::Text(format!("${{{kept}}}"))),
                None => {
                    filling.add(known.entry(name).or_insert_with(|| self.place(name.trim(), names)))
                }
            }
            rest = &place[end + 1..];
        }
        filling.add(&literal(rest));
        filling.finish()
    }

    fn place(&self, name: &str, names: &BTreeMap<&str, &Json>) -> Value {
        if let Some(given) = names.get(name) {
            return self.required(given);
        }
        match name.split_once('.') {
            Some((resource, attribute)) => self.given(resource, attribute),
            None => self.named(name),
        }
    }

    pub(super) fn joined(&self, argument: &Json) -> Value {
        let Some([Json::String(between), list]) = argument.as_array().map(Vec::as_slice) else {
            return Value::unknown("`Fn::Join` wants a text and a list");
        };
        let items = match self.required(list) {
            Value::List(items) => items,
            Value::Unknown(why) => return Value::Unknown(why),
            _ => return Value::unknown("only a deployment knows the list of `Fn::Join`"),
        };
        let written = list.as_array().into_iter().flatten().filter_map(Json::as_str);
        let mut filling = Filling::new(written.map(str::len).sum());
        let between = Value::Text(between.clone());
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                filling.add(&between);
            }
            filling.add(item);
        }
        filling.finish()
    }

    pub(super) fn split(&self, argument: &Json) -> Value {
        let Some([Json::String(between), text]) = argument.as_array().map(Vec::as_slice) else {
            return Value::unknown("`Fn::Split` wants a delimiter and a text");
        };
        let parts = match self.required(text) {
            Value::Text(text) if !between.is_empty() => placeholder::split(&text, between),
            Value::Unknown(why) => return Value::Unknown(why),
            _ => None,
        };
        match parts {
            Some(parts) => Value::List(parts.into_iter().map(Value::Text).collect()),
            None => Value::unknown("only a deployment knows the text of `Fn::Split`"),
        }
    }
}

/// How much longer a text may become than what its template writes for it: functions inside of functions can ask for
/// more than there is memory.
const GROWTH_MAX: usize = 128 * 1024;

/// A text that is put together.
struct Filling {
    pieces: Vec<Piece>,
    /// How much more there may be; `None` once it was too much.
    room: Option<usize>,
}

impl Filling {
    fn new(written: usize) -> Self {
        Self { pieces: Vec::new(), room: Some(written + GROWTH_MAX) }
    }

    fn add(&mut self, value: &Value) {
        let weight = value.weight();
        self.room = self.room.and_then(|room| room.checked_sub(weight));
        if self.room.is_some() {
            self.pieces.extend(value.clone().into_pieces());
        }
    }

    fn finish(self) -> Value {
        match self.room {
            Some(_) => Value::from_pieces(self.pieces),
            None => Value::unknown(format!("it grows by more than {GROWTH_MAX} letters")),
        }
    }
}

/// What a parameter of a list's type makes of a text: its items between commas.
pub(super) fn listed(value: Value) -> Value {
    let pieces = match value {
        Value::Either(values) => return Value::Either(values.into_iter().map(listed).collect()),
        Value::Text(_) | Value::Number(_) | Value::Bool(_) | Value::Pieces(_) => {
            value.into_pieces()
        }
        other => return other,
    };
    let mut items: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                for (index, part) in text.split(',').enumerate() {
                    if index > 0 {
                        items.push(Vec::new());
                    }
                    items
                        .last_mut()
                        .expect("it begins with one")
                        .push(Piece::Text(part.trim().to_owned()));
                }
            }
            Piece::Unknown(why) => return Value::Unknown(why),
            reference => items.last_mut().expect("it begins with one").push(reference),
        }
    }
    let is_empty = |item: &Value| matches!(item, Value::Text(text) if text.is_empty());
    let items = items.into_iter().map(Value::from_pieces).filter(|item| !is_empty(item));
    Value::List(items.collect())
}
