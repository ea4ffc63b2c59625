//! Reads one table of the file key by key, and then knows which keys nobody asked for.
//!
//! A value that cannot be accepted is reported, and its default stands in, so that reading goes
//! on and every fault is found at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use toml::de::{DeTable, DeValue};

use crate::report::Report;
use crate::rule::Rule;
use crate::shape::{Absent, Asked, Pattern, Shape};
use crate::value::{Word, shown, shown_key, start, whole_number};
use crate::words;

/// A table of the file, or the absence of one, being read.
pub(crate) struct Section<'r, 't> {
    /// Where faults go.
    pub(crate) report: &'r mut Report,
    table: Option<&'t DeTable<'t>>,
    /// Dotted key of the table; empty for the file.
    path: String,
    /// The same, with `[]` for any index.
    level: String,
    /// Byte offset of the table.
    at: usize,
    asked: Vec<Asked>,
    /// Keys with a message of their own.
    refused: Vec<&'static str>,
}

/// A value in the file, and its byte offset.
type Found<'t> = (&'t DeValue<'t>, usize);

impl<'r, 't> Section<'r, 't> {
    /// The whole file.
    pub(crate) fn file(table: &'t DeTable<'t>, report: &'r mut Report) -> Self {
        Self::new(report, Some(table), String::new(), String::new(), 0)
    }

    fn new(
        report: &'r mut Report,
        table: Option<&'t DeTable<'t>>,
        path: String,
        level: String,
        at: usize,
    ) -> Self {
        Self { report, table, path, level, at, asked: Vec::new(), refused: Vec::new() }
    }

    /// Lets `read` ask for keys, and reports those it did not ask for.
    pub(crate) fn read<T>(mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let value = read(&mut self);
        self.report_unknown_keys();
        self.report.levels.entry(self.level).or_insert(self.asked);
        value
    }

    /// A string that `default` stands in for.
    pub(crate) fn text<T>(&mut self, key: &'static str, default: &str, rule: &Rule<T>) -> T {
        let absent = Absent::Text(default.to_owned());
        self.text_or(key, absent, rule).unwrap_or_else(|| {
            (rule.read)(default).unwrap_or_else(|allowed| {
                unreachable!("the default of `{key}` is {default:?}, not {allowed}")
            })
        })
    }

    /// A string that may be absent.
    pub(crate) fn optional_text<T>(&mut self, key: &'static str, rule: &Rule<T>) -> Option<T> {
        self.text_or(key, Absent::Optional, rule)
    }

    /// A string that must be there.
    pub(crate) fn required_text<T>(&mut self, key: &'static str, rule: &Rule<T>) -> Option<T> {
        if self.table.is_some_and(|table| !table.contains_key(key)) {
            let allowed = format!("a `{key}`; type `{key} = {:?}`", rule.example);
            self.fault(key, format!("no `{key}`"), allowed);
        }
        self.text_or(key, Absent::Required, rule)
    }

    /// A number of this range that `default` stands in for.
    pub(crate) fn integer(
        &mut self,
        key: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> u32 {
        self.integer_or(key, Absent::Integer(default), range).unwrap_or(default)
    }

    /// A number of this range that may be absent.
    pub(crate) fn optional_integer(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        self.integer_or(key, Absent::Optional, range)
    }

    /// One of these numbers, that `default` stands in for.
    pub(crate) fn one_of(
        &mut self,
        key: &'static str,
        default: u32,
        allowed: &'static [u32],
    ) -> u32 {
        let among = |value: &DeValue<'_>| whole_number(value).filter(|n| allowed.contains(n));
        self.value(key, Shape::OneOf(allowed), Absent::Integer(default), among).unwrap_or(default)
    }

    /// An answer that `default` stands in for.
    pub(crate) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        self.value(key, Shape::Flag, Absent::Flag(default), DeValue::as_bool).unwrap_or(default)
    }

    /// A word of a closed set that `default` stands in for.
    pub(crate) fn word<T: Word>(&mut self, key: &'static str, default: T) -> T {
        let absent = Absent::Text(default.text().to_owned());
        let find = |value: &DeValue<'_>| value.as_str().and_then(T::find);
        self.value(key, Shape::Word(T::texts()), absent, find).unwrap_or(default)
    }

    /// A list of words of a closed set, each at most once; empty when absent.
    pub(crate) fn words<T: Word>(&mut self, key: &'static str) -> BTreeSet<T> {
        let mut found = BTreeSet::new();
        for (path, (item, at)) in self.items(key, Shape::Words(T::texts()), Absent::Empty) {
            let allowed = match item.as_str().and_then(T::find) {
                Some(word) if found.insert(word) => continue,
                Some(_) => "each word once".to_owned(),
                None => Shape::Word(T::texts()).to_string(),
            };
            self.report.add(at, &path, shown(item), allowed);
        }
        found
    }

    /// A list of strings; empty when absent.
    pub(crate) fn texts<T>(&mut self, key: &'static str, rule: &Rule<T>) -> Vec<T> {
        let items = self.items(key, Shape::Texts(pattern(rule)), Absent::Empty);
        let read = |(path, found): (String, _)| self.checked_text(&path, found, rule);
        items.into_iter().filter_map(read).collect()
    }

    /// A table of strings; empty when absent.
    pub(crate) fn strings(
        &mut self,
        key: &'static str,
        keys: &Rule<String>,
        values: &Rule<String>,
    ) -> BTreeMap<String, String> {
        let shape = Shape::Strings { keys: pattern(keys), values: pattern(values) };
        let table = self.value(key, shape, Absent::Optional, DeValue::as_table);
        let mut found = BTreeMap::new();
        for (name, value) in table.into_iter().flatten() {
            let path = joined(&self.dotted(key), &shown_key(name.get_ref()));
            let at = start(&name.span(), &value.span());
            self.report.locate(&path, at);
            if let Err(allowed) = (keys.read)(name.get_ref()) {
                let named = format!("the name {}", words::quoted(name.get_ref()));
                self.report.add(name.span().start, &path, named, allowed);
            }
            if let Some(text) = self.checked_text(&path, (value.get_ref(), at), values) {
                found.insert(name.get_ref().to_string(), text);
            }
        }
        found
    }

    /// A table with keys of its own, which `read` asks for.
    pub(crate) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_, 't>) -> T,
    ) -> T {
        let table = self.value(key, Shape::Section(key), Absent::Optional, DeValue::as_table);
        let path = self.dotted(key);
        let at = self.report.place(&path).unwrap_or(self.at);
        let level = joined(&self.level, key);
        Section::new(self.report, table, path, level, at).read(read)
    }

    /// The tables of an array of tables, each read by `read`; nothing when absent.
    pub(crate) fn sections<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'_, 't>) -> T,
    ) -> Option<Vec<T>> {
        let shape = Shape::Sections(key);
        let level = format!("{}[]", joined(&self.level, key));
        let items = self.items(key, shape.clone(), Absent::Optional);
        self.report.place(&self.dotted(key))?;
        let mut found = Vec::new();
        for (path, (item, at)) in items {
            match item.as_table() {
                Some(table) => found.push(
                    Section::new(self.report, Some(table), path, level.clone(), at).read(&read),
                ),
                None => self.report.add(at, &path, shown(item), shape.to_string()),
            }
        }
        Some(found)
    }

    /// Reports `key`, which some people expect here, and says `why` it is not allowed.
    pub(crate) fn refuse(&mut self, key: &'static str, why: &str) {
        self.refused.push(key);
        let entry = self.table.and_then(|table| table.get_key_value(key));
        if let Some((name, _)) = entry {
            let path = self.dotted(key);
            let found = format!("the key `{key}`");
            self.report.add(name.span().start, &path, found, why.to_owned());
        }
    }

    /// Reports a fault of this key, at its value or, when it is absent, at its table.
    pub(crate) fn fault(&mut self, key: &str, found: String, allowed: String) {
        let path = self.dotted(key);
        let at = self.report.place(&path).unwrap_or(self.at);
        self.report.add(at, &path, found, allowed);
    }

    /// Whether the file is TOML and these keys of the table have no fault.
    pub(crate) fn is_sound(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.report.is_sound(&self.dotted(key)))
    }

    /// The dotted key, from the top of the file, of a key of this table.
    pub(crate) fn dotted(&self, key: &str) -> String {
        joined(&self.path, key)
    }

    fn text_or<T>(&mut self, key: &'static str, absent: Absent, rule: &Rule<T>) -> Option<T> {
        let found = self.ask(key, Shape::Text(pattern(rule)), absent)?;
        let path = self.dotted(key);
        self.checked_text(&path, found, rule)
    }

    fn integer_or(
        &mut self,
        key: &'static str,
        absent: Absent,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let (least, most) = (*range.start(), *range.end());
        let within = |value: &DeValue<'_>| whole_number(value).filter(|n| range.contains(n));
        self.value(key, Shape::Integer { least, most }, absent, within)
    }

    fn checked_text<T>(&mut self, path: &str, found: Found<'t>, rule: &Rule<T>) -> Option<T> {
        let (value, at) = found;
        let result = match value.as_str() {
            Some(text) => (rule.read)(text),
            None => Err(Shape::Text(pattern(rule)).to_string()),
        };
        result.map_err(|allowed| self.report.add(at, path, shown(value), allowed)).ok()
    }

    /// What `read` makes of a value; a fault when it makes nothing of it.
    fn value<T>(
        &mut self,
        key: &'static str,
        shape: Shape,
        absent: Absent,
        read: impl Fn(&'t DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        let allowed = shape.clone();
        let (value, at) = self.ask(key, shape, absent)?;
        let result = read(value);
        if result.is_none() {
            let path = self.dotted(key);
            self.report.add(at, &path, shown(value), allowed.to_string());
        }
        result
    }

    /// The items of a list, each with its dotted key.
    fn items(
        &mut self,
        key: &'static str,
        shape: Shape,
        absent: Absent,
    ) -> Vec<(String, Found<'t>)> {
        let list = self.value(key, shape, absent, DeValue::as_array);
        let path = self.dotted(key);
        let at = self.report.place(&path).unwrap_or(self.at);
        let items = list.into_iter().flatten().enumerate();
        items
            .map(|(index, item)| {
                let at = start(&(at..at), &item.span());
                let path = format!("{path}[{index}]");
                self.report.locate(&path, at);
                (path, (item.get_ref(), at))
            })
            .collect()
    }

    /// Notes that the key may be in the file, and finds it.
    fn ask(&mut self, key: &'static str, shape: Shape, absent: Absent) -> Option<Found<'t>> {
        self.asked.push(Asked { key, shape, absent });
        let (name, value) = self.table?.get_key_value(key)?;
        let at = start(&name.span(), &value.span());
        self.report.locate(&self.dotted(key), at);
        Some((value.get_ref(), at))
    }

    fn report_unknown_keys(&mut self) {
        let allowed: Vec<&str> = self.asked.iter().map(|asked| asked.key).collect();
        for name in self.table.into_iter().flat_map(DeTable::keys) {
            let typed = name.get_ref().as_ref();
            if allowed.contains(&typed) || self.refused.contains(&typed) {
                continue;
            }
            let keys = allowed.join(", ");
            let instead = if let Some(meant) = words::nearest(typed, &allowed) {
                format!("{keys}; did you mean `{meant}`?")
            } else if let Some(table) = self.report.table_of(typed) {
                format!("{keys}; `{typed}` belongs in `[{table}]`")
            } else {
                keys
            };
            let path = self.dotted(&shown_key(typed));
            let found = "an unknown key".to_owned();
            self.report.add(name.span().start, &path, found, instead);
        }
    }
}

/// Two dotted keys as one.
fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn pattern<T>(rule: &Rule<T>) -> Pattern {
    Pattern { regex: rule.pattern, example: rule.example }
}
