//! The JSON schema of the file, made of what the reader asks for: it cannot allow another key or
//! value than the reader does. Descriptions are the comments of the example file.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::EXAMPLE;
use crate::overrides::Overrides;
use crate::report::Report;
use crate::shape::{Absent, Asked, Shape};

/// The JSON schema of `tideover.toml` (draft 7, which editors of TOML understand).
#[must_use]
pub fn json_schema() -> Value {
    let mut report = Report::default();
    crate::parse::read("[[functions]]", &Overrides::default(), &mut report);
    let schema = Schema { levels: report.levels, descriptions: descriptions(EXAMPLE) };
    let mut file = schema.table("");
    file.insert("$schema", "http://json-schema.org/draft-07/schema#".into());
    file.insert("title", "tideover.toml".into());
    file.insert("description", "A payment service in two AWS Regions".into());
    object(file)
}

/// The schema as it is committed: with line breaks and a final one.
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}\n", json_schema())
}

/// The members of a JSON object; sorted, so that no feature of `serde_json` changes the text.
type Members = BTreeMap<&'static str, Value>;

fn object(members: Members) -> Value {
    members.into_iter().collect()
}

struct Schema {
    levels: BTreeMap<String, Vec<Asked>>,
    descriptions: BTreeMap<String, String>,
}

impl Schema {
    /// The schema of the table at this level.
    fn table(&self, level: &str) -> Members {
        let asked = self.levels.get(level).map_or(&[][..], Vec::as_slice);
        let properties: BTreeMap<&str, Value> =
            asked.iter().map(|asked| (asked.key, self.property(level, asked))).collect();
        let required: Vec<&str> = asked
            .iter()
            .filter(|asked| asked.absent == Absent::Required)
            .map(|asked| asked.key)
            .collect();
        let mut members = Members::from([
            ("type", "object".into()),
            ("additionalProperties", false.into()),
            ("properties", properties.into_iter().collect()),
        ]);
        if !required.is_empty() {
            members.insert("required", required.into());
        }
        members
    }

    fn property(&self, level: &str, asked: &Asked) -> Value {
        let path = [level, asked.key].join(if level.is_empty() { "" } else { "." });
        let mut members = self.shape(&path, &asked.shape);
        if let Some(description) = self.descriptions.get(&path) {
            members.insert("description", description.as_str().into());
        }
        if let Some(default) = default(&asked.absent) {
            members.insert("default", default);
        }
        object(members)
    }

    fn shape(&self, path: &str, shape: &Shape) -> Members {
        match shape {
            Shape::Flag => Members::from([("type", "boolean".into())]),
            Shape::Integer { least, most } => Members::from([
                ("type", "integer".into()),
                ("minimum", (*least).into()),
                ("maximum", (*most).into()),
            ]),
            Shape::OneOf(numbers) => Members::from([("enum", numbers.to_vec().into())]),
            Shape::Text(pattern) => text(pattern.regex),
            Shape::Word(words) => Members::from([("enum", words.clone().into())]),
            Shape::Texts(pattern) => list(text(pattern.regex)),
            Shape::Words(words) => list(Members::from([("enum", words.clone().into())])),
            Shape::Strings { keys, values } => Members::from([
                ("type", "object".into()),
                ("propertyNames", object(text(keys.regex))),
                ("additionalProperties", object(text(values.regex))),
            ]),
            Shape::Section(_) => self.table(path),
            Shape::Sections(_) => Members::from([
                ("type", "array".into()),
                ("items", object(self.table(&format!("{path}[]")))),
            ]),
        }
    }
}

fn text(regex: &str) -> Members {
    Members::from([("type", "string".into()), ("pattern", regex.into())])
}

fn list(items: Members) -> Members {
    Members::from([
        ("type", "array".into()),
        ("items", object(items)),
        ("uniqueItems", true.into()),
    ])
}

fn default(absent: &Absent) -> Option<Value> {
    match absent {
        Absent::Required | Absent::Optional => None,
        Absent::Text(text) => Some(text.as_str().into()),
        Absent::Integer(number) => Some((*number).into()),
        Absent::Flag(flag) => Some((*flag).into()),
        Absent::Empty => Some(Value::Array(Vec::new())),
    }
}

/// The comment above each key and table of a commented file, by dotted key; for a table of an
/// array, that above the first.
fn descriptions(file: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut level = String::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in file.lines() {
        let bare = line.trim_start_matches("# ");
        let key = key_of(bare);
        if let Some(table) = bare.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            describe(&mut found, table.to_owned(), &comment);
            level = format!("{table}[].");
        } else if let Some(table) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            describe(&mut found, table.to_owned(), &comment);
            level = format!("{table}.");
        } else if let Some(key) = key {
            describe(&mut found, format!("{level}{key}"), &comment);
        } else if bare.len() < line.len() {
            comment.push(bare);
            continue;
        }
        comment.clear();
    }
    found
}

/// The key that this line, or what it comments out, gives a value.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" = ")?;
    let bare = |c: char| c.is_ascii_lowercase() || c == '_';
    key.chars().all(bare).then_some(key)
}

fn describe(found: &mut BTreeMap<String, String>, path: String, comment: &[&str]) {
    if !comment.is_empty() {
        found.entry(path).or_insert_with(|| comment.join(" "));
    }
}
