//! Every simulated drill can be told: the parts of its RTO add up, its lines fit and are in order, its page is
//! well-formed, and the same drill gives the same of each.

use drill::{
    Figures, Page, Report, Scenario, Summary, judge, parse, shipped, simulate, story, story_text,
};

use crate::page::elements;

/// How many seeds of each scenario are told.
const SEEDS: u64 = 3;

/// What is told of a drill: report, text and page.
fn told(scenario: &Scenario, seed: u64) -> (Report, String, String) {
    let scenario = scenario.fixed(seed);
    let history = simulate(&scenario, seed);
    let verdict = judge(&scenario, &history);
    let report = Report::new(&scenario, &history, &verdict);
    let lines = story(&history);
    assert!(lines.is_sorted_by_key(|line| line.at_ms), "{}, seed {seed}", scenario.name);
    let figures = Figures::of(&history, &verdict);
    assert_eq!((figures.rto_ms, figures.rpo_ms), (report.rto_ms(), report.loss.rpo_ms));
    assert_eq!((figures.pause_ms, figures.totals), (report.pause_ms(), report.totals));
    let mut summary = Summary::default();
    summary.add(&figures);
    let page = Page {
        report: &report,
        story: &lines,
        scenario: &scenario.to_string(),
        replay: "tideover drill",
        drills: &[(scenario.name.clone(), summary)],
        played: drill::Played::Simulated,
    };
    let page = page.html();
    let text = story_text(&report, &lines, |_, line| line.to_owned());
    (report, text, page)
}

fn each(check: impl Fn(&str, (Report, String, String))) {
    for (name, text) in shipped() {
        let scenario = parse(name, text).expect("what is shipped can be read");
        for seed in 1..=SEEDS {
            check(&format!("{name}, seed {seed}"), told(&scenario, seed));
        }
    }
}

#[test]
fn the_parts_are_the_whole() {
    each(|drill, (report, ..)| {
        for recovery in &report.recoveries {
            let sum: u64 = recovery.parts.iter().map(|(_, took_ms)| took_ms).sum();
            assert_eq!(sum, recovery.rto_ms().unwrap_or_default(), "{drill}: {recovery:?}");
        }
    });
}

#[test]
fn every_line_fits() {
    each(|drill, (_, text, _)| {
        for line in text.lines() {
            assert!(line.chars().count() <= 110, "{drill}: {line}");
            assert_eq!(line, line.trim_end(), "{drill}");
        }
    });
}

#[test]
fn every_page_is_well_formed_and_alone() {
    each(|drill, (.., page)| {
        elements(&page);
        assert!(!page.contains("http"), "{drill}");
    });
}

#[test]
fn the_same_drill_is_told_the_same() {
    let (name, text) = shipped().last().expect("scenarios are shipped");
    let scenario = parse(name, text).expect("what is shipped can be read");
    let ((report, text, page), again) = (told(&scenario, 1), told(&scenario, 1));
    assert_eq!((report.json(), text, page), (again.0.json(), again.1, again.2));
}
