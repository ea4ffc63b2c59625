//! What one TOML value is, and how a message shows it.

use std::ops::Range;

use toml::de::DeValue;

use crate::words;

/// A closed set of values, each written as one word.
pub(crate) trait Word: Copy + Ord + 'static {
    /// Every value and its word.
    const ALL: &'static [(&'static str, Self)];

    /// The word of this value.
    fn text(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(_, value)| *value == self);
        entry.map_or("", |(word, _)| word)
    }

    /// The value of this word.
    fn find(text: &str) -> Option<Self> {
        let entry = Self::ALL.iter().find(|(word, _)| *word == text);
        entry.map(|(_, value)| *value)
    }

    /// Every word.
    fn texts() -> Vec<&'static str> {
        Self::ALL.iter().map(|(word, _)| *word).collect()
    }
}

/// The number, when the value is a whole one and not too large to be meant.
pub(crate) fn whole_number(value: &DeValue<'_>) -> Option<u32> {
    let integer = value.as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// The value as a message shows it.
pub(crate) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => words::quoted(text),
        DeValue::Integer(integer) => words::clipped(&integer.to_string()),
        DeValue::Float(float) => words::clipped(&float.to_string()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(_) => "a date or time".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The key as it would be typed: quoted unless it is a bare one.
pub(crate) fn shown_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { words::clipped(key) } else { words::quoted(key) }
}

/// Where a value begins; what recovery from an error made up begins where its key does.
pub(crate) fn start(key: &Range<usize>, value: &Range<usize>) -> usize {
    if value.start == 0 { key.start } else { value.start }
}

/// Frees a tree without recursion: the parser bounds the depth of brackets and of dotted keys,
/// but not of both together, and freeing what is left could overflow a small stack.
pub fn dismantle(tree: toml::de::DeTable<'_>) {
    let mut left = vec![DeValue::Table(tree)];
    while let Some(value) = left.pop() {
        match value {
            DeValue::Table(table) => left.extend(table.into_iter().map(|(_, v)| v.into_inner())),
            DeValue::Array(array) => left.extend(array.into_iter().map(toml::Spanned::into_inner)),
            _ => {}
        }
    }
}
