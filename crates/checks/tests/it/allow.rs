//! What the settings allow is set apart from what counts.

use checks::{Design, Expiry, Report, Settings, Source};
use expect_test::{Expect, expect};

#[test]
fn what_is_allowed_does_not_count() {
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nreason = 'a test system'\nexpires = 'never'",
        expect![[r#"
            allowed  A: a test system
            allowed  B: a test system
        "#]],
    );
}

#[test]
fn a_pattern_says_where() {
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nresource = 'B/*'\nreason = 'by stack'\nexpires = 'never'",
        expect![[r#"
            counts   A: no note
            allowed  B: by stack
        "#]],
    );
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nresource = 'App/?/Writer/*'\nreason = 'by path'\nexpires = 'never'",
        expect![[r#"
            allowed  A: by path
            allowed  B: by path
        "#]],
    );
}

#[test]
fn the_last_day_is_a_day_on_which_it_is_allowed() {
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nreason = 'until the move'\nexpires = 2026-11-27",
        expect![[r#"
            allowed  A: until the move
            allowed  B: until the move
        "#]],
    );
}

#[test]
fn an_allowance_that_has_ended_does_not_count_and_is_told() {
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nreason = 'until the move'\nexpires = 2026-11-26
[[allow]]\nrule = 'aurora-global-memory-class'\nresource = 'A/Instance'\nreason = 'longer ago'\nexpires = 2026-10-01",
        expect![[r#"
            counts   A: allowed until 2026-11-26, which is 1 day ago, by check.toml:1: until the move
            counts   B: allowed until 2026-11-26, which is 1 day ago, by check.toml:1: until the move
        "#]],
    );
}

#[test]
fn one_that_stands_comes_before_one_that_has_ended() {
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nreason = 'over'\nexpires = 2026-11-26
[[allow]]\nrule = 'aurora-global-memory-class'\nreason = 'stands'\nexpires = 2026-12-26",
        expect![[r#"
            allowed  A: stands
            allowed  B: stands
        "#]],
    );
}

#[test]
fn an_allowance_that_nothing_needs_is_told_if_its_rule_was_judged() {
    check(
        "[[allow]]\nrule = 'aurora-global-memory-class'\nresource = 'C/*'\nreason = 'of old'\nexpires = 'never'
[[allow]]\nrule = 'aurora-unique-cluster-names'\nreason = 'for the pair'\nexpires = 'never'",
        expect![[r#"
            counts   A: no note
            counts   B: no note
            unused   of old
        "#]],
    );
}

#[test]
fn nothing_ends_where_the_day_is_not_known() {
    let date = "2026-11-26".parse().expect("a day");
    assert_eq!(Expiry::On(date).days_over(None), None);
    assert_eq!(Expiry::On(date).days_over(Some(date)), None);
    assert_eq!(Expiry::Never.days_over(Some(date)), None);
}

/// On 2026-11-27 two stacks of one Region are judged, each with an instance of a class that is refused.
#[track_caller]
fn check(settings: &str, expected: Expect) {
    let settings = Settings::parse(settings, "check.toml").expect("settings");
    let settings = Settings { today: "2026-11-27".parse().ok(), ..settings };
    let design =
        Design::new(&["A", "B"].map(source), settings).expect("templates that can be read");
    expected.assert_eq(&said(&checks::check(&design)));
}

fn source(name: &str) -> Source {
    let text = r#"{"Resources": {
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"GlobalClusterIdentifier": "payments"}},
        "Instance": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"DBClusterIdentifier": {"Ref": "Cluster"}, "DBInstanceClass": "db.t3.medium"},
            "Metadata": {"aws:cdk:path": "App/NAME/Writer/Resource"}
        }
    }}"#;
    Source {
        file: format!("{name}.json"),
        text: text.replace("NAME", name),
        name: name.to_owned(),
        stack_name: name.to_owned(),
        region: Some("us-east-1".to_owned()),
        ..Source::default()
    }
}

fn said(report: &Report) -> String {
    let of_rule = |rule: &str| rule == "aurora-global-memory-class";
    let mut lines = Vec::new();
    for finding in report.findings.iter().filter(|finding| of_rule(finding.rule)) {
        let note = finding.note.as_deref().unwrap_or("no note");
        lines.push(format!("counts   {}: {note}\n", finding.spot.stack));
    }
    for (finding, allowance) in report.allowed.iter().filter(|(finding, _)| of_rule(finding.rule)) {
        lines.push(format!("allowed  {}: {}\n", finding.spot.stack, allowance.reason));
    }
    lines.extend(report.unused.iter().map(|one| format!("unused   {}\n", one.reason)));
    lines.concat()
}
