//! Reads one table of the file key by key, and then knows which keys nobody asked for.

use std::collections::BTreeSet;

use strsim::levenshtein;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use topology::{Fault, Place};

/// Faults found so far, by the byte that they are at.
#[derive(Default)]
pub(super) struct Found {
    faults: BTreeSet<(usize, [String; 3])>,
}

impl Found {
    /// Adds a fault: the dotted key, what is there, what may be there instead.
    pub(super) fn add(&mut self, at: usize, key: &str, found: String, allowed: String) {
        self.faults.insert((at, [key.to_owned(), found, allowed]));
    }

    /// The faults, each with its line and column in `text`.
    pub(super) fn into_faults(self, text: &str, file: &str) -> Vec<Fault> {
        let placed = self.faults.into_iter().map(|(at, [key, found, allowed])| Fault {
            file: file.to_owned(),
            place: Some(place(text, at)),
            key,
            found,
            allowed,
        });
        placed.collect()
    }
}

/// Line and column of a byte.
pub(super) fn place(text: &str, at: usize) -> Place {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// A table of the file being read.
pub(super) struct Section<'f, 't> {
    found: &'f mut Found,
    table: &'t DeTable<'t>,
    path: String,
    /// The byte that it begins at.
    pub(super) at: usize,
    asked: Vec<&'static str>,
}

impl<'f, 't> Section<'f, 't> {
    /// The whole file.
    pub(super) fn file(table: &'t DeTable<'t>, found: &'f mut Found) -> Self {
        Self { found, table, path: String::new(), at: 0, asked: Vec::new() }
    }

    /// Lets `read` ask for keys, and reports those it did not ask for.
    pub(super) fn read<T>(mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let value = read(&mut self);
        self.report_unknown_keys();
        value
    }

    /// A string that is not empty.
    pub(super) fn text(&mut self, key: &'static str) -> Option<&'t str> {
        let text = |value: &'t DeValue<'t>| value.as_str().filter(|text| !text.trim().is_empty());
        self.value(key, "a string that is not empty", text)
    }

    /// Seconds, from 0 to those of a week.
    pub(super) fn seconds(&mut self, key: &'static str) -> Option<u32> {
        self.value(key, "whole seconds from 0 to 604800", |value| {
            let integer = value.as_integer()?;
            let seconds = u32::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            (seconds <= 604_800).then_some(seconds)
        })
    }

    /// What `read` makes of a value; a fault when it makes nothing of it.
    pub(super) fn value<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        read: impl Fn(&'t DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        let value = self.ask(key)?;
        let result = read(value.get_ref());
        if result.is_none() {
            self.fault(key, shown(value.get_ref()), allowed.to_owned());
        }
        result
    }

    /// A table with keys of its own, which `read` asks for where it is there.
    pub(super) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_, 't>) -> T,
    ) -> Option<T> {
        let allowed = format!("a table: `[{key}]`");
        let table = self.value(key, &allowed, DeValue::as_table)?;
        let (at, path) = (self.place_of(key), self.dotted(key));
        Some(Section { found: self.found, table, path, at, asked: Vec::new() }.read(read))
    }

    /// The tables of an array of tables, each read by `read`.
    pub(super) fn sections<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'_, 't>) -> T,
    ) -> Vec<T> {
        let allowed = format!("tables, each under `[[{key}]]`");
        let list = self.value(key, &allowed, DeValue::as_array);
        let mut values = Vec::new();
        for (index, item) in list.into_iter().flatten().enumerate() {
            let (at, path) = (item.span().start, format!("{}[{index}]", self.dotted(key)));
            match item.get_ref().as_table() {
                Some(table) => values.push(
                    Section { found: self.found, table, path, at, asked: Vec::new() }.read(&read),
                ),
                None => self.found.add(at, &path, shown(item.get_ref()), allowed.clone()),
            }
        }
        values
    }

    /// Reports that a key is needed, where it is absent, with what to type.
    pub(super) fn require(&mut self, key: &'static str, example: &str) {
        if !self.table.contains_key(key) {
            self.fault(key, format!("no `{key}`"), format!("`{key} = {example}`"));
        }
    }

    /// Reports a fault of this key, at its value or, when it is absent, at its table.
    pub(super) fn fault(&mut self, key: &str, found: String, allowed: String) {
        self.found.add(self.place_of(key), &self.dotted(key), found, allowed);
    }

    fn ask(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    fn place_of(&self, key: &str) -> usize {
        let entry = self.table.get_key_value(key);
        // What recovery from an error made up has no place: its key has.
        entry.map_or(self.at, |(name, value)| value.span().start.max(name.span().start))
    }

    fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn report_unknown_keys(&mut self) {
        for name in self.table.keys() {
            let typed = name.get_ref().as_ref();
            if self.asked.contains(&typed) {
                continue;
            }
            let keys = self.asked.join(", ");
            let nearest = nearest(typed, self.asked.iter().copied());
            let hint = nearest.map(|meant| format!("; did you mean `{meant}`?"));
            let allowed = keys + &hint.unwrap_or_default();
            let path = self.dotted(&clipped(typed));
            self.found.add(name.span().start, &path, "an unknown key".to_owned(), allowed);
        }
    }
}

/// The word that was probably meant: few edits away, and less than half of it wrong.
pub(crate) fn nearest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let edits = words.map(|word| (levenshtein(&clipped(typed), word), word));
    let near = edits.filter(|(edits, word)| *edits <= 3 && edits * 2 < word.len());
    near.min().map(|(_, word)| word)
}

/// A value as a message shows it.
pub(super) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{:?}", clipped(text)),
        DeValue::Integer(integer) => clipped(&integer.to_string()),
        DeValue::Float(float) => clipped(&float.to_string()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The beginning of a text of the file.
fn clipped(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
