//! One small report that has something of everything, which every output is tried with.

use checks::output::Lines;
use checks::{
    Allowance, Baseline, Consequence, Expiry, Finding, Report, Severity, Spot, Unjudged, Unseen,
};

pub(crate) const CLASS: &str = "aurora-global-memory-class";
pub(crate) const NAMES: &str = "aurora-unique-cluster-names";

/// The report.
pub(crate) fn report() -> Report {
    let findings = vec![
        class("Writer", Some("Payments/Primary/Writer/Resource")),
        class("Reader", None),
        names("Primary", "Cluster"),
        odd(),
    ];
    let known = class("Old", None);
    let gone = class("Gone", None);
    let baseline = Report { findings: vec![known.clone(), gone], ..Report::default() };
    Report {
        regions: Some(["us-east-1", "us-east-2"].map(str::to_owned)),
        findings: [findings, vec![known]].concat(),
        allowed: vec![(names("Test", "Cluster"), allowance(Some("Test/*")))],
        unused: vec![allowance(None)],
        unjudged: vec![
            Unjudged {
                rule: CLASS,
                spot: spot("Primary", "Third", "DBInstanceClass"),
                why: "the parameter `Class` has no default".to_owned(),
            },
            Unjudged {
                rule: NAMES,
                spot: spot("Primary", "Second", ""),
                why: "it is known at deployment only".to_owned(),
            },
        ],
        unseen: ["Primary", "Standby"]
            .map(|stack| Unseen {
                spot: spot(stack, "", ""),
                why: "only a deployment runs the macros `Count`".to_owned(),
            })
            .to_vec(),
        subjects: [(CLASS, 4), (NAMES, 1)].into(),
        ..Report::default()
    }
    .compare(&Baseline::of(&baseline))
}

/// The lines of some of its places.
pub(crate) fn lines() -> Lines {
    [
        (class("Writer", Some("Payments/Primary/Writer/Resource")).spot, 120),
        (class("Reader", None).spot, 140),
        (names("Primary", "Cluster").spot, 12),
        (odd().spot, 1),
    ]
    .into_iter()
    .collect()
}

/// A place in the primary's Region.
pub(crate) fn spot(stack: &str, resource: &str, property: &str) -> Spot {
    let kind = if resource.is_empty() { "" } else { "AWS::RDS::DBInstance" };
    Spot {
        stack: stack.to_owned(),
        region: "us-east-1".to_owned(),
        file: format!("cdk.out/{stack}.template.json"),
        resource: resource.to_owned(),
        kind: kind.to_owned(),
        construct_path: None,
        property: property.to_owned(),
    }
}

fn class(resource: &str, path: Option<&str>) -> Finding {
    Finding {
        consequence: Consequence::NoTakeover,
        severity: Severity::Blocker,
        rule: CLASS,
        spot: Spot {
            construct_path: path.map(str::to_owned),
            ..spot("Primary", resource, "DBInstanceClass")
        },
        found: "`DBInstanceClass` is `db.t3.medium`".to_owned(),
        why: "RDS refuses to create the member, so that there is no database to take over with".to_owned(),
        change: "set `DBInstanceClass` to a memory-optimized class such as `db.r6g.large`, the same in both \
                 Regions"
            .to_owned(),
        related: Vec::new(),
        note: None,
    }
}

fn names(stack: &str, resource: &str) -> Finding {
    let other = spot("Standby", "Cluster", "DBClusterIdentifier");
    Finding {
        consequence: Consequence::NotDeployable,
        severity: Severity::Error,
        rule: NAMES,
        spot: spot(stack, resource, "DBClusterIdentifier"),
        found: "`DBClusterIdentifier` is `payments` in us-east-1 and in us-east-2".to_owned(),
        why: "the second member cannot be created, so that the pair has one database only"
            .to_owned(),
        change: "let `DBClusterIdentifier` carry the Region: `!Sub \"payments-${AWS::Region}\"`"
            .to_owned(),
        related: vec![Spot { region: "us-east-2".to_owned(), ..other }],
        note: Some(
            "allowed until 2026-11-26, which is 1 day ago, by check.toml:1: a move".to_owned(),
        ),
    }
}

/// What breaks an output that does not escape: signs of every syntax, and what a terminal obeys.
fn odd() -> Finding {
    Finding {
        severity: Severity::Warning,
        spot: Spot {
            construct_path: Some("Süd, 100%/a:b/<c>".to_owned()),
            ..spot("Süd, 100%", "A::B", "Tags[0].a\nb")
        },
        found: "the tag is `\u{1b}[31m%0A::error::x\r\n\"<b>\u{202e}`".to_owned(),
        note: None,
        related: Vec::new(),
        ..names("Primary", "Cluster")
    }
}

fn allowance(resource: Option<&str>) -> Allowance {
    Allowance {
        rule: NAMES,
        resource: resource.map(str::to_owned),
        reason: "test systems are renamed at deployment".to_owned(),
        expires: Expiry::On("2027-03-31".parse().expect("a day")),
        file: "tideover-check.toml".to_owned(),
        line: 24,
    }
}
