//! Commands of GitHub's workflows.

use checks::output::{Lines, github};
use expect_test::expect;
use proptest::prelude::*;

use crate::sample;

#[test]
fn the_gravest_come_first() {
    expect![[r#"
        ::error file=cdk.out/Primary.template.json,line=120,title=blocker aurora-global-memory-class::Primary / Writer / DBInstanceClass, Primary / Reader / DBInstanceClass: `DBInstanceClass` is `db.t3.medium`%0Awhy: RDS refuses to create the member, so that there is no database to take over with%0Achange: set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both Regions
        ::error file=cdk.out/Primary.template.json,line=12,title=error aurora-unique-cluster-names::Primary / Cluster / DBClusterIdentifier: `DBClusterIdentifier` is `payments` in us-east-1 and in us-east-2%0Awhy: the second member cannot be created, so that the pair has one database only%0Achange: let `DBClusterIdentifier` carry the Region: `!Sub "payments-${AWS::Region}"`%0Aalso: Standby / Cluster / DBClusterIdentifier%0Anote: allowed until 2026-11-26, which is 1 day ago, by check.toml:1: a move
        ::warning file=cdk.out/Süd%2C 100%25.template.json,line=1,title=warning aurora-unique-cluster-names::Süd, 100%25 / A::B / Tags[0].a\u{a}b: the tag is `\u{1b}[31m%250A::error::x\u{d}\u{a}"<b>\u{202e}`%0Awhy: the second member cannot be created, so that the pair has one database only%0Achange: let `DBClusterIdentifier` carry the Region: `!Sub "payments-${AWS::Region}"`
        ::warning file=tideover-check.toml,line=24,title=allowance without use::`aurora-unique-cluster-names` is allowed here, and nothing needs it: remove it
    "#]].assert_eq(&github(&sample::report(), &sample::lines()));
}

#[test]
fn a_few_places_are_named() {
    let mut report = sample::report();
    let one = report.findings[0].clone();
    report.findings = vec![one; 7];
    report.unused.clear();
    expect![[r#"
        ::error file=cdk.out/Primary.template.json,title=blocker aurora-global-memory-class::Primary / Writer / DBInstanceClass, Primary / Writer / DBInstanceClass, Primary / Writer / DBInstanceClass, Primary / Writer / DBInstanceClass, Primary / Writer / DBInstanceClass and 2 more: `DBInstanceClass` is `db.t3.medium`%0Awhy: RDS refuses to create the member, so that there is no database to take over with%0Achange: set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both Regions
    "#]].assert_eq(&github(&report, &Lines::default()));
}

proptest! {
    #[test]
    fn every_line_is_one_command(report in super::reports()) {
        for line in github(&report, &sample::lines()).lines() {
            let command = line.strip_prefix("::error ").or(line.strip_prefix("::warning "));
            let (properties, message) = command.and_then(|rest| rest.split_once("::")).expect("a command");
            prop_assert!(!message.contains(char::is_control), "{line:?}");
            for property in properties.split(',') {
                let (name, value) = property.split_once('=').expect("a property");
                prop_assert!(["file", "line", "title"].contains(&name), "{line:?}");
                prop_assert!(!value.contains([':', '\r', '\n']), "{line:?}");
            }
        }
    }
}
