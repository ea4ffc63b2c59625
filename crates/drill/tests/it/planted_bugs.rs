//! The hunt: each mistake that can be planted is planted, and the drill has to find it.
//!
//! Drills are played in a fixed order, the first seed of every shipped scenario before the second of
//! any, until the judge says that a rule is broken, which it does not say of the same drill without
//! the mistake. `docs/planted-bugs.md` is what came of it;
//! `UPDATE_EXPECT=1` writes it.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use drill::{Scenario, judge, parse, shipped, simulate};
use expect_test::expect_file;
use planted::{Bug, while_planted};

/// How many seeds of every scenario are tried for one mistake.
const SEEDS_MAX: u64 = 100;

const HEAD: &str = "\
# Planted bugs

Mistakes that a tired engineer could make, one line each, planted into the code that is built with the feature
`planted-bugs` and never into what is released. For each, drills are played until the judge finds it: the first seed of
every shipped scenario before the second of any. `cargo nextest run -p drill --features planted-bugs planted_bugs` plays
them all, and fails when one is not found or this page is stale; `UPDATE_EXPECT=1` writes the page.

| bug | what the code does then | rule | place | found in | seed | drills | what the judge says first |
| --- | --- | --- | --- | --- | ---: | ---: | --- |
";

/// How a mistake was found.
struct Found {
    scenario: &'static str,
    seed: u64,
    drills: u64,
    said: String,
    /// What the judge says of the same drill without the mistake: nothing.
    without: Option<String>,
}

fn hunt(bug: Bug, scenarios: &[(&'static str, Scenario)]) -> Option<Found> {
    let mut drills = 0;
    for seed in 0..SEEDS_MAX {
        for (scenario, text) in scenarios {
            drills += 1;
            let fixed = text.fixed(seed);
            if let Some(said) = while_planted(bug, || first_violation(&fixed, seed)) {
                let without = first_violation(&fixed, seed);
                return Some(Found { scenario, seed, drills, said, without });
            }
        }
    }
    None
}

/// What the judge says first, or the assertion that did not hold in the code itself.
fn first_violation(scenario: &Scenario, seed: u64) -> Option<String> {
    let judged = catch_unwind(AssertUnwindSafe(|| judge(scenario, &simulate(scenario, seed))));
    match judged {
        Ok(verdict) => verdict.violations.first().map(ToString::to_string),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Some(format!("an assertion of the code: {}", text.unwrap_or("without a word")))
        }
    }
}

#[test]
fn every_planted_bug_is_found() {
    // What is asserted in the code is a finding here, and not to be told at length.
    std::panic::set_hook(Box::new(|_| {}));
    let scenarios: Vec<(&str, Scenario)> = shipped()
        .iter()
        .map(|(name, text)| (*name, parse(name, text).expect("a shipped scenario has no faults")))
        .collect();
    let mut page = HEAD.to_owned();
    let (mut missed, mut wrong) = (Vec::new(), Vec::new());
    for bug in Bug::ALL {
        match hunt(*bug, &scenarios) {
            Some(found) => {
                row(&mut page, *bug, &found);
                wrong.extend(found.without);
            }
            None => missed.push(bug.as_str()),
        }
    }
    let _ = std::panic::take_hook();
    assert_eq!(wrong, Vec::<String>::new(), "found without the mistake");
    assert_eq!(missed, Vec::<&str>::new(), "not found in {SEEDS_MAX} seeds of every scenario");
    expect_file!["../../../../docs/planted-bugs.md"].assert_eq(&page);
}

fn row(page: &mut String, bug: Bug, found: &Found) {
    let said = found.said.replace('|', "\\|").replace('\n', " ");
    writeln!(
        page,
        "| `{bug}` | {} | `{}` | `{}` | `{}` | {} | {} | {said} |",
        bug.mistake(),
        bug.rule(),
        bug.place(),
        found.scenario,
        found.seed,
        found.drills,
    )
    .expect("a text can be written to");
}
