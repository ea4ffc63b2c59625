//! The report for people.

use checks::Report;
use checks::output::{Colour, Detail, Lines, TextOptions, text};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::sample;

#[test]
fn what_breaks_is_told_by_what_it_costs() {
    check(
        &sample::report(),
        TextOptions::default(),
        expect![[r#"
        When the Region is lost, the other one cannot take over
        blocker aurora-global-memory-class
          at      Primary / Writer / DBInstanceClass in cdk.out/Primary.template.json:120
                  construct Payments/Primary/Writer/Resource
                  Primary / Reader / DBInstanceClass in cdk.out/Primary.template.json:140
          found   `DBInstanceClass` is `db.t3.medium`
          why     RDS refuses to create the member, so that there is no database to take over with
          change  set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both
                  Regions

        At deployment the pair is refused, or a deployment harms it
        error aurora-unique-cluster-names
          at      Primary / Cluster / DBClusterIdentifier in cdk.out/Primary.template.json:12
          found   `DBClusterIdentifier` is `payments` in us-east-1 and in us-east-2
          why     the second member cannot be created, so that the pair has one database only
          change  let `DBClusterIdentifier` carry the Region: `!Sub "payments-${AWS::Region}"`
          also    Standby / Cluster / DBClusterIdentifier in cdk.out/Standby.template.json
          note    allowed until 2026-11-26, which is 1 day ago, by check.toml:1: a move

        warning aurora-unique-cluster-names
          at      Süd, 100% / A::B / Tags[0].a\u{a}b in cdk.out/Süd, 100%.template.json:1
                  construct Süd, 100%/a:b/<c>
          found   the tag is `\u{1b}[31m%0A::error::x "<b>\u{202e}`
          why     the second member cannot be created, so that the pair has one database only
          change  let `DBClusterIdentifier` carry the Region: `!Sub "payments-${AWS::Region}"`

        Allowed
        error aurora-unique-cluster-names
          at      Test / Cluster / DBClusterIdentifier in cdk.out/Test.template.json
          reason  test systems are renamed at deployment
          until   2027-03-31

        Allowances without use
          tideover-check.toml:24 allows `aurora-unique-cluster-names`, and nothing needs it: remove it

        1 finding is in the baseline; `--full` lists them

        In the baseline and gone; write the baseline again
          aurora-global-memory-class at Primary / Gone / DBInstanceClass

        2 questions of 2 rules could not be judged from the templates; `--full` lists them

        Seen by no rule
          only a deployment runs the macros `Count`
            at    Primary in cdk.out/Primary.template.json
                  Standby in cdk.out/Standby.template.json

        2 blockers, 1 error, 1 warning, 1 allowed, 1 in the baseline; 2 rules looked at 5 things
        primary us-east-1, standby us-east-2
    "#]],
    );
}

#[test]
fn in_full_everything_is_listed() {
    let full = TextOptions { detail: Detail::Full, ..TextOptions::default() };
    let report = Report { findings: Vec::new(), ..sample::report() };
    check(
        &report,
        full,
        expect![[r#"
        Allowed
        error aurora-unique-cluster-names
          at      Test / Cluster / DBClusterIdentifier in cdk.out/Test.template.json
          reason  test systems are renamed at deployment
          until   2027-03-31

        Allowances without use
          tideover-check.toml:24 allows `aurora-unique-cluster-names`, and nothing needs it: remove it

        In the baseline
          blocker aurora-global-memory-class at Primary / Old / DBInstanceClass in
          cdk.out/Primary.template.json

        In the baseline and gone; write the baseline again
          aurora-global-memory-class at Primary / Gone / DBInstanceClass

        Not judged
          aurora-global-memory-class at Primary / Third / DBInstanceClass in cdk.out/Primary.template.json:
          the parameter `Class` has no default
          aurora-unique-cluster-names at Primary / Second in cdk.out/Primary.template.json: it is known at
          deployment only

        Seen by no rule
          only a deployment runs the macros `Count`
            at    Primary in cdk.out/Primary.template.json
                  Standby in cdk.out/Standby.template.json

        0 blockers, 0 errors, 0 warnings, 1 allowed, 1 in the baseline; 2 rules looked at 5 things
        primary us-east-1, standby us-east-2
    "#]],
    );
}

#[test]
fn many_places_are_a_few_and_a_number() {
    let [one, ..] = &sample::report().findings[..] else { panic!("a finding") };
    let of = |number| {
        let mut finding = one.clone();
        finding.spot.resource = format!("Instance{number}");
        finding.spot.construct_path = None;
        finding
    };
    let findings = (1..=8).map(of).collect();
    let report = Report { findings, ..Report::default() };
    check(
        &report,
        TextOptions::default(),
        expect![[r#"
            When the Region is lost, the other one cannot take over
            blocker aurora-global-memory-class
              at      Primary / Instance1 / DBInstanceClass in cdk.out/Primary.template.json
                      Primary / Instance2 / DBInstanceClass in cdk.out/Primary.template.json
                      Primary / Instance3 / DBInstanceClass in cdk.out/Primary.template.json
                      Primary / Instance4 / DBInstanceClass in cdk.out/Primary.template.json
                      Primary / Instance5 / DBInstanceClass in cdk.out/Primary.template.json
                      and 3 more; `--full` lists them
              found   `DBInstanceClass` is `db.t3.medium`
              why     RDS refuses to create the member, so that there is no database to take over with
              change  set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both
                      Regions

            8 blockers, 0 errors, 0 warnings; 0 rules looked at 0 things
            no pair of Regions was found, so that rules about the pair were not judged; name both under
            `[regions]` in `tideover-check.toml`
        "#]],
    );
}

#[test]
fn nothing_to_tell_is_two_lines() {
    check(
        &Report::default(),
        TextOptions::default(),
        expect![[r#"
            0 blockers, 0 errors, 0 warnings; 0 rules looked at 0 things
            no pair of Regions was found, so that rules about the pair were not judged; name both under
            `[regions]` in `tideover-check.toml`
        "#]],
    );
}

#[test]
fn guessed_roles_are_told() {
    let regions = Some(["us-east-1", "us-east-2"].map(str::to_owned));
    check(
        &Report { regions, roles_are_guessed: true, ..Report::default() },
        TextOptions::default(),
        expect![[r#"
            0 blockers, 0 errors, 0 warnings; 0 rules looked at 0 things
            primary us-east-1, standby us-east-2: a guess, so that what rests on it was not judged; name both
            under `[regions]` in `tideover-check.toml`
        "#]],
    );
}

#[test]
fn colours_are_for_headings_and_severities() {
    let coloured = TextOptions { colour: Colour::Ansi, ..TextOptions::default() };
    let [one, ..] = &sample::report().findings[..] else { panic!("a finding") };
    let report = Report { findings: vec![one.clone()], ..Report::default() };
    let told = text(&report, &Lines::default(), coloured).replace('\u{1b}', "ESC");
    expect![[r#"
        ESC[1mWhen the Region is lost, the other one cannot take overESC[0m
        ESC[1;31mblockerESC[0m aurora-global-memory-class
          at      Primary / Writer / DBInstanceClass in cdk.out/Primary.template.json
                  construct Payments/Primary/Writer/Resource
          found   `DBInstanceClass` is `db.t3.medium`
          why     RDS refuses to create the member, so that there is no database to take over with
          change  set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both
                  Regions

        1 blocker, 0 errors, 0 warnings; 0 rules looked at 0 things
        no pair of Regions was found, so that rules about the pair were not judged; name both under
        `[regions]` in `tideover-check.toml`
    "#]].assert_eq(&told);
}

proptest! {
    #[test]
    fn whatever_is_in_it_a_terminal_obeys_nothing(report in super::reports()) {
        let full = TextOptions { detail: Detail::Full, ..TextOptions::default() };
        let told = text(&report, &sample::lines(), full);
        prop_assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{told}");
        for line in told.lines() {
            let words = line.split_whitespace().count();
            prop_assert!(line.chars().count() <= 100 || words <= 2, "{line}");
        }
    }
}

#[track_caller]
fn check(report: &Report, options: TextOptions, expected: Expect) {
    expected.assert_eq(&text(report, &sample::lines(), options));
}
