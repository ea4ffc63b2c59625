//! The stock CDK CLI takes the assembly, from a directory and with the program as its app.

use expect_test::expect;
use serde_json::{Value, json};

use crate::place::{Place, Run};

/// The program as the CDK CLI's app, with the default file.
fn app() -> Place {
    let place = Place::with("");
    let program = format!("\"{}\" synth", env!("CARGO_BIN_EXE_tideover"));
    place.write("cdk.json", json!({"app": program}).to_string());
    place
}

/// An assembly in `cdk.out`.
fn assembly() -> Place {
    let place = Place::with("");
    place.tideover("synth").stdout();
    place
}

/// The ids in `cdk ls`, which are followed by the stack's name.
#[track_caller]
fn ids(ls: Run) -> Vec<String> {
    let stdout = ls.stdout();
    let ids = stdout.lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned());
    ids.collect()
}

/// The ids of the stacks in a Region, sorted as the CDK CLI does.
fn of_region(place: &Place, region: &str) -> Vec<String> {
    let list: Value = serde_json::from_str(&place.tideover("list --output json").stdout())
        .expect("the list is JSON");
    let stacks = list["stacks"].as_array().into_iter().flatten();
    let here = stacks.filter(|stack| stack["region"] == region);
    let mut ids: Vec<_> = here.filter_map(|stack| Some(stack["id"].as_str()?.to_owned())).collect();
    ids.sort();
    ids
}

#[test]
fn is_the_version_that_people_are_told_to_use() {
    let place = assembly();
    let version = place.cdk("--version").stdout();
    let version = version.split(' ').next().unwrap_or_default();
    let told = place.tideover("synth").outcome().stderr;
    assert!(told.contains(&format!("npx aws-cdk@{version} ")), "{told}");
}

#[test]
fn lists_the_stacks_of_an_assembly() {
    let stdout = assembly().cdk("ls --app cdk.out").stdout();
    expect![[r#"
        PrimaryAPIdev (payment-dev-us-east-1-api)
        PrimaryBackupdev (payment-dev-us-east-1-backup)
        PrimaryCanarydev (payment-dev-us-east-1-canary)
        PrimaryCertificatedev (payment-dev-us-east-1-certificate)
        PrimaryDatabasedev (payment-dev-us-east-1-database)
        PrimaryFoundationdev (payment-dev-us-east-1-foundation)
        PrimaryGlobalDatabasedev (payment-dev-us-east-1-global-database)
        PrimaryLambdadev (payment-dev-us-east-1-lambda)
        PrimaryMonitoringdev (payment-dev-us-east-1-monitoring)
        PrimaryParameterStoredev (payment-dev-us-east-1-parameter-store)
        PrimaryRoute53dev (payment-dev-us-east-1-route53)
        PrimaryRunbookdev (payment-dev-us-east-1-runbook)
        PrimaryStoragedev (payment-dev-us-east-1-storage)
        PrimaryVPCdev (payment-dev-us-east-1-vpc)
        PrimaryWebhooksdev (payment-dev-us-east-1-webhooks)
        SecondaryAPIdev (payment-dev-us-east-2-api)
        SecondaryBackupdev (payment-dev-us-east-2-backup)
        SecondaryCanarydev (payment-dev-us-east-2-canary)
        SecondaryCertificatedev (payment-dev-us-east-2-certificate)
        SecondaryControldev (payment-dev-us-east-2-control)
        SecondaryDatabasedev (payment-dev-us-east-2-database)
        SecondaryFoundationdev (payment-dev-us-east-2-foundation)
        SecondaryLambdadev (payment-dev-us-east-2-lambda)
        SecondaryMonitoringdev (payment-dev-us-east-2-monitoring)
        SecondaryParameterStoredev (payment-dev-us-east-2-parameter-store)
        SecondaryRoute53dev (payment-dev-us-east-2-route53)
        SecondaryRunbookdev (payment-dev-us-east-2-runbook)
        SecondarySessionsdev (payment-dev-us-east-2-sessions)
        SecondaryStoragedev (payment-dev-us-east-2-storage)
        SecondaryVPCdev (payment-dev-us-east-2-vpc)
        SecondaryZonedev (payment-dev-us-east-2-zone)
        WitnessCanarydev (payment-dev-us-west-2-canary)
    "#]]
    .assert_eq(&stdout);
}

#[test]
fn takes_an_assembly() {
    let outcome = assembly().cdk("synth --app cdk.out --quiet").outcome();
    assert_eq!(outcome.exit_code, Some(0), "{outcome}");
    assert!(!outcome.stderr.contains("rror"), "{outcome}");
}

#[test]
fn shows_warnings_of_the_stacks() {
    let outcome =
        assembly().cdk("synth --app cdk.out --quiet --exclusively SecondaryZonedev").outcome();
    expect![[r#"
        exit code 0
        --- stderr
        WARNING `dns.zone` is "payment-dev.example.com", and Route 53 refuses zones under example.com; set your own before you deploy (Construct Annotations)
           SecondaryZonedev
           Acknowledge with 'Annotation::warning-annotation'

        INFO first `tideover deploy SecondaryZonedev --exclusively`, delegate `payment-dev.example.com` to its name servers, and wait until they answer; certificates are validated through the zone (Construct Annotations)
           SecondaryZonedev
           Acknowledge with 'Annotation::info-annotation'
    "#]].assert_eq(&outcome.to_string());
}

#[test]
fn runs_the_program_and_leaves_nothing_behind() {
    let place = app();
    let listed = ids(place.cdk("ls"));
    let regions = ["us-east-1", "us-east-2", "us-west-2"];
    let all: usize = regions.map(|region| of_region(&place, region).len()).iter().sum();
    assert_eq!(listed.len(), all);
    assert_eq!(place.names("."), ["cdk.json", "cdk.out", "tideover.toml"]);
    let locks: Vec<_> =
        place.names("cdk.out").into_iter().filter(|name| name.ends_with(".lock")).collect();
    assert_eq!(locks, [""; 0]);
    let first = place.files("cdk.out");
    assert_eq!(ids(place.cdk("ls")), listed);
    assert_eq!(place.files("cdk.out"), first);
    assert_eq!(place.names("."), ["cdk.json", "cdk.out", "tideover.toml"]);
}

/// With `--exclusively`, a pattern selects the stacks of one home Region and no other; the CDK CLI tells which
/// when they are too many to print.
#[test]
fn patterns_select_a_home_region() {
    let place = assembly();
    for (pattern, region) in [("*Primary*", "us-east-1"), ("*Secondary*", "us-east-2")] {
        let words = format!("synth --app cdk.out --exclusively {pattern}");
        let outcome = place.cdk(&words).outcome();
        assert_eq!(outcome.exit_code, Some(0), "{outcome}");
        let (_, after) = outcome.stderr.split_once("Supply a stack id (").expect("stacks are told");
        let (ids, _) = after.split_once(')').expect("the list ends");
        assert_eq!(ids.split(", ").collect::<Vec<_>>(), of_region(&place, region), "{pattern}");
    }
}

/// What a home Region needs of the other one comes along where nothing says `--exclusively`.
#[test]
fn patterns_bring_dependencies() {
    let place = assembly();
    let beyond = |pattern: &str, region: &str| {
        let own = of_region(&place, region);
        let listed = ids(place.cdk(&format!("ls --app cdk.out {pattern}")));
        assert!(own.iter().all(|id| listed.contains(id)), "{pattern}");
        let others: Vec<_> = listed.into_iter().filter(|id| !own.contains(id)).collect();
        others.join("\n")
    };
    expect![[r#"
        SecondaryCertificatedev
        SecondaryFoundationdev
        SecondaryStoragedev
        SecondaryZonedev"#]]
    .assert_eq(&beyond("*Primary*", "us-east-1"));
    expect![[r#"
        PrimaryDatabasedev
        PrimaryFoundationdev
        PrimaryGlobalDatabasedev
        PrimaryVPCdev"#]]
    .assert_eq(&beyond("*Secondary*", "us-east-2"));
}

#[test]
fn context_reaches_the_names() {
    let place = app();
    let stdout = place.cdk("ls --context environmentSuffix=prod").stdout();
    assert!(stdout.contains("PrimaryVPCprod (payment-prod-us-east-1-vpc)\n"), "{stdout}");
    assert!(!stdout.contains("dev"), "{stdout}");
}

#[test]
fn account_reaches_the_environments() {
    let place = app();
    let environments = || {
        let manifest = place.json("cdk.out/manifest.json");
        let artifacts = manifest["artifacts"].as_object().expect("artifacts have names").values();
        let mut all: Vec<_> = artifacts.filter_map(|one| one["environment"].as_str()).collect();
        all.sort_unstable();
        all.dedup();
        all.join(" ")
    };
    place.cdk("ls").stdout();
    expect!["aws://unknown-account/us-east-1 aws://unknown-account/us-east-2 aws://unknown-account/us-west-2"]
        .assert_eq(&environments());
    place.cdk("ls").env("CDK_DEFAULT_ACCOUNT", "123456789012").stdout();
    expect![
        "aws://123456789012/us-east-1 aws://123456789012/us-east-2 aws://123456789012/us-west-2"
    ]
    .assert_eq(&environments());
}

#[test]
fn a_fault_in_the_file_stops_it() {
    let place = app();
    place.write("tideover.toml", "[network]\nzones = 7\n");
    let outcome = place.cdk("ls").outcome();
    assert_eq!(outcome.exit_code, Some(1), "{outcome}");
    assert!(outcome.stderr.contains("tideover.toml:2:9: network.zones"), "{outcome}");
}

/// The CDK CLI has nothing against deploying both Regions or one alone, up to its first call of AWS.
#[test]
fn deployment_lacks_only_credentials() {
    let place = Place::with("account = \"123456789012\"");
    place.tideover("synth").stdout();
    for selection in ["--all", "*Primary*", "*Secondary*"] {
        let words = format!("deploy --app cdk.out --exclusively {selection}");
        let outcome = place.cdk(&words).outcome();
        let last = outcome.stderr.lines().last().unwrap_or_default();
        expect![[r#"Need to perform AWS calls for account 123456789012, but no credentials have been configured"#]]
            .assert_eq(last);
    }
}
