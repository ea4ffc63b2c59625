//! What an unquoted word of YAML is, as CloudFormation reads it.
//!
//! CloudFormation reads YAML 1.1, so that `yes` and `off` are booleans, but keeps a word whenever a number would not
//! be written that way in JSON: accounts such as `012345678901`, times such as `1:30`, dates, `0x1f`. `N`, a type of
//! DynamoDB, is a word too.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::walk::Step;

/// The step that an unquoted word makes.
pub(super) fn plain(word: Cow<'_, str>) -> Step<'_> {
    match word.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Step::Plain(Value::Null),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            Step::Plain(Value::Bool(true))
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            Step::Plain(Value::Bool(false))
        }
        other => match number(other) {
            Some(number) => Step::Plain(Value::Number(number)),
            None => Step::Text(word),
        },
    }
}

/// The number that JSON would read; words that only look like one, or that are too large for one, stay words.
fn number(word: &str) -> Option<Number> {
    let first = word.bytes().next()?;
    if first == b'-' || first.is_ascii_digit() { word.parse().ok() } else { None }
}
