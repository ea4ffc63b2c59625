//! What `docs/check-files.md` says is so.

use std::collections::BTreeSet;

use checks::Settings;
use checks::output::{Lines, json};
use serde_json::Value as Json;

use crate::sample;

const PAGE: &str = include_str!("../../../../docs/check-files.md");

#[test]
fn the_example_of_the_settings_is_read() {
    let (_, rest) = PAGE.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let settings = Settings::parse(example, Settings::FILE_NAME).expect("settings");
    assert_eq!(settings.primary.as_deref(), Some("us-east-1"));
    assert_eq!(settings.budget.lease_seconds, Some(10));
    assert_eq!([settings.layers.len(), settings.allowances.len()], [1, 1]);
}

#[test]
fn every_key_of_the_json_is_told() {
    let report: Json =
        serde_json::from_str(&json(&sample::report(), &Lines::default())).expect("JSON");
    let mut keys = BTreeSet::new();
    collect(&report, &mut keys);
    for key in keys.iter().filter(|key| checks::rules::find(key).is_none()) {
        assert!(PAGE.contains(&format!("`{key}`")), "`{key}` is not told");
    }
}

fn collect(json: &Json, keys: &mut BTreeSet<String>) {
    match json {
        Json::Object(entries) => {
            for (key, value) in entries {
                keys.insert(key.clone());
                collect(value, keys);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}
