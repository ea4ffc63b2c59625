//! Which Region of the pair is the home primary, and what is not judged where nothing says it.

use checks::Settings;
use expect_test::expect;

use super::{check, design, pair_of, template};

#[test]
fn a_database_tells_roles_more_surely_than_names() {
    let source = r#"{"Resources": {
        "Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {"SourceDBClusterIdentifier": {"Ref": "Cluster"}}},
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"MasterUsername": "u"}}}}"#;
    let member = r#"{"Resources": {
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"GlobalClusterIdentifier": "payments"}}}}"#;
    check(
        &[("StandbyData@eu-west-1", source), ("PrimaryData@eu-west-2", member)],
        Settings::default(),
        expect![[r#"
            eu-west-1 and eu-west-2 are the pair: 1 layer is in both
            eu-west-1 is the home primary: `StandbyData` declares the global cluster `Global`
            `StandbyData` and `PrimaryData` are one layer: both are `data`, and 50 % of their resource types are the same"#]],
    );
}

#[test]
fn what_may_not_be_there_tells_no_roles() {
    let of = |cluster: &str| {
        template(&[&format!("Cluster RDS::DBCluster {cluster}"), "Topic SNS::Topic"])
    };
    let doubtful =
        of(r#"{"GlobalClusterIdentifier": {"Fn::If": ["Unknown", "g", {"Ref": "AWS::NoValue"}]}}"#);
    let source = of(r#"{"MasterUsername": "u"}"#);
    check(
        &[("data@us-east-1", &doubtful), ("data@us-east-2", &source)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            nothing says which Region is the home primary; us-east-1 is taken for it: say it in the settings
            `data` and `data` are one layer: both are `data`, and 100 % of their resource types are the same"#]],
    );
    let doubtful = template(&["Cluster RDS::DBCluster"]).replace(
        r#""Properties": {}"#,
        r#""Condition": "Unknown", "Properties": {"GlobalClusterIdentifier": "g"}"#,
    );
    check(
        &[("data@us-east-1", &doubtful), ("data@us-east-2", &source)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            nothing says which Region is the home primary; us-east-1 is taken for it: say it in the settings
            `data` and `data` are one layer: both are `data`, and 50 % of their resource types are the same"#]],
    );
}

/// A record of the one name, with its role, that leads to an API of a Region.
fn record(role: &str, region: &str) -> String {
    format!(
        r#"{{"Name": "api.example.com", "Type": "CNAME", "SetIdentifier": "{region}", {role},
            "ResourceRecords": ["x.execute-api.{region}.amazonaws.com"]}}"#
    )
}

#[test]
fn records_tell_roles_by_where_they_lead() {
    let app = |dns: &[&str]| template(&[&["Topic SNS::Topic", "Queue SQS::Queue"], dns].concat());
    let plain = app(&[]);
    let single = |role: &str, region| format!("Record Route53::RecordSet {}", record(role, region));
    let first = single(r#""Failover": "PRIMARY""#, "eu-west-1");
    let second =
        single(r#""Failover": "SECONDARY""#, "eu-central-1").replacen("Record", "Other", 1);
    check(
        &[("app@eu-central-1", &app(&[&first, &second])), ("app@eu-west-1", &plain)],
        Settings::default(),
        expect![[r#"
            eu-central-1 and eu-west-1 are the pair: 1 layer is in both
            eu-west-1 is the home primary: the record `Other` of `app` is answered with in the end only
            `app` and `app` are one layer: both are `app`, and 50 % of their resource types are the same"#]],
    );
    let group = format!(
        r#"Group Route53::RecordSetGroup {{"RecordSets": [{}, {}]}}"#,
        record(r#""Failover": "SECONDARY""#, "eu-central-1"),
        record(r#""Failover": "PRIMARY""#, "eu-west-1"),
    );
    check(
        &[("app@eu-central-1", &app(&[&group])), ("app@eu-west-1", &plain)],
        Settings::default(),
        expect![[r#"
            eu-central-1 and eu-west-1 are the pair: 1 layer is in both
            eu-west-1 is the home primary: the record `Group` of `app` is answered with in the end only
            `app` and `app` are one layer: both are `app`, and 66 % of their resource types are the same"#]],
    );
    let group = format!(
        r#"Group Route53::RecordSetGroup {{"RecordSets": [{}, {}]}}"#,
        record(r#""Weight": 5"#, "eu-central-1"),
        record(r#""Weight": 95"#, "eu-west-1"),
    );
    check(
        &[("app@eu-central-1", &app(&[&group])), ("app@eu-west-1", &plain)],
        Settings::default(),
        expect![[r#"
            eu-central-1 and eu-west-1 are the pair: 1 layer is in both
            eu-west-1 is the home primary: the record `Group` of `app` has the greater weight
            `app` and `app` are one layer: both are `app`, and 66 % of their resource types are the same"#]],
    );
}

#[test]
fn replication_tells_roles_only_across_the_pair() {
    let bucket = |id: &str, name: &str, to: &str| {
        format!(
            r#"{id} S3::Bucket {{"BucketName": "{name}", "ReplicationConfiguration": {{"Role": "r",
                "Rules": [{{"Status": "Enabled", "Destination": {{"Bucket": "arn:aws:s3:::{to}"}}}}]}}}}"#
        )
    };
    let plain = |name: &str| format!(r#"Files S3::Bucket {{"BucketName": "{name}"}}"#);
    let first = template(&[&plain("files-a")]);
    let to_archive = template(&[&bucket("Logs", "logs-b", "archive"), &plain("files-b")]);
    check(
        &[("files@us-east-1", &first), ("files@us-east-2", &to_archive)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            nothing says which Region is the home primary; us-east-1 is taken for it: say it in the settings
            `files` and `files` are one layer: both are `files`, and 50 % of their resource types are the same"#]],
    );
    let trail = r#"Trail CloudTrail::Trail {"S3BucketName": "logs-b"}"#;
    let logs = template(&[&bucket("Logs", "logs-b", "files-a"), &plain("files-b"), trail]);
    check(
        &[("files@us-east-1", &first), ("files@us-east-2", &logs)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            nothing says which Region is the home primary; us-east-1 is taken for it: say it in the settings
            `files` and `files` are one layer: both are `files`, and 33 % of their resource types are the same"#]],
    );
    let files = template(&[&bucket("Files", "files-b", "files-a")]);
    check(
        &[("files@us-east-1", &first), ("files@us-east-2", &files)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            us-east-2 is the home primary: the bucket `Files` of `files` replicates to `files`
            `files` and `files` are one layer: both are `files`, and 100 % of their resource types are the same"#]],
    );
    check(
        &[("files-main@us-east-1", &first), ("files-dr@us-east-2", &files)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            us-east-1 is the home primary: the name of `files-main` suggests it, and nothing surer does
            `files-main` and `files-dr` are one layer: both are `files`, and 100 % of their resource types are the same"#]],
    );
}

/// The stack of the home standby should own a global table, whichever that is; backups are for every replica.
#[test]
fn what_rests_on_guessed_roles_is_not_judged() {
    let table = r#"Table DynamoDB::GlobalTable {"TableName": "t", "Replicas": [{"Region": "us-east-1"}, {"Region": "us-east-2"}]}"#;
    let (left, right) = (template(&["Topic SNS::Topic", table]), template(&["Topic SNS::Topic"]));
    let stacks = [("app@us-east-1", left.as_str()), ("app@us-east-2", right.as_str())];
    let told = |settings: Settings| {
        let report = checks::check(&design(&stacks, settings));
        let rules = ["ddb-owner-stack-in-standby", "ddb-pitr-each-replica"];
        let mut lines = vec![format!("guessed: {}", report.roles_are_guessed)];
        let findings = report.findings.iter().filter(|one| rules.contains(&one.rule));
        lines.extend(findings.map(|one| format!("{} at {}", one.rule, one.spot.property)));
        let unjudged = report.unjudged.iter().filter(|one| rules.contains(&one.rule));
        lines.extend(unjudged.map(|one| format!("{}: {}", one.rule, one.why)));
        lines.join("\n")
    };
    expect![[r#"
        guessed: true
        ddb-pitr-each-replica at Replicas[0]
        ddb-pitr-each-replica at Replicas[1]
        ddb-owner-stack-in-standby: which Region is the home primary is not known: name both under `[regions]`"#]].assert_eq(&told(Settings::default()));
    expect![[r#"
        guessed: false
        ddb-pitr-each-replica at Replicas[0]
        ddb-pitr-each-replica at Replicas[1]
        ddb-owner-stack-in-standby at "#]]
    .assert_eq(&told(pair_of("us-east-1", "us-east-2")));
    expect![[r#"
        guessed: false
        ddb-pitr-each-replica at Replicas[0]
        ddb-pitr-each-replica at Replicas[1]"#]]
    .assert_eq(&told(pair_of("us-east-2", "us-east-1")));
}

/// Both Regions have a database that nobody hears of: told once, from either side, it is no guess.
#[test]
fn what_is_found_from_either_region_counts() {
    let of = |properties: &str| {
        template(&[&format!("Cluster RDS::DBCluster {properties}"), "Topic SNS::Topic"])
    };
    let cluster = of(r#"{"GlobalClusterIdentifier": "pay", "MasterUsername": "u"}"#);
    let stacks = [("data@us-east-1", cluster.as_str()), ("data@us-east-2", cluster.as_str())];
    let report = checks::check(&design(&stacks, Settings::default()));
    let rule = "events-in-both-regions";
    let found = report.findings.iter().filter(|one| one.rule == rule);
    let lines: Vec<String> =
        found.map(|one| format!("{} in {}: {:?}", one.rule, one.spot.region, one.note)).collect();
    expect!["events-in-both-regions in us-east-1: None"].assert_eq(&lines.join("\n"));
    assert!(!report.unjudged.iter().any(|one| one.rule == rule));
}
