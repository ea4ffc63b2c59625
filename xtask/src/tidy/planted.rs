//! Every bug that can be planted is asked for where it says, and what is released has none.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use planted::Bug;
use serde_json::Value;

use super::{metadata, none};

/// The feature with which bugs can be planted.
const FEATURE: &str = "planted-bugs";

#[test]
fn each_bug_is_in_its_place() -> Result<()> {
    let root = crate::workspace()?;
    let mut faults = Vec::new();
    for bug in Bug::ALL {
        let path = root.join(bug.place());
        let text =
            fs::read_to_string(&path).with_context(|| format!("read the place of `{bug}`"))?;
        let name = format!("Bug::{}", bug.identifier());
        let is_asked_for = text.split(&name).skip(1).any(|after| !after.starts_with(is_word));
        if !is_asked_for || !text.contains("is_planted(") {
            faults.push(format!("{}: ask for `{name}`, or correct the place", bug.place()));
        }
    }
    none(&faults);
    Ok(())
}

/// Whether a name goes on with this letter.
fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[test]
fn each_bug_has_words_of_its_own() {
    let mut words = BTreeSet::new();
    let mut faults = Vec::new();
    for bug in Bug::ALL {
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        if !bug.as_str().chars().all(is_plain) || !bug.mistake().ends_with('.') {
            faults.push(format!("`{bug}`: write the name with hyphens, and a whole sentence"));
        }
        if !words.insert(bug.as_str()) || !words.insert(bug.mistake()) {
            faults.push(format!("`{bug}`: there is another bug like it"));
        }
    }
    none(&faults);
}

/// Whatever is asked of these packages, only somebody who asks for the feature by its name gets it.
#[test]
fn nothing_else_turns_the_feature_on() -> Result<()> {
    let root = crate::workspace()?;
    let metadata = metadata(&root, &["--no-deps"])?;
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().context("cargo lists no packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let turned_on = turned_on(package);
        faults.extend(turned_on.into_iter().map(|what| format!("{name}: {what} `{FEATURE}`")));
    }
    none(&faults);
    Ok(())
}

/// The ways in which a package turns the feature on without being asked for it.
fn turned_on(package: &Value) -> Vec<String> {
    let features = package["features"].as_object().into_iter().flatten();
    let others = features.filter(|(name, _)| *name != FEATURE).filter(|(_, parts)| names(parts));
    let of_features = others.map(|(name, _)| format!("its feature `{name}` has"));
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let of_dependencies = dependencies
        .filter(|dependency| names(&dependency["features"]))
        .map(|dependency| format!("its dependency on {} has", dependency["name"]));
    of_features.chain(of_dependencies).collect()
}

/// Whether one of these is the feature, of this package or of another.
fn names(features: &Value) -> bool {
    let mut texts = features.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.any(|text| text.rsplit('/').next() == Some(FEATURE))
}

#[test]
fn ways_to_turn_it_on() {
    let package = serde_json::json!({
        "features": {
            "default": ["planted-bugs"],
            "drills": ["fence/planted-bugs"],
            "planted-bugs": ["fence/planted-bugs"],
            "schema": [],
        },
        "dependencies": [
            {"name": "fence", "features": ["planted-bugs"]},
            {"name": "serde", "features": ["derive"]},
        ],
    });
    let expected = [
        "its feature `default` has",
        "its feature `drills` has",
        "its dependency on \"fence\" has",
    ];
    assert_eq!(turned_on(&package), expected);
}
