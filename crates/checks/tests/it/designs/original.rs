//! The app that this replaces: each of its faults that templates show is found, under the right rule.

use std::collections::BTreeSet;

use checks::{Report, Settings, Source};
use expect_test::expect_file;

use super::{folder, judged, stack, templates};

/// Where it is deployed to; what stands in no Region's name is in the first.
fn stacks() -> Vec<Source> {
    let files = templates(&folder("crates/stacks/tests/baseline"));
    let region = |name: &str| if name.starts_with("Secondary") { "us-east-2" } else { "us-east-1" };
    files
        .iter()
        .map(|file| stack(file, region(&file.file_name().expect("a name").to_string_lossy())))
        .collect()
}

fn report() -> Report {
    judged(&stacks(), Settings::default())
}

#[test]
fn each_fault_is_found_under_its_rule() {
    let report = report();
    let found: BTreeSet<(&str, &str)> =
        report.findings.iter().map(|finding| (finding.rule, finding.spot.stack.as_str())).collect();
    let missed: Vec<_> =
        FAULTS.iter().filter(|(_, rule, stack)| !found.contains(&(*rule, *stack))).collect();
    assert_eq!(missed, Vec::<&(&str, &str, &str)>::new());
}

/// Whatever else is said of it is reviewed as a diff.
#[test]
fn everything_that_is_said_of_it() {
    let report = report();
    let lines = report.findings.iter().map(|finding| {
        let spot = &finding.spot;
        format!(
            "{} {}: {} / {} / {}\n",
            finding.severity, finding.rule, spot.stack, spot.resource, spot.property
        )
    });
    let path = folder("crates/checks/tests/it/designs/original.txt");
    expect_file![path].assert_eq(&lines.collect::<String>());
}

/// What is wrong with it, the rule that says so, and the stack where it stands.
///
/// Not here, because no template shows it or no rule forbids it: the engine's version on members, which RDS asks for;
/// faults of the app's own code, what an assembly's
/// manifest says, endpoints of each Region (which fail closed, and are a choice), rotation and log export.
const FAULTS: [(&str, &str, &str); 58] = [
    ("a constant export name", "cfn-export-names-unique", "TapStackdev"),
    ("a stack without resources", "cfn-stack-without-resources", "TapStackdev"),
    ("db.t3.medium in a global database", "aurora-global-memory-class", "PrimaryDatabasedev"),
    ("db.t3.medium in the secondary too", "aurora-global-memory-class", "SecondaryDatabasedev"),
    (
        "the secondary has master credentials",
        "aurora-secondary-no-credentials",
        "SecondaryDatabasedev",
    ),
    ("an encrypted secondary without a key", "aurora-kms-key-per-region", "SecondaryDatabasedev"),
    ("no key of its own for the primary", "aurora-kms-key-per-region", "PrimaryDatabasedev"),
    (
        "the primary joins by identifier, with a master user",
        "aurora-primary-form",
        "PrimaryDatabasedev",
    ),
    ("an API that asks nobody who calls", "apigw-callers-known", "PrimaryAPIdev"),
    ("an API of the standby that asks nobody", "apigw-callers-known", "SecondaryAPIdev"),
    (
        "a replication rule with Filter and no DeleteMarkerReplication",
        "s3-v2-needs-delete-marker-element",
        "PrimaryStoragedev",
    ),
    ("a zone under example.com", "r53-reserved-zone-name", "Route53dev"),
    ("us-east-2's alias with us-west-2's zone id", "r53-apigw-zone-id", "Route53dev"),
    ("an alias of the raw execute-api host", "r53-apigw-custom-domain", "Route53dev"),
    ("the failover runs in the Region that fails", "orchestrator-in-target-region", "Failoverdev"),
    ("the failover changes DNS records", "r53-no-record-change-at-failover", "Failoverdev"),
    ("nothing hears of the database's events", "events-in-both-regions", "PrimaryDatabasedev"),
    ("nothing outside watches the primary", "cw-standby-watches-primary", "PrimaryAPIdev"),
    (
        "a zero weight behind an endpoint's check: traffic moves by itself, and back",
        "r53-zero-weight-is-not-never",
        "Route53dev",
    ),
    ("DNS moves before the database", "r53-promote-before-flip", "Failoverdev"),
    ("no fence against two writers", "pay-fencing-epoch", "PrimaryDatabasedev"),
    ("the secondary's record is always healthy", "r53-no-check-means-healthy", "Route53dev"),
    ("no accelerated recovery of the zone", "r53-accelerated-recovery", "Route53dev"),
    ("the lag alarm is blind", "aurora-lag-alarms-where-emitted", "SecondaryMonitoringdev"),
    (
        "the lag alarm watches the wrong metric",
        "aurora-use-rpolag-for-loss",
        "PrimaryMonitoringdev",
    ),
    ("a total outage raises no alarm", "cw-ratio-alarm-guard", "PrimaryMonitoringdev"),
    ("nor in the standby", "cw-ratio-alarm-guard", "SecondaryMonitoringdev"),
    ("the alarm on connections adds samples up", "cw-alarm-set-minimum", "PrimaryMonitoringdev"),
    ("nothing is said about missing data", "cw-missing-data-explicit", "PrimaryMonitoringdev"),
    ("alarms notify nobody", "sns-topics-both", "PrimaryMonitoringdev"),
    ("nor in the standby", "sns-topics-both", "SecondaryMonitoringdev"),
    ("nothing may reach the database", "vpc-database-ingress", "PrimaryDatabasedev"),
    ("nor the standby's", "vpc-database-ingress", "SecondaryDatabasedev"),
    ("the secret is not replicated", "secret-one-replicated", "PrimaryDatabasedev"),
    ("secrets go with their stacks", "secret-deletion-policy", "PrimaryDatabasedev"),
    ("one instance", "aurora-two-instances-each-region", "PrimaryDatabasedev"),
    ("one instance in the standby", "aurora-two-instances-each-region", "SecondaryDatabasedev"),
    ("one NAT gateway", "vpc-nat-az-redundant", "PrimaryVPCdev"),
    ("one NAT gateway in the standby", "vpc-nat-az-redundant", "SecondaryVPCdev"),
    ("a version whose support ends", "aurora-version-eol-horizon", "PrimaryDatabasedev"),
    ("no protection against deletion", "aurora-deletion-protection", "PrimaryDatabasedev"),
    (
        "clusters and table go with their stack",
        "cfn-deletion-and-replace-policy",
        "PrimaryDatabasedev",
    ),
    (
        "the secondary goes with its stack",
        "cfn-deletion-and-replace-policy",
        "SecondaryDatabasedev",
    ),
    (
        "objects are deleted with the bucket",
        "s3-no-auto-delete-of-payment-data",
        "PrimaryStoragedev",
    ),
    (
        "objects are deleted with the other bucket",
        "s3-no-auto-delete-of-payment-data",
        "SecondaryStoragedev",
    ),
    (
        "the standby waits for the primary's outputs",
        "cfn-weak-ref-couples-deploys",
        "SecondaryDatabasedev",
    ),
    (
        "references across Regions by custom resources",
        "cfn-no-custom-resource-crossrefs",
        "Route53dev",
    ),
    ("replication one way", "s3-bidirectional-for-failback", "SecondaryStoragedev"),
    ("no right to replicate tags", "s3-role-permissions-complete", "PrimaryStoragedev"),
    ("Glacier after 90 days", "s3-archive-tiers-dont-replicate", "PrimaryStoragedev"),
    ("nobody hears which object failed", "s3-failed-events", "PrimaryStoragedev"),
    ("both VPCs are 10.0.0.0/16", "vpc-cidr-disjoint", "SecondaryVPCdev"),
    (
        "one day of backups in the standby",
        "aurora-save-lost-writes-snapshot",
        "SecondaryDatabasedev",
    ),
    (
        "no retention of its own for the promoted cluster",
        "backup-retention-both-members",
        "SecondaryDatabasedev",
    ),
    (
        "the last writer wins between the Regions",
        "ddb-mrec-is-last-writer-wins",
        "PrimaryDatabasedev",
    ),
    ("the primary's stack owns the table", "ddb-owner-stack-in-standby", "PrimaryDatabasedev"),
    ("a replica without protection", "ddb-pitr-each-replica", "PrimaryDatabasedev"),
    ("each dashboard shows its own Region only", "dashboards-role-aware", "PrimaryMonitoringdev"),
];
