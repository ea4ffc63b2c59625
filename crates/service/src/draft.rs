//! From the object in a request to a draft, and what the object has that no draft knows.

use std::collections::BTreeMap;

use payments::{Given, PaymentDraft, RefundDraft, holds_card_number};

use crate::json::Json;
use crate::problem::Wrong;

/// The fields of an object that nobody has taken yet.
pub(crate) struct Fields(BTreeMap<String, Json>);

impl Fields {
    /// The fields of the value; a fault when it is no object.
    pub(crate) fn of(json: Json) -> Result<Self, Wrong> {
        match json {
            Json::Object(fields) => Ok(Self(fields)),
            _ => Err(Wrong::new("body", "wrong_type", "must be an object")),
        }
    }

    /// The draft of a payment, and a fault for each other field.
    pub(crate) fn payment(mut self) -> (PaymentDraft, Vec<Wrong>) {
        let draft = PaymentDraft {
            account: self.text("account"),
            amount: self.integer("amount"),
            currency: self.text("currency"),
            token: self.text("token"),
            description: self.text("description"),
            metadata: self.texts("metadata"),
        };
        (draft, self.unknown())
    }

    /// The draft of a refund of this payment, and a fault for each other field.
    pub(crate) fn refund(mut self, payment: String) -> (RefundDraft, Vec<Wrong>) {
        let amount = self.integer("amount");
        (RefundDraft { payment: Given::Value(payment), amount }, self.unknown())
    }

    fn text(&mut self, name: &str) -> Given<String> {
        self.0.remove(name).map_or(Given::Missing, text)
    }

    fn integer(&mut self, name: &str) -> Given<i64> {
        match self.0.remove(name) {
            None | Some(Json::Null) => Given::Missing,
            Some(Json::Integer(integer)) => Given::Value(integer),
            Some(_) => Given::Mistyped,
        }
    }

    fn texts(&mut self, name: &str) -> Given<BTreeMap<String, Given<String>>> {
        match self.0.remove(name) {
            None | Some(Json::Null) => Given::Missing,
            Some(Json::Object(fields)) => {
                Given::Value(fields.into_iter().map(|(name, value)| (name, text(value))).collect())
            }
            Some(_) => Given::Mistyped,
        }
    }

    /// A fault for each field that is left.
    fn unknown(self) -> Vec<Wrong> {
        let names = self.0.into_keys();
        names.map(|name| unknown(&name, "is not a field of this request")).collect()
    }
}

/// A fault for a name that nobody knows. It is repeated only when it looks like a name: anything
/// else may be what should have been its value.
pub(crate) fn unknown(name: &str, message: &str) -> Wrong {
    let param = if is_name(name) { name } else { "(not shown)" };
    Wrong::new(param, "unknown_parameter", message)
}

/// The longest name that is repeated.
const NAME_CHARACTERS_MAX: usize = 40;

fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=NAME_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(is_allowed)
        && !holds_card_number(text)
}

fn text(value: Json) -> Given<String> {
    match value {
        Json::Null => Given::Missing,
        Json::Text(text) => Given::Value(text),
        _ => Given::Mistyped,
    }
}
