//! The reference for people, `docs/scenarios.md`, and the language as it is say the same.

use std::collections::BTreeSet;

use super::grammar::{CHANCES, HAPPENINGS, TITLE, TOPICS, TRIGGERS};
use super::value::Blank;
use crate::scenario::parse;
use crate::shipped::shipped;

const REFERENCE: &str = include_str!("../../../../docs/scenarios.md");

/// Everything that may stand in a file, as the code has it.
fn language() -> BTreeSet<&'static str> {
    let topics = TOPICS.iter().map(|topic| topic.word).chain([TITLE]);
    let parts = TOPICS.iter().flat_map(|topic| topic.parts).map(|form| form.words);
    let triggers = TRIGGERS.iter().map(|form| form.words);
    let happenings = HAPPENINGS.iter().map(|form| form.words);
    topics.chain(parts).chain(triggers).chain(happenings).collect()
}

/// What stands between backticks.
fn quoted(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split('`').skip(1).step_by(2)
}

fn section(from: &str, to: &str) -> &'static str {
    let begin = REFERENCE.find(from).expect("the section begins");
    let end = REFERENCE.find(to).expect("and ends");
    &REFERENCE[begin..end]
}

#[test]
fn the_reference_has_every_line_and_no_other() {
    let tables = section("## Lines about the whole", "### Actions");
    let rows = tables.lines().filter(|line| line.starts_with('|'));
    let written: BTreeSet<&str> = rows
        .flat_map(|row| row.split('|').skip(1).take(2))
        .map(str::trim)
        .filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`'))
        .collect();
    assert_eq!(written, language());
    assert!(tables.contains(&format!("`{}`", CHANCES[0].words)));
}

#[test]
fn the_reference_has_every_value() {
    let values: BTreeSet<&str> = quoted(section("## Values", "## Lines about")).collect();
    let pieces = language().into_iter().chain([CHANCES[0].words]).flat_map(|form| form.split(' '));
    for piece in pieces.filter(|piece| Blank::named(piece).is_some()) {
        assert!(values.contains(piece), "{piece}");
    }
    for word in [Blank::Site, Blank::Kind].iter().flat_map(|blank| blank.words()) {
        assert!(values.contains(word), "{word}");
    }
    let actions: Vec<&str> = quoted(section("### Actions", "## Shipped")).collect();
    assert_eq!(actions, Blank::Action.words());
}

#[test]
fn the_reference_has_every_shipped_scenario() {
    let rows = section("## Shipped", "## A failing").lines().filter(|line| line.contains("]("));
    let rows: Vec<&str> = rows.collect();
    let expected: Vec<String> = shipped()
        .iter()
        .map(|(name, text)| {
            let title = parse(name, text).expect("it is a scenario").title;
            format!("| [`{name}`](../crates/drill/scenarios/{name}.drill) | {title} |")
        })
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_examples_of_the_reference_are_scenarios() {
    let examples: Vec<&str> = REFERENCE
        .split("```drill\n")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a part"))
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        assert!(parse("example", example).is_ok(), "{:?}", parse("example", example));
    }
}

/// In the table the begin of a fault stands before its end.
#[test]
fn every_line_that_the_language_has_can_be_read() {
    let lines: Vec<String> = HAPPENINGS
        .iter()
        .map(|form| form.words.split(' ').map(example).collect::<Vec<_>>().join(" "))
        .collect();
    let text = format!("title All\nat 1s {}\n", lines.join("\n+1s "));
    let read = parse("all", &text).expect("every line is one of the language");
    let written: Vec<String> =
        read.happenings.iter().map(|line| line.happening.to_string()).collect();
    let expected: Vec<String> = lines
        .iter()
        .map(|line| line.replace("3 time", "3 times").replace("3 line", "3 lines"))
        .collect();
    assert_eq!(written, expected);
}

fn example(piece: &'static str) -> &'static str {
    match Blank::named(piece) {
        Some(Blank::Site) => "primary",
        Some(Blank::Action) => "open",
        Some(Blank::Kind) => "failover",
        Some(Blank::Span | Blank::Gap | Blank::Time) => "1s",
        Some(Blank::Percent) => "5%",
        Some(Blank::Count | Blank::Steps) => "3",
        Some(Blank::Factor) => "3x",
        None => piece.strip_suffix("(s)").unwrap_or(piece),
    }
}
