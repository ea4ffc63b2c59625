//! What an unquoted word of YAML is.
//!
//! CloudFormation reads YAML 1.1, so that `yes` and `off` are booleans, but knows neither dates nor the `y` and `n` of
//! YAML 1.1: `N` is a type of DynamoDB. What only looks like a number, as `012345678901`, `1:30` and `0x1f` do, is
//! kept as it was written: reports of what CloudFormation makes of it differ, and it is what was meant.

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
