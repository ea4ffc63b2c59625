//! `tideover report` of journals that were kept: printed, written, signed, and checked by us and by OpenSSL.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use emulator::Emulator;
use expect_test::expect;
use serde_json::Value;

use crate::place::Place;

const JOURNAL: &str = include_str!("../../../runbook/tests/it/golden/journal_failover_1.jsonl");

const ACCOUNT: &str = "123456789012";

fn place() -> Place {
    let place = Place::new();
    place.write("journal.jsonl", JOURNAL);
    place
}

#[track_caller]
fn done(place: &Place, words: &str) -> String {
    let outcome = place.tideover(words).outcome();
    assert_eq!(outcome.exit_code, Some(0), "{words}: {outcome}");
    outcome.stdout
}

#[test]
fn a_kept_journal_is_reported_on_in_every_form() {
    let place = place();
    let report = "report --journal journal.jsonl --output";
    let json: Value = serde_json::from_str(&done(&place, &format!("{report} json"))).expect("JSON");
    assert_eq!(json["format"], "tideover-report/1");
    assert_eq!(json["run"]["status"], "finished");
    assert_eq!(json["recovery"]["rto"]["target_ms"], Value::Null);
    assert!(
        done(&place, "report --journal journal.jsonl")
            .starts_with("Run r9: failover from east to west\n")
    );
    assert!(
        done(&place, &format!("{report} markdown"))
            .starts_with("# Run r9: failover from east to west\n")
    );
    assert!(done(&place, &format!("{report} html")).starts_with("<!DOCTYPE html>\n"));
}

/// What else is known stands in the report: objectives of the file that is here, templates, and what somebody says.
#[test]
fn what_else_is_known_is_told() {
    let place = place();
    place.write("tideover.toml", include_str!("files/default.toml"));
    done(&place, "synth --out out");
    place.write(
        "known.json",
        r#"{"fault_at": 999940000, "alarms": [], "why": {"/dns/after": "it was down"}}"#,
    );
    let words = "report --journal journal.jsonl --known known.json --assembly out --output json";
    let json: Value = serde_json::from_str(&done(&place, words)).expect("JSON");
    assert_eq!(json["recovery"]["counts_from"], "fault");
    assert_eq!(json["recovery"]["phases"][0]["ms"], 60_000);
    assert_eq!(json["recovery"]["rto"]["target_ms"], 300_000);
    assert_eq!(json["alarms"], Value::Array(Vec::new()));
    let templates = json["templates"].as_array().expect("they are known");
    let listed: Value = serde_json::from_str(&done(&place, "list --output json")).expect("JSON");
    assert_eq!(templates.len(), listed["stacks"].as_array().expect("stacks").len());
    let of = |region: &str| templates.iter().filter(|one| one["region"] == region).count();
    assert!(of("us-east-1") > 5 && of("us-east-2") > 5, "{templates:?}");
    let not_known = json["not_known"].as_array().expect("a list");
    let why =
        |place: &str| not_known.iter().find(|one| one["what"] == place).map(|one| &one["why"]);
    assert_eq!(why("/dns/after"), Some(&"it was down".into()));
    assert_eq!(why("/alarms"), None);
    assert_eq!(why("/templates"), None);
}

#[test]
fn signed_written_and_checked() {
    let place = place();
    let public = done(&place, "report --new-key key.pem");
    place.write("key.pub", &public);
    let mode = std::fs::metadata(place.path("key.pem")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    done(&place, "report --journal journal.jsonl --out kept/here --key key.pem");
    let names = [
        "journal.jsonl",
        "report.html",
        "report.json",
        "report.json.sig",
        "report.md",
        "report.pub",
    ];
    assert_eq!(place.names("kept/here"), names);
    assert_eq!(place.text("kept/here/journal.jsonl"), JOURNAL);
    assert_eq!(place.text("kept/here/report.pub"), public);
    let verify = "report --verify kept/here/report.json --public-key key.pub";
    assert_eq!(
        done(&place, verify),
        "`kept/here/report.json` is as it was signed by that key: run r9, finished\n"
    );
    // Neither the key nor what it is made of is shown anywhere.
    let secret = place.text("key.pem");
    let secret = secret.lines().nth(1).expect("the key");
    for (name, content) in place.files("kept/here") {
        assert!(!String::from_utf8_lossy(&content).contains(secret), "{name}");
    }
    assert!(!public.contains(secret));
    openssl_says_so(&place, "kept/here", "report.json", ("auditor.pub", "key.pub"));
}

/// A folder that was used before has no other signature beside the report than its own.
#[test]
fn what_an_earlier_report_was_signed_by_goes() {
    let place = place();
    let public = done(&place, "report --new-key key.pem");
    place.write("key.pub", &public);
    for name in ["report.json.sha256", "report.json.sha256.sig"] {
        place.write(&format!("kept/{name}"), "of a report that was signed by KMS");
    }
    done(&place, "report --journal journal.jsonl --out kept --key key.pem");
    let verify = "report --verify kept/report.json --public-key key.pub";
    assert!(done(&place, verify).contains("is as it was signed"));
    assert!(!place.names("kept").iter().any(|name| name.contains("sha256")));
    // Whoever lays one beside it by hand keeps nobody from finding the one that holds.
    place.write("kept/report.json.sha256", "stale");
    place.write("kept/report.json.sha256.sig", [0; 64]);
    assert!(done(&place, verify).contains("is as it was signed"));
    done(&place, "report --journal journal.jsonl --out kept");
    assert_eq!(place.names("kept"), ["journal.jsonl", "report.html", "report.json", "report.md"]);
}

/// OpenSSL says the same of a file in this folder, by the command of `docs/report.md`, in which the key is called so.
#[track_caller]
fn openssl_says_so(place: &Place, folder: &str, file: &str, key: (&str, &str)) {
    let (called, key) = key;
    let verify = format!("pkeyutl -verify -pubin -inkey KEY -rawin -in {file} -sigfile {file}.sig");
    let told = format!("openssl {}", verify.replace("KEY", called));
    assert!(include_str!("../../../../docs/report.md").contains(&told), "{told}");
    let key = place.path(key).display().to_string();
    let words = verify.split(' ').map(|word| if word == "KEY" { &*key } else { word });
    let mut openssl = Command::new("openssl");
    let openssl = openssl.args(words).current_dir(place.path(folder)).output();
    let openssl = openssl.expect("OpenSSL is there");
    assert!(openssl.status.success(), "{openssl:?}");
}

/// KMS signs the line that `sha256sum` prints; tideover, OpenSSL and `sha256sum` say that it holds.
#[test]
fn signed_by_kms() {
    let (place, emulator) = (place(), Emulator::start());
    let kms = |words: &str| {
        let tideover = place.tideover(words).env("AWS_ENDPOINT_URL", &emulator.url());
        let tideover = tideover.env("AWS_ACCESS_KEY_ID", ACCOUNT);
        let tideover = tideover.env("AWS_SECRET_ACCESS_KEY", "secret");
        tideover.env("AWS_EC2_METADATA_DISABLED", "true").outcome()
    };
    let key = emulator.signing_key(ACCOUNT, "us-east-2", "ECC_NIST_EDWARDS25519");
    let write = format!("report --journal journal.jsonl --out kept --key kms:{key}");
    let written = kms(&write);
    assert_eq!(written.exit_code, Some(0), "{written}");
    let names: Vec<String> = place.names("kept");
    assert_eq!(
        names[2..],
        ["report.json", "report.json.sha256", "report.json.sha256.sig", "report.md", "report.pub"]
    );
    assert!(place.text("kept/report.json").len() > 4_096);
    let holds = "`kept/report.json` is as it was signed by that key: run r9, finished\n";
    let verify = "report --verify kept/report.json --public-key";
    assert_eq!(kms(&format!("{verify} kms:{key}")).stdout, holds);
    assert_eq!(done(&place, &format!("{verify} kept/report.pub")), holds);
    openssl_says_so(&place, "kept", "report.json.sha256", ("kms.pub", "kept/report.pub"));
    let mut sums = Command::new("sha256sum");
    let sums = sums.args(["-c", "report.json.sha256"]).current_dir(place.path("kept"));
    let sums = sums.output().expect("it is there");
    assert!(sums.status.success(), "{sums:?}");
    // The line holds, and is about another report.
    place.write("kept/report.json", place.text("kept/report.json").replace("finished", "open"));
    let changed = place.tideover(&format!("{verify} kept/report.pub")).outcome();
    let said =
        "it is not what `sha256sum` printed when that was signed: the report was changed since";
    assert_eq!(changed.exit_code, Some(5), "{changed}");
    assert!(changed.stderr.contains(said), "{changed}");
    // Nothing is written that is not signed.
    let other = emulator.signing_key(ACCOUNT, "us-east-2", "ECC_NIST_P256");
    let refused = kms(&format!("report --journal journal.jsonl --out other --key kms:{other}"));
    assert_eq!(refused.exit_code, Some(3), "{refused}");
    assert!(refused.stderr.contains("ECC_NIST_EDWARDS25519"), "{refused}");
    assert!(!place.path("other").exists());
    let no_arn =
        place.tideover("report --journal journal.jsonl --out other --key kms:mine").outcome();
    assert_eq!(no_arn.exit_code, Some(2), "{no_arn}");
}

#[test]
fn what_was_not_signed_so_is_refused() {
    let place = place();
    for name in ["key", "other"] {
        let public = done(&place, &format!("report --new-key {name}.pem"));
        place.write(&format!("{name}.pub"), public);
    }
    done(&place, "report --journal journal.jsonl --out kept --key key.pem");
    let told = |words: &str| {
        let outcome = place.tideover(words).outcome();
        format!("{:?} {}", outcome.exit_code, outcome.stderr)
    };
    let verify = "report --verify kept/report.json --public-key";
    expect![[r#"
        Some(5) error: `kept/report.json`: the signature is not that of these bytes by this key: the report was changed after it was signed, or somebody else signed it
        hint: ask whoever gave you the report for what they signed, and with which key
    "#]].assert_eq(&told(&format!("{verify} other.pub")));
    expect![[r#"
        Some(3) error: `key.pem`: it is no PEM of a PUBLIC KEY
        hint: `tideover report --new-key` prints the public key
    "#]]
    .assert_eq(&told(&format!("{verify} key.pem")));
    place.write("short.sig", "too short");
    expect![[r#"
        Some(5) error: `kept/report.json`: the signature has 9 bytes, and a signature has 64
        hint: ask whoever gave you the report for what they signed, and with which key
    "#]]
    .assert_eq(&told(&format!("{verify} key.pub --signature short.sig")));
    let json = place.text("kept/report.json");
    place.write(
        "kept/report.json",
        json.replace("\"reason\": \"a test\"", "\"reason\": \"no test\""),
    );
    expect![[r#"
        Some(5) error: `kept/report.json`: the signature is not that of these bytes by this key: the report was changed after it was signed, or somebody else signed it
        hint: ask whoever gave you the report for what they signed, and with which key
    "#]].assert_eq(&told(&format!("{verify} key.pub")));
    place.write("kept/report.json", &json[..json.len() / 2]);
    assert!(told(&format!("{verify} key.pub")).starts_with("Some(5) "));
    place.write("kept/report.json", json);
    assert!(told(&format!("{verify} key.pub")).starts_with("Some(0) "));
    // A key is never replaced.
    expect![[r#"
        Some(1) error: `key.pem` is there, and a key is never replaced
        hint: name another file: what the old key signed is checked with the old public key
    "#]]
    .assert_eq(&told("report --new-key key.pem"));
}

#[test]
fn what_cannot_be_reported_on() {
    let place = place();
    let told = |words: &str| {
        let outcome = place.tideover(words).outcome();
        format!("{:?} {}", outcome.exit_code, outcome.stderr)
    };
    place.write("cut.jsonl", &JOURNAL[..JOURNAL.len() - 40]);
    expect![[r#"
        Some(3) error: cut.jsonl: line 83, the last, is cut off; the entries before it are whole
        hint: a journal has one entry on each line, from the plan on
    "#]]
    .assert_eq(&told("report --journal cut.jsonl"));
    place.write("known.json", r#"{"alarm": []}"#);
    expect![[r#"
        Some(3) error: known.json: unknown field `alarm`, expected one of `fault_at`, `home`, `objectives`, `calls`, `dns`, `alarms`, `movements`, `templates`, `follow_ups`, `why` at line 1 column 8
    "#]].assert_eq(&told("report --journal journal.jsonl --known known.json"));
    expect![[r#"
        Some(3) error: `journal.jsonl`: it is no PEM of a PRIVATE KEY
        hint: `tideover report --new-key FILE` makes one
    "#]]
    .assert_eq(&told("report --journal journal.jsonl --out kept --key journal.jsonl"));
    assert!(!place.path("kept").exists(), "nothing is written without its signature");
    assert!(told("report").starts_with("Some(2) "), "{}", told("report"));
    assert!(told("report --journal journal.jsonl --key key.pem").starts_with("Some(2) "));
    assert!(told("report --verify journal.jsonl").starts_with("Some(2) "));
}
