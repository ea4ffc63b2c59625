//! What a baseline knows does not count, and what is new does.

use checks::{Baseline, Consequence, Finding, Fingerprint, Report, Severity, Spot};
use expect_test::{Expect, expect};
use proptest::prelude::*;

#[test]
fn what_is_known_does_not_count() {
    let before = report(&["A/Table/Rules[0].Status", "A/Table/Rules[1].Status", "B/Key/"]);
    compare(
        &before,
        &before,
        expect![[r#"
        known A/Table/Rules[].Status
        known A/Table/Rules[].Status
        known B/Key/
    "#]],
    );
}

#[test]
fn an_item_put_before_others_makes_one_new_finding() {
    let before = report(&["A/Table/Rules[0].Status"]);
    let after = report(&["A/Table/Rules[0].Status", "A/Table/Rules[1].Status"]);
    compare(
        &before,
        &after,
        expect![[r#"
        new   A/Table/Rules[].Status
        known A/Table/Rules[].Status
    "#]],
    );
}

#[test]
fn what_is_gone_is_told() {
    let before = report(&["A/Table/Rules[0].Status", "A/Table/Rules[1].Status", "B/Key/"]);
    let after = report(&["A/Table/Rules[0].Status", "C/Key/"]);
    compare(
        &before,
        &after,
        expect![[r#"
        new   C/Key/
        known A/Table/Rules[].Status
        gone 1 A/Table/Rules[].Status
        gone 1 B/Key/
    "#]],
    );
}

#[test]
fn what_was_not_judged_is_not_gone() {
    let before = report(&["A/Key/"]);
    let after = Report { subjects: [].into(), ..report(&[]) };
    compare(&before, &after, expect![[""]]);
}

#[test]
fn a_count_that_nobody_wrote_costs_nothing() {
    let text = Baseline::of(&report(&["A/Key/"])).to_json();
    let many = Baseline::parse(&text.replace("1\n", "4294967295\n")).expect("a baseline");
    let gone = report(&[]).compare(&many).gone;
    assert_eq!(gone.into_values().collect::<Vec<_>>(), [u32::MAX]);
}

#[test]
fn a_baseline_is_made_of_what_counts_and_of_what_was_known() {
    let first = report(&["A/Key/"]);
    let second = report(&["A/Key/", "B/Key/"]).compare(&Baseline::of(&first));
    expect![[r#"
        {
          "format": "tideover-check-baseline/1",
          "findings": [
            {
              "rule": "aurora-global-memory-class",
              "stack": "A",
              "region": "us-east-1",
              "resource": "Key",
              "property": "",
              "count": 1
            },
            {
              "rule": "aurora-global-memory-class",
              "stack": "B",
              "region": "us-east-1",
              "resource": "Key",
              "property": "",
              "count": 1
            }
          ]
        }
    "#]]
    .assert_eq(&Baseline::of(&second).to_json());
    assert_eq!(Baseline::of(&second).len(), 2);
    assert!(Baseline::of(&Report::default()).is_empty());
}

#[test]
fn only_baselines_of_this_format_are_read() {
    let rows = [
        ("", expect!["the file is not a baseline: EOF while parsing a value at line 1 column 0"]),
        (
            "[]",
            expect![
                "the file is not a baseline: its `format` is missing, not `tideover-check-baseline/1`"
            ],
        ),
        (
            r#"{"findings": []}"#,
            expect![
                "the file is not a baseline: its `format` is missing, not `tideover-check-baseline/1`"
            ],
        ),
        (
            r#"{"format": 1, "findings": []}"#,
            expect![
                "the file is not a baseline: its `format` is missing, not `tideover-check-baseline/1`"
            ],
        ),
        (
            r#"{"format": "tideover-check/1", "findings": []}"#,
            expect![
                "the file is not a baseline: its `format` is `tideover-check/1`, not `tideover-check-baseline/1`"
            ],
        ),
        (
            r#"{"format": "tideover-check-baseline/0", "findings": []}"#,
            expect![
                "the baseline has the format `tideover-check-baseline/0`, and this program reads `tideover-check-baseline/1`; write it again with this program"
            ],
        ),
        (
            r#"{"format": "tideover-check-baseline/2", "known": {}}"#,
            expect![
                "the baseline has the format `tideover-check-baseline/2`, and this program reads `tideover-check-baseline/1`; write it again with this program"
            ],
        ),
        (
            r#"{"format": "tideover-check-baseline/1"}"#,
            expect!["the file is not a baseline: missing field `findings`"],
        ),
        (
            r#"{"format": "tideover-check-baseline/1", "findings": [{"rule": "a"}]}"#,
            expect!["the file is not a baseline: missing field `count`"],
        ),
        (
            r#"{"format": "tideover-check-baseline/1", "findings": [], "more": 1}"#,
            expect![
                "the file is not a baseline: unknown field `more`, expected `format` or `findings`"
            ],
        ),
    ];
    for (text, expected) in rows {
        let fault = Baseline::parse(text).expect_err("a fault");
        let cause = std::error::Error::source(&fault).map(|cause| format!(": {cause}"));
        expected.assert_eq(&format!("{fault}{}", cause.unwrap_or_default()));
    }
}

proptest! {
    #[test]
    fn a_file_is_read_as_it_was_written(names in prop::collection::vec(".{0,8}/.{0,8}/.{0,8}", 0..8)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let baseline = Baseline::of(&report(&names));
        let read = Baseline::parse(&baseline.to_json()).expect("a baseline");
        prop_assert_eq!(read, baseline);
    }

    #[test]
    fn the_order_of_stacks_resources_and_items_does_not_matter(
        (before, after) in (prop::collection::vec("[AB]/[KT]/(P|L\\[[0-9]{1,2}\\]\\.P)", 0..8))
            .prop_flat_map(|names| (Just(names.clone()), Just(names).prop_shuffle())),
    ) {
        let all = |names: &[String]| report(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let compared = all(&after).compare(&Baseline::of(&all(&before)));
        prop_assert_eq!(compared.known.len(), before.len());
        prop_assert_eq!((compared.findings.len(), compared.gone.len()), (0, 0));
    }
}

/// Findings of one rule at `STACK/RESOURCE/PROPERTY`.
fn report(places: &[&str]) -> Report {
    let findings = places.iter().map(|place| finding(place)).collect();
    Report { findings, subjects: [(RULE, 9)].into(), ..Report::default() }
}

const RULE: &str = "aurora-global-memory-class";

fn finding(place: &str) -> Finding {
    let mut parts = place.splitn(3, '/').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let (stack, resource, property) = (next(), next(), next());
    Finding {
        consequence: Consequence::NoTakeover,
        severity: Severity::Blocker,
        rule: RULE,
        spot: Spot {
            file: format!("{stack}.json"),
            region: "us-east-1".to_owned(),
            kind: String::new(),
            construct_path: None,
            stack,
            resource,
            property,
        },
        found: "found".to_owned(),
        why: "why".to_owned(),
        change: "change".to_owned(),
        related: Vec::new(),
        note: None,
    }
}

#[track_caller]
fn compare(before: &Report, after: &Report, expected: Expect) {
    let compared = after.clone().compare(&Baseline::of(before));
    let line = |word: &str, one: &Fingerprint| {
        format!("{word} {}/{}/{}\n", one.stack, one.resource, one.property)
    };
    let of = |findings: &[Finding], word| {
        findings.iter().map(|one| line(word, &Fingerprint::of(one))).collect::<String>()
    };
    let gone = compared.gone.iter().map(|(one, count)| line(&format!("gone {count}"), one));
    let gone: String = gone.collect();
    expected.assert_eq(&(of(&compared.findings, "new  ") + &of(&compared.known, "known") + &gone));
}
