//! The commands as scripts: what they print, where, and with which exit code.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use expect_test::expect;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::place::Place;

/// A file with faults of several kinds.
const FAULTS: &str = "\
name = \"Payment\"
colour = \"blue\"

[regions]
standby = \"us-east-1\"

[network]
zones = 7
standby_cidr = \"10.0.128.0/20\"
";

#[test]
fn init_writes_the_file_and_its_schema() {
    let place = Place::new();
    place.tideover("init").check(expect![[r#"
        exit code 0
        --- stderr
        wrote `tideover.toml`; next: edit it, then type `tideover synth`
    "#]]);
    assert_eq!(place.names("."), ["tideover-check.toml", "tideover.schema.json", "tideover.toml"]);
    assert!(place.text("tideover.toml").starts_with("#:schema ./tideover.schema.json\n"));
    assert_eq!(place.json("tideover.schema.json")["type"], "object");
    let stdout = place.tideover("list").stdout();
    place.write("tideover.toml", "");
    assert_eq!(place.tideover("list").stdout(), stdout, "the file says the defaults");
}

#[test]
fn init_makes_the_directory() {
    let place = Place::new();
    place.tideover("init new/system").check(expect![[r#"
        exit code 0
        --- stderr
        wrote `new/system/tideover.toml`; next: edit it, then type `tideover synth --file new/system/tideover.toml`
    "#]]);
    assert_eq!(
        place.names("new/system"),
        ["tideover-check.toml", "tideover.schema.json", "tideover.toml"]
    );
    place.tideover("init new/system").check(expect![[r#"
        exit code 1
        --- stderr
        error: `new/system/tideover.toml` is already there
        hint: type `tideover init --force new/system` to replace it
    "#]]);
}

#[test]
fn init_replaces_a_file_only_by_force() {
    let place = Place::with("name = \"mine\"\n");
    place.tideover("init").check(expect![[r#"
        exit code 1
        --- stderr
        error: `tideover.toml` is already there
        hint: type `tideover init --force` to replace it
    "#]]);
    assert_eq!(place.text("tideover.toml"), "name = \"mine\"\n");
    assert_eq!(place.names("."), ["tideover.toml"]);
    place.tideover("init --force").check(expect![[r#"
        exit code 0
        --- stderr
        wrote `tideover.toml`; next: edit it, then type `tideover synth`
    "#]]);
    assert!(place.text("tideover.toml").contains("name = \"payment\"\n"));
}

#[test]
fn without_a_file() {
    let place = Place::new();
    for command in ["synth", "list"] {
        place.tideover(command).check(expect![[r#"
            exit code 1
            --- stderr
            error: there is no `tideover.toml` in this directory
            hint: type `tideover init` to write one
        "#]]);
    }
    place.tideover("synth --file other.toml").check(expect![[r#"
        exit code 1
        --- stderr
        error: cannot read `other.toml`: No such file or directory (os error 2)
    "#]]);
    assert_eq!(place.names("."), [""; 0]);
}

#[test]
fn all_faults_of_a_file_at_once() {
    let place = Place::with(FAULTS);
    place.tideover("synth").check(expect![[r#"
        exit code 3
        --- stderr
        error: tideover.toml:1:8: name: found "Payment"; allowed: 1 to 16 lower-case letters, digits and single hyphens between them, beginning with a letter, such as "payment"
        tideover.toml:2:1: colour: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions
        tideover.toml:5:11: regions.standby: found "us-east-1" as primary and as standby; allowed: two Regions; with primary us-east-1, type standby "us-east-2" or "us-west-2"
        tideover.toml:8:9: network.zones: found 7; allowed: a whole number from 2 to 6
        tideover.toml:9:16: network.standby_cidr: found standby_cidr "10.0.128.0/20", which overlaps primary_cidr "10.0.0.0/16"; allowed: a range with no address in 10.0.0.0/16, such as "10.1.0.0/16" (rule vpc-cidr-disjoint)
    "#]]);
    assert_eq!(place.names("."), ["tideover.toml"]);
}

#[test]
fn a_file_in_another_encoding() {
    let place = Place::new();
    place.write("tideover.toml", b"# R\xc3\xa9gions\n[dns]\nrecord = \"caf\xe9\"\n");
    place.tideover("synth").check(expect![[r#"
        exit code 3
        --- stderr
        error: tideover.toml:3: the file is not UTF-8; save it in that encoding
    "#]]);
}

#[test]
fn a_wrong_command_line() {
    let place = Place::new();
    for words in ["", "no-such-command", "synth --nothing", "list --output yaml"] {
        let outcome = place.tideover(words).outcome();
        assert_eq!(outcome.exit_code, Some(2), "{outcome}");
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn synth_tells_what_it_wrote() {
    let place = Place::with("");
    place.tideover("synth").check(expect![[r#"
        exit code 0
        --- stderr
        warning: `dns.zone` is "payment-dev.example.com", and Route 53 refuses zones under example.com; set your own before you deploy
        warning: `processor.url` is not set: payments are accepted and stay posted; set it before you take any
        warning: function `ledger` has no package at `dist/transaction-processing.zip`; run `tideover package`, then synth again, before you deploy
        warning: function `notification` has no package at `dist/notification.zip`; run `tideover package`, then synth again, before you deploy
        warning: function `payment-validation` has no package at `dist/payment-validation.zip`; run `tideover package`, then synth again, before you deploy
        warning: function `runbook` has no package at `dist/runbook.zip`; run `tideover package`, then synth again, before you deploy
        warning: function `transaction-processing` has no package at `dist/transaction-processing.zip`; run `tideover package`, then synth again, before you deploy
        note: `api.authorization` is "none": whoever reaches the API can move money
        note: alarms reach nobody until somebody subscribes to the alarm topics; set `monitoring.email`
        note: first `tideover deploy SecondaryZonedev --exclusively`, delegate `payment-dev.example.com` to its name servers, and wait until they answer; certificates are validated through the zone
        note: objects replicate back from us-east-2 after a second pass, which `tideover deploy` makes by itself; with the CDK, once, after the first deployment of all stacks: `cdk deploy --app cdk.out SecondaryStoragedev --exclusively --parameters SecondaryStoragedev:ReplicationPeer=present`
        wrote 32 stacks with 385 resources in us-east-1, us-east-2 and us-west-2 to `cdk.out`
        next, with credentials: `tideover diff` and `tideover deploy`; or the CDK's way: `npx aws-cdk@2.1148.1 deploy --app cdk.out --all`
    "#]]);
    assert_eq!(place.names("."), ["cdk.out", "tideover.toml"]);
}

#[test]
fn synth_for_programs() {
    let place = Place::with("");
    let outcome = place.tideover("synth --output json --out build/assembly").outcome();
    assert_eq!((outcome.exit_code, outcome.stderr.as_str()), (Some(0), ""), "{outcome}");
    let mut told: Value = serde_json::from_str(&outcome.stdout).expect("it prints JSON");
    let stacks = told["stacks"].take();
    let listed: Value = serde_json::from_str(&place.tideover("list --output json").stdout())
        .expect("it prints JSON");
    assert_eq!(stacks, listed["stacks"]);
    expect![[r#"
        {
          "directory": "build/assembly",
          "findings": 0,
          "notes": [
            "`api.authorization` is \"none\": whoever reaches the API can move money",
            "alarms reach nobody until somebody subscribes to the alarm topics; set `monitoring.email`",
            "first `tideover deploy SecondaryZonedev --exclusively`, delegate `payment-dev.example.com` to its name servers, and wait until they answer; certificates are validated through the zone",
            "objects replicate back from us-east-2 after a second pass, which `tideover deploy` makes by itself; with the CDK, once, after the first deployment of all stacks: `cdk deploy --app cdk.out SecondaryStoragedev --exclusively --parameters SecondaryStoragedev:ReplicationPeer=present`"
          ],
          "stacks": null,
          "warnings": [
            "`dns.zone` is \"payment-dev.example.com\", and Route 53 refuses zones under example.com; set your own before you deploy",
            "`processor.url` is not set: payments are accepted and stay posted; set it before you take any",
            "function `ledger` has no package at `dist/transaction-processing.zip`; run `tideover package`, then synth again, before you deploy",
            "function `notification` has no package at `dist/notification.zip`; run `tideover package`, then synth again, before you deploy",
            "function `payment-validation` has no package at `dist/payment-validation.zip`; run `tideover package`, then synth again, before you deploy",
            "function `runbook` has no package at `dist/runbook.zip`; run `tideover package`, then synth again, before you deploy",
            "function `transaction-processing` has no package at `dist/transaction-processing.zip`; run `tideover package`, then synth again, before you deploy"
          ]
        }"#]].assert_eq(&format!("{told:#}"));
    assert!(place.names("build/assembly").contains(&"manifest.json".to_owned()));
    assert_eq!(place.names("build"), ["assembly"]);
}

#[test]
fn list() {
    let place = Place::with("");
    place.tideover("list").check(expect![[r#"
        exit code 0
        --- stdout
        PrimaryFoundationdev        us-east-1   11 resources  payment-dev-us-east-1-foundation
        PrimaryVPCdev               us-east-1   45 resources  payment-dev-us-east-1-vpc
        PrimaryDatabasedev          us-east-1    8 resources  payment-dev-us-east-1-database
        PrimaryGlobalDatabasedev    us-east-1    1 resources  payment-dev-us-east-1-global-database
        PrimaryWebhooksdev          us-east-1    1 resources  payment-dev-us-east-1-webhooks
        PrimaryStoragedev           us-east-1    3 resources  payment-dev-us-east-1-storage
        PrimaryLambdadev            us-east-1   30 resources  payment-dev-us-east-1-lambda
        PrimaryRunbookdev           us-east-1   21 resources  payment-dev-us-east-1-runbook
        PrimaryAPIdev               us-east-1   12 resources  payment-dev-us-east-1-api
        PrimaryCertificatedev       us-east-1    2 resources  payment-dev-us-east-1-certificate
        PrimaryRoute53dev           us-east-1   10 resources  payment-dev-us-east-1-route53
        PrimaryMonitoringdev        us-east-1   23 resources  payment-dev-us-east-1-monitoring
        PrimaryCanarydev            us-east-1    5 resources  payment-dev-us-east-1-canary
        PrimaryParameterStoredev    us-east-1    9 resources  payment-dev-us-east-1-parameter-store
        PrimaryBackupdev            us-east-1    6 resources  payment-dev-us-east-1-backup
        SecondaryFoundationdev      us-east-2   11 resources  payment-dev-us-east-2-foundation
        SecondaryVPCdev             us-east-2   45 resources  payment-dev-us-east-2-vpc
        SecondaryDatabasedev        us-east-2    7 resources  payment-dev-us-east-2-database
        SecondaryControldev         us-east-2    1 resources  payment-dev-us-east-2-control
        SecondarySessionsdev        us-east-2    1 resources  payment-dev-us-east-2-sessions
        SecondaryStoragedev         us-east-2    3 resources  payment-dev-us-east-2-storage
        SecondaryLambdadev          us-east-2   30 resources  payment-dev-us-east-2-lambda
        SecondaryRunbookdev         us-east-2   21 resources  payment-dev-us-east-2-runbook
        SecondaryAPIdev             us-east-2   12 resources  payment-dev-us-east-2-api
        SecondaryCertificatedev     us-east-2    2 resources  payment-dev-us-east-2-certificate
        SecondaryRoute53dev         us-east-2    8 resources  payment-dev-us-east-2-route53
        SecondaryMonitoringdev      us-east-2   23 resources  payment-dev-us-east-2-monitoring
        SecondaryCanarydev          us-east-2    5 resources  payment-dev-us-east-2-canary
        SecondaryParameterStoredev  us-east-2    9 resources  payment-dev-us-east-2-parameter-store
        SecondaryBackupdev          us-east-2    6 resources  payment-dev-us-east-2-backup
        SecondaryZonedev            us-east-2    1 resources  payment-dev-us-east-2-zone
        WitnessCanarydev            us-west-2   13 resources  payment-dev-us-west-2-canary
    "#]]);
    assert_eq!(place.names("."), ["tideover.toml"]);
}

#[test]
fn list_for_programs_says_the_same() {
    let place = Place::with("");
    let list: Value = serde_json::from_str(&place.tideover("list --output json").stdout())
        .expect("it prints JSON");
    let stacks = list["stacks"].as_array().expect("it lists stacks");
    let text = |stack: &Value, key: &str| stack[key].as_str().expect("it is a string").to_owned();
    let rows = stacks.iter().map(|stack| {
        let count = stack["resources"].to_string();
        vec![
            text(stack, "id"),
            text(stack, "region"),
            count,
            "resources".to_owned(),
            text(stack, "name"),
        ]
    });
    let stdout = place.tideover("list").stdout();
    let lines = stdout.lines().map(|line| line.split_whitespace().map(str::to_owned).collect());
    assert_eq!(rows.collect::<Vec<_>>(), lines.collect::<Vec<Vec<_>>>());
    let database = stacks.iter().find(|stack| stack["id"] == "PrimaryDatabasedev");
    expect![[r#"
        {
          "id": "PrimaryDatabasedev",
          "name": "payment-dev-us-east-1-database",
          "region": "us-east-1",
          "resources": 8,
          "termination_protection": true
        }"#]]
    .assert_eq(&format!("{:#}", database.expect("there is a database")));
}

#[test]
fn a_directory_that_is_no_assembly_stays() {
    let place = Place::with("");
    place.write("notes/todo.txt", "all of it");
    place.tideover("synth --out notes").check(expect![[r#"
        exit code 1
        --- stderr
        error: `notes` holds something other than an assembly, and would be replaced
        hint: choose another directory with `--out DIR`
    "#]]);
    assert_eq!(place.names("notes"), ["todo.txt"]);
    assert_eq!(place.text("notes/todo.txt"), "all of it");
    place.tideover("synth --out .").check(expect![[r#"
        exit code 1
        --- stderr
        error: `.` holds something other than an assembly, and would be replaced
        hint: choose another directory with `--out DIR`
    "#]]);
    place.tideover("synth --out tideover.toml").check(expect![[r#"
        exit code 1
        --- stderr
        error: cannot read `tideover.toml`: Not a directory (os error 20)
    "#]]);
    assert_eq!(place.names("."), ["notes", "tideover.toml"]);
}

/// Names that an assembly has are not enough: these are a project with its assembly in it, and a web page.
#[test]
fn a_directory_that_looks_like_an_assembly_stays() {
    let place = Place::with("");
    place.write("project/notes.txt", "all of it");
    place.tideover("synth --out project/cdk.out").stdout();
    place.write("page/manifest.json", "{\"name\": \"Shop\"}");
    place.write("page/cdk.out", "a list of what is out");
    for (directory, names) in
        [("project", ["cdk.out", "notes.txt"]), ("page", ["cdk.out", "manifest.json"])]
    {
        let outcome = place.tideover(&format!("synth --out {directory}")).outcome();
        assert_eq!(outcome.exit_code, Some(1), "{outcome}");
        assert_eq!(place.names(directory), names);
    }
}

#[test]
fn an_assembly_is_replaced_as_a_whole() {
    let place = Place::with("");
    place.tideover("synth").stdout();
    place.write("cdk.out/PrimaryOlddev.template.json", "{}");
    place.tideover("synth --suffix prod").stdout();
    let names = place.names("cdk.out");
    assert!(names.contains(&"PrimaryVPCprod.template.json".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("dev")), "{names:?}");
    assert_eq!(place.names("."), ["cdk.out", "tideover.toml"]);
}

/// Whatever fails, the assembly that was there is there, byte for byte, and nothing beside it.
#[test]
fn a_failure_leaves_the_assembly() {
    let place = Place::with("");
    place.tideover("synth").stdout();
    let before = place.files("cdk.out");
    let unchanged = |case: &str, code: i32| {
        let outcome = place.tideover("synth --suffix prod").outcome();
        assert_eq!(outcome.exit_code, Some(code), "{case}: {outcome}");
        assert!(place.files("cdk.out") == before, "{case}");
        assert!(!place.names(".").iter().any(|name| name.starts_with('.')), "{case}");
    };
    place.write("tideover.toml", FAULTS);
    unchanged("faults in the file", 3);
    let group =
        (0..100).map(|n| format!("[[functions]]\nname = \"f{n}\"\nroutes = [\"GET /f{n}\"]\n"));
    place.write("tideover.toml", group.collect::<String>().replace("/f0\"", "/health\""));
    unchanged("a stack that is too large", 3);
    place.write("tideover.toml", "");
    place.write("dist/notification.zip/no-package", "a folder in place of the package");
    unchanged("a package that cannot be read", 1);
}

/// Killed while writing aside, between the two renames, or before the old assembly was removed.
#[test]
fn what_a_kill_left_is_mended() {
    let place = Place::with("");
    place.tideover("synth").stdout();
    let assembly = place.files("cdk.out");
    place.write(".cdk.out.new/PrimaryVPCdev.template.json", "{");
    place.write(".cdk.out.old/manifest.json", "{}");
    place.tideover("synth").stdout();
    assert_eq!(place.names("."), ["cdk.out", "tideover.toml"]);
    fs::rename(place.path("cdk.out"), place.path(".cdk.out.old")).expect("it can be renamed");
    place.tideover("synth").stdout();
    assert_eq!(place.names("."), ["cdk.out", "tideover.toml"]);
    assert!(place.files("cdk.out") == assembly);
}

#[test]
fn runs_at_once_do_not_mix() {
    let place = Place::with("");
    let runs: Vec<_> = ["one", "two", "one", "two", "one", "two"]
        .map(|suffix| place.tideover(&format!("synth --suffix {suffix}")).start())
        .into();
    for run in runs {
        assert!(run.wait_with_output().expect("it was started").status.success());
    }
    let manifest = place.json("cdk.out/manifest.json").to_string();
    assert_ne!(manifest.contains("PrimaryVPCone"), manifest.contains("PrimaryVPCtwo"));
    let templates =
        place.names("cdk.out").into_iter().filter(|name| name.ends_with("template.json"));
    let listed = place.tideover("list").stdout();
    assert_eq!(templates.count(), listed.lines().count());
}

#[test]
fn a_package_that_cannot_be_read() {
    let place = Place::with("");
    place.write("dist/notification.zip/no-package", "a folder in place of the package");
    place.tideover("synth").check(expect![[r#"
        exit code 1
        --- stderr
        error: cannot read the package `dist/notification.zip`: Is a directory (os error 21)
    "#]]);
}

#[test]
fn a_place_that_cannot_be_written() {
    let place = Place::with("");
    place.write("file", "");
    place.tideover("synth --out file/cdk.out").check(expect![[r#"
        exit code 1
        --- stderr
        error: cannot read `file/cdk.out`: Not a directory (os error 20)
    "#]]);
    assert_eq!(place.names("."), ["file", "tideover.toml"]);
    assert_eq!(place.text("file"), "");
}

/// The one outcome that depends on who runs the tests: the administrator writes everywhere.
#[test]
fn a_directory_that_is_read_only() {
    let place = Place::with("");
    place.write("closed/file", "");
    let permit = |mode| {
        let closed = place.path("closed");
        fs::set_permissions(closed, Permissions::from_mode(mode)).expect("the directory is ours");
    };
    permit(0o555);
    let is_writable = fs::write(place.path("closed/try"), "").is_ok();
    let outcome = place.tideover("synth --out closed/cdk.out").outcome();
    let names = place.names("closed");
    permit(0o755);
    if is_writable {
        assert_eq!(outcome.exit_code, Some(0), "{outcome}");
        assert_eq!(names, ["cdk.out", "file", "try"]);
    } else {
        expect![[r#"
            exit code 1
            --- stderr
            error: cannot write the assembly `closed/cdk.out`: cannot create a directory there: Permission denied (os error 13)
        "#]].assert_eq(&outcome.to_string());
        assert_eq!(names, ["file"]);
    }
}

#[test]
fn the_option_wins_over_the_context_and_that_over_the_file() {
    let prod = r#"{"environmentSuffix": "context"}"#;
    for (file, context, option, expected) in [
        ("", "", "", "dev"),
        ("environment_suffix = \"file\"", "", "", "file"),
        ("environment_suffix = \"file\"", "{}", "", "file"),
        ("", prod, "", "context"),
        ("environment_suffix = \"file\"", prod, "", "context"),
        ("environment_suffix = \"file\"", prod, "--suffix option", "option"),
        ("", "", "--suffix option", "option"),
    ] {
        let place = Place::with(file);
        let list = place.tideover("list").words(option).env("CDK_CONTEXT_JSON", context).stdout();
        let name = format!("payment-{expected}-us-east-1-vpc");
        assert!(list.contains(&name), "{file} {context} {option}: {list}");
    }
}

/// The CDK CLI moves what does not fit into the variable to a file.
#[test]
fn the_context_may_be_in_a_file() {
    let place = Place::with("");
    place.write("overflow.json", r#"{"environmentSuffix": "prod"}"#);
    let path = place.path("overflow.json");
    let run = place.tideover("list --output json").env("CDK_CONTEXT_JSON", "{}");
    let stdout =
        run.env("CONTEXT_OVERFLOW_LOCATION_ENV", path.to_str().expect("the path is text")).stdout();
    assert!(stdout.contains("PrimaryVPCprod"), "{stdout}");
}

#[test]
fn a_suffix_that_does_not_fit() {
    let place = Place::with("");
    place.tideover("list --suffix Prod").check(expect![[r#"
        exit code 3
        --- stderr
        error: --suffix: environment_suffix: found "Prod"; allowed: 1 to 12 lower-case letters and digits, beginning with a letter, such as "dev"
    "#]]);
    let context = |context| place.tideover("list").env("CDK_CONTEXT_JSON", context);
    context(r#"{"environmentSuffix": "Prod"}"#).check(expect![[r#"
        exit code 3
        --- stderr
        error: CDK context `environmentSuffix`: environment_suffix: found "Prod"; allowed: 1 to 12 lower-case letters and digits, beginning with a letter, such as "dev"
    "#]]);
    context(r#"{"environmentSuffix": 1}"#).check(expect![[r#"
        exit code 3
        --- stderr
        error: CDK context `environmentSuffix`: found 1; allowed: a string such as "dev"
    "#]]);
    context("environmentSuffix=prod").check(expect![[r#"
        exit code 1
        --- stderr
        error: the CDK context `CDK_CONTEXT_JSON` is not JSON: expected value at line 1 column 1
    "#]]);
}

#[test]
fn tags_from_the_environment() {
    let place = Place::with("");
    place
        .tideover("synth")
        .env("REPOSITORY", "acme/payments")
        .env("COMMIT_AUTHOR", "somebody")
        .stdout();
    let manifest = place.json("cdk.out/manifest.json");
    let tags = &manifest["artifacts"]["SecondaryVPCdev"]["properties"]["tags"];
    expect![[r#"
        {
          "Author": "somebody",
          "DR-Role": "standby",
          "Environment": "dev",
          "Project": "PaymentDR",
          "Repository": "acme/payments"
        }"#]]
    .assert_eq(&format!("{tags:#}"));
}

#[test]
fn a_package_becomes_an_asset() {
    let place = Place::with("");
    place.write("dist/notification.zip", "the package");
    let outcome = place.tideover("synth").outcome();
    assert_eq!(outcome.exit_code, Some(0), "{outcome}");
    assert!(!outcome.stderr.contains("`notification`"), "{outcome}");
    let digest = Sha256::digest("the package");
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(place.text(&format!("cdk.out/asset.{hash}.zip")), "the package");
    for (stack, region) in [("PrimaryLambdadev", "us-east-1"), ("SecondaryLambdadev", "us-east-2")]
    {
        let asset = &place.json(&format!("cdk.out/{stack}.assets.json"))["files"][&hash];
        assert_eq!(asset["source"]["path"], format!("asset.{hash}.zip"));
        let destination = &asset["destinations"][format!("current_account-{region}")];
        assert_eq!(destination["objectKey"], format!("{hash}.zip"));
        assert_eq!(destination["region"], region);
        let template = place.json(&format!("cdk.out/{stack}.template.json"));
        let function = &template["Resources"]["Notification"]["Properties"];
        assert_eq!(function["Code"]["S3Key"], format!("{hash}.zip"));
    }
}

#[test]
fn same_input_same_bytes() {
    let place = Place::with("");
    let other = Place::new();
    for (place, file) in
        [(&place, "dist/notification.zip"), (&other, "there/dist/notification.zip")]
    {
        place.write(file, "the package");
    }
    other.write("there/tideover.toml", "");
    place.tideover("synth").stdout();
    let first = place.files("cdk.out");
    place.tideover("synth").stdout();
    assert!(place.files("cdk.out") == first, "a second time");
    other.tideover("synth --file there/tideover.toml --out somewhere/else").stdout();
    assert!(other.files("somewhere/else") == first, "from another directory");
}

/// As with `tideover list | head`.
#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let place = Place::with("");
    for words in ["list", "list --output json", "completions bash", "man", "synth --output json"] {
        let outcome = place.tideover(words).into_closed_pipe().outcome();
        assert_eq!((outcome.exit_code, outcome.stderr.as_str()), (Some(0), ""), "{words}");
    }
}

#[test]
fn completions() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = place.tideover(&format!("completions {shell}")).stdout();
        for command in ["init", "synth", "list", "completions", "man"] {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
}

#[test]
fn manual_page() {
    let page = Place::new().tideover("man").stdout();
    assert!(page.starts_with(".ie") || page.starts_with(".TH"), "{page}");
    for word in ["tideover", "synth", "Exit codes", "CDK_DEFAULT_ACCOUNT"] {
        assert!(page.contains(word), "{word} is not in\n{page}");
    }
}
