//! The schema is the committed one, describes every key, and allows what the reader allows.

use std::collections::BTreeMap;

use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use topology::{EXAMPLE, Overrides, SCHEMA, Topology, json_schema, parse, schema_text};

#[test]
fn is_the_committed_one() {
    assert!(SCHEMA == schema_text(), "tideover.schema.json is stale; type `cargo xtask codegen`");
}

/// The header and the schema of every table that has keys of its own.
fn tables() -> BTreeMap<String, Value> {
    let file = json_schema();
    let mut tables = BTreeMap::new();
    for (key, property) in properties(&file) {
        if property.get("properties").is_some() {
            tables.insert(format!("[{key}]\n"), property.clone());
        } else if let Some(items) = property.get("items").filter(|i| i["type"] == "object") {
            tables.insert(format!("[[{key}]]\n"), items.clone());
        }
    }
    tables.insert(String::new(), file);
    tables
}

fn properties(table: &Value) -> impl Iterator<Item = (&String, &Value)> {
    table["properties"].as_object().into_iter().flatten()
}

#[test]
fn has_the_keys_that_the_reader_asks_for() {
    for (header, table) in tables() {
        let text = format!("{header}q = 1");
        let faults = parse(&text, "f", &Overrides::default()).expect_err("`q` is no key");
        let unknown = faults.iter().find(|fault| fault.found == "an unknown key");
        let mut asked: Vec<&str> = unknown.unwrap().allowed.split(", ").collect();
        asked.sort_unstable();
        let described: Vec<&String> = properties(&table).map(|(key, _)| key).collect();
        assert_eq!(asked, described, "{header}");
        assert_eq!(table["additionalProperties"], false, "{header}");
    }
}

#[test]
fn every_key_is_in_the_example_and_described() {
    for (header, table) in tables() {
        for (key, property) in properties(&table) {
            let shown = ["", "# ", "[", "[["]
                .iter()
                .any(|before| EXAMPLE.contains(&format!("\n{before}{key}")));
            assert!(shown, "{header}{key}");
            assert!(property["description"].is_string(), "{header}{key}");
        }
    }
}

#[test]
fn defaults_are_those_of_the_reader() {
    for (header, table) in tables().iter().filter(|(header, _)| !header.contains("[[")) {
        for (key, property) in properties(table) {
            if let Some(default) = property.get("default") {
                let text = format!("{header}{key} = {default}");
                let topology = parse(&text, "f", &Overrides::default());
                assert_eq!(topology, Ok(Topology::default()), "{text}");
            }
        }
    }
}

#[test]
fn bounds_are_those_of_the_reader() {
    for (header, table) in tables() {
        for (key, property) in properties(&table) {
            let (Some(least), Some(most)) =
                (property["minimum"].as_i64(), property["maximum"].as_i64())
            else {
                continue;
            };
            let is_refused = |number: i64| {
                let text = format!("{header}{key} = {number}");
                let allowed = format!("a whole number from {least} to {most}");
                let faults = parse(&text, "f", &Overrides::default()).err();
                faults.is_some_and(|faults| faults.iter().any(|f| f.allowed == allowed))
            };
            let refused = [least - 1, least, most, most + 1].map(is_refused);
            assert_eq!(refused, [true, false, false, true], "{header}{key}");
        }
    }
}

/// Keys whose pattern says all that their value must be.
const EXACT: [(&str, &str); 9] = [
    ("", "account"),
    ("", "environment_suffix"),
    ("[database]\n", "instance_class"),
    ("[api]\n", "stage"),
    ("[dns]\n", "hosted_zone_id"),
    ("[dns]\n", "record"),
    ("[monitoring]\n", "log_retention_days"),
    ("[[functions]]\n", "group"),
    ("[[functions]]\n", "runtime"),
];

#[test]
fn what_the_schema_allows_is_accepted() {
    let tables = tables();
    for (header, key) in EXACT {
        let property = &tables[header]["properties"][key];
        for value in allowed_values(property) {
            let text = format!("{header}{key} = {value}");
            let faults = parse(&text, "f", &Overrides::default()).err();
            let refused =
                faults.is_some_and(|faults| faults.iter().any(|fault| fault.key.ends_with(key)));
            assert!(!refused, "{text}");
        }
    }
}

/// Some values which this property may have.
fn allowed_values(property: &Value) -> Vec<Value> {
    use proptest::strategy::{Strategy, ValueTree};
    if let Some(values) = property["enum"].as_array() {
        return values.clone();
    }
    let pattern = property["pattern"].as_str().expect("a string has a pattern");
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    let strings = string_regex(pattern).expect("the pattern is a regular expression");
    let mut runner = TestRunner::deterministic();
    let mut any = || strings.new_tree(&mut runner).map(|tree| tree.current());
    (0..64).filter_map(|_| any().ok()).map(Value::String).collect()
}
