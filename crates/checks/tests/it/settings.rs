//! The file of the settings: what it says, and what can be wrong with it.

use checks::Settings;
use expect_test::{Expect, expect};
use topology::Fault;

#[test]
fn everything_can_be_said() {
    let text = r#"
        [regions]
        primary = "us-east-1"
        standby = "us-east-2"

        [[layers]]
        primary = "PaymentsPrimary"
        standby = "PaymentsStandby"

        [[layers]]
        primary = "NetworkA"
        standby = "NetworkB"

        [objectives]
        rto_seconds = 900

        [budget]
        detect_seconds = 60
        decide_seconds = 300
        promote_seconds = 0x3c
        verify_seconds = 0
        lease_seconds = 10

        [[allow]]
        rule = "aurora-global-memory-class"
        resource = "Payments*/Instance"
        reason = " a test system, without load "
        expires = 2027-03-31

        [[allow]]
        rule = "aurora-unique-cluster-names"
        reason = "one of them is renamed at deployment"
        expires = "never"
    "#;
    let settings = Settings::parse(text, Settings::FILE_NAME).expect("settings");
    expect![[r#"
        Settings {
            primary: Some(
                "us-east-1",
            ),
            standby: Some(
                "us-east-2",
            ),
            layers: [
                (
                    "PaymentsPrimary",
                    "PaymentsStandby",
                ),
                (
                    "NetworkA",
                    "NetworkB",
                ),
            ],
            rto_seconds: Some(
                900,
            ),
            budget: Budget {
                detect_seconds: Some(
                    60,
                ),
                decide_seconds: Some(
                    300,
                ),
                promote_seconds: Some(
                    60,
                ),
                verify_seconds: Some(
                    0,
                ),
                lease_seconds: Some(
                    10,
                ),
            },
            parameters: [],
            allowances: [
                Allowance {
                    rule: "aurora-global-memory-class",
                    resource: Some(
                        "Payments*/Instance",
                    ),
                    reason: "a test system, without load",
                    expires: On(
                        Date {
                            year: 2027,
                            month: 3,
                            day: 31,
                        },
                    ),
                    file: "tideover-check.toml",
                    line: 24,
                },
                Allowance {
                    rule: "aurora-unique-cluster-names",
                    resource: None,
                    reason: "one of them is renamed at deployment",
                    expires: Never,
                    file: "tideover-check.toml",
                    line: 30,
                },
            ],
            today: None,
        }
    "#]]
    .assert_debug_eq(&settings);
}

#[test]
fn nothing_need_be_said() {
    assert_eq!(Settings::parse("", "a.toml"), Ok(Settings::default()));
    assert_eq!(Settings::parse("[budget]\n[objectives]\n", "a.toml"), Ok(Settings::default()));
}

#[test]
fn unknown_keys_have_a_hint() {
    check(
        r#"
[region]
primary = "us-east-1"
[objectives]
rto_second = 900
[budget]
detekt_seconds = 60
something = 1
[[allow]]
rules = "aurora-global-memory-class"
reason = "r"
expires = "never"
"#,
        expect![[r#"
            check.toml:2:2: region: found an unknown key; allowed: regions, layers, objectives, budget, parameters, allow; did you mean `regions`?
            check.toml:5:1: objectives.rto_second: found an unknown key; allowed: rto_seconds; did you mean `rto_seconds`?
            check.toml:7:1: budget.detekt_seconds: found an unknown key; allowed: detect_seconds, decide_seconds, promote_seconds, verify_seconds, lease_seconds; did you mean `detect_seconds`?
            check.toml:8:1: budget.something: found an unknown key; allowed: detect_seconds, decide_seconds, promote_seconds, verify_seconds, lease_seconds
            check.toml:9:1: allow[0].rule: found no `rule`; allowed: `rule = "r53-ttl-60"`
            check.toml:10:1: allow[0].rules: found an unknown key; allowed: rule, resource, reason, expires; did you mean `rule`?
        "#]],
    );
}

#[test]
fn values_must_fit() {
    check(
        r#"
layers = ["a"]
objectives = 900
[regions]
primary = "N. Virginia"
standby = 1
[budget]
detect_seconds = -1
decide_seconds = 1.5
promote_seconds = "60"
verify_seconds = 604801
lease_seconds = true
"#,
        expect![[r#"
            check.toml:2:11: layers[0]: found "a"; allowed: tables, each under `[[layers]]`
            check.toml:3:14: objectives: found 900; allowed: a table: `[objectives]`
            check.toml:5:11: regions.primary: found "N. Virginia"; allowed: the name of a Region such as "us-east-1"
            check.toml:6:11: regions.standby: found 1; allowed: the name of a Region such as "us-east-1"
            check.toml:8:18: budget.detect_seconds: found -1; allowed: whole seconds from 0 to 604800
            check.toml:9:18: budget.decide_seconds: found 1.5; allowed: whole seconds from 0 to 604800
            check.toml:10:19: budget.promote_seconds: found "60"; allowed: whole seconds from 0 to 604800
            check.toml:11:18: budget.verify_seconds: found 604801; allowed: whole seconds from 0 to 604800
            check.toml:12:17: budget.lease_seconds: found true; allowed: whole seconds from 0 to 604800
        "#]],
    );
}

#[test]
fn both_of_a_pair_are_needed() {
    check(
        r#"
[regions]
standby = "us-east-2"
[[layers]]
primary = "A"
[[layers]]
primary = ""
standby = "B"
"#,
        expect![[r#"
            check.toml:2:2: regions.primary: found no `primary`; allowed: `primary = "us-east-1"`
            check.toml:4:1: layers[0].standby: found no `standby`; allowed: `standby = "PaymentsStandby"`
            check.toml:7:11: layers[1].primary: found ""; allowed: a string that is not empty
        "#]],
    );
}

#[test]
fn a_pair_has_two_regions() {
    check(
        "regions = { primary = \"eu-west-1\", standby = \"eu-west-1\" }",
        expect![[r#"
        check.toml:1:46: regions.standby: found "eu-west-1"; allowed: another Region than the primary's
    "#]],
    );
}

#[test]
fn an_allowance_says_what_why_and_until_when() {
    check(
        r#"
[[allow]]
[[allow]]
rule = "aurora-global-memory-klass"
resource = ""
reason = "  "
expires = "soon"
[[allow]]
rule = "quite-another-word"
reason = 1
expires = 2027-03-31T00:00:00Z
[[allow]]
rule = "aurora-global-memory-class"
reason = "r"
expires = "2027-02-29"
"#,
        expect![[r#"
            check.toml:2:1: allow[0].expires: found no `expires`; allowed: `expires = "never"` or `expires = 2027-03-31`
            check.toml:2:1: allow[0].reason: found no `reason`; allowed: `reason = "why it may be so"`
            check.toml:2:1: allow[0].rule: found no `rule`; allowed: `rule = "r53-ttl-60"`
            check.toml:4:8: allow[1].rule: found "aurora-global-memory-klass"; allowed: the code of a rule; did you mean `aurora-global-memory-class`?
            check.toml:5:12: allow[1].resource: found ""; allowed: a string that is not empty
            check.toml:6:10: allow[1].reason: found "  "; allowed: a string that is not empty
            check.toml:7:11: allow[1].expires: found "soon"; allowed: a day such as 2027-03-31, or "never"
            check.toml:9:8: allow[2].rule: found "quite-another-word"; allowed: the code of a rule, as in a finding
            check.toml:10:10: allow[2].reason: found 1; allowed: a string that is not empty
            check.toml:11:11: allow[2].expires: found 2027-03-31T00:00:00Z; allowed: a day such as 2027-03-31, or "never"
            check.toml:15:11: allow[3].expires: found "2027-02-29"; allowed: a day such as 2027-03-31, or "never"
        "#]],
    );
}

#[test]
fn what_is_not_toml_is_told_alone() {
    check(
        "[regions\nprimary = us-east-1\n",
        expect![[r#"
        check.toml:1:9: found text that is not TOML (unclosed table); allowed: `]`
    "#]],
    );
}

#[test]
fn odd_texts_are_faults_not_panics() {
    for text in
        ["\u{feff}x", "é = 'é", "[[allow]]\n[allow]\n", "a.".repeat(5000).as_str(), "[[[[", "\0"]
    {
        let placed = |faults: Vec<_>| faults.iter().all(|fault: &Fault| fault.place.is_some());
        let read = Settings::parse(text, "a.toml");
        assert!(read.is_err_and(placed), "{text:?}");
    }
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    let faults = Settings::parse(text, "check.toml").expect_err("faults");
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    expected.assert_eq(&(lines.join("\n") + "\n"));
}
