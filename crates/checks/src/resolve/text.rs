//! Intrinsics that make texts: literals with dynamic references, `Fn::Sub`, `Fn::Join`, `Fn::Split`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Scope;
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
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, place) = rest.split_at(start);
            pieces.extend(literal(before).into_pieces());
            let Some(end) = place.find('}') else {
                rest = place;
                break;
            };
            let name = &place[2..end];
            pieces.extend(match name.strip_prefix('!') {
                Some(kept) => vec![Piece::Text(format!("${{{kept}}}"))],
                None => self.place(name.trim(), names).into_pieces(),
            });
            rest = &place[end + 1..];
        }
        pieces.extend(literal(rest).into_pieces());
        Value::from_pieces(pieces)
    }

    fn place(&self, name: &str, names: &BTreeMap<&str, &Json>) -> Value {
        if let Some(given) = names.get(name) {
            return self.required(given);
        }
        match name.split_once('.') {
            Some((resource, attribute)) => self.resource(resource, Some(attribute.to_owned())),
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
        let mut pieces = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::Text(between.clone()));
            }
            pieces.extend(item.into_pieces());
        }
        Value::from_pieces(pieces)
    }

    pub(super) fn split(&self, argument: &Json) -> Value {
        let Some([Json::String(between), text]) = argument.as_array().map(Vec::as_slice) else {
            return Value::unknown("`Fn::Split` wants a delimiter and a text");
        };
        match self.required(text) {
            Value::Text(text) if !between.is_empty() => Value::List(
                text.split(between.as_str()).map(|part| Value::Text(part.to_owned())).collect(),
            ),
            Value::Unknown(why) => Value::Unknown(why),
            _ => Value::unknown("only a deployment knows the text of `Fn::Split`"),
        }
    }
}
