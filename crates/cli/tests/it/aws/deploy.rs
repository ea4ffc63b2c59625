//! `tideover deploy`, `diff` and `destroy` as people type them: the default system from nothing to both Regions and back,
//! ended and killed on the way, and refused.

use std::io::{Cursor, Write as _};

use emulator::{Emulator, Fault, Rule, Way};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::place::{Outcome, Place, Run};

const ACCOUNT: &str = "111122223333";
const REGIONS: [&str; 2] = ["us-east-1", "us-east-2"];

/// An emulated account, bootstrapped in both Regions; a folder with the default file and packages of its functions.
struct Aws {
    emulator: Emulator,
    way: Way,
    place: Place,
}

impl Aws {
    fn new() -> Self {
        let emulator = Emulator::start();
        REGIONS.iter().for_each(|region| emulator.bootstrap(ACCOUNT, region));
        let (way, place) = (Way::to(emulator.address()), Place::with(""));
        for name in ["payment-validation", "transaction-processing", "notification"] {
            place.write(&format!("dist/{name}.zip"), package(name));
        }
        Self { emulator, way, place }
    }

    fn tideover(&self, words: &str) -> Run {
        self.as_account(ACCOUNT, words)
    }

    fn as_account(&self, account: &str, words: &str) -> Run {
        let run = self.place.tideover(words).env("AWS_ENDPOINT_URL", &self.way.url());
        let run = run.env("AWS_ACCESS_KEY_ID", account).env("AWS_SECRET_ACCESS_KEY", "secret");
        run.env("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// What a command says in JSON, when it succeeds.
    #[track_caller]
    fn json(&self, words: &str) -> Value {
        let stdout = self.tideover(&format!("{words} --output json")).stdout();
        serde_json::from_str(&stdout).expect("it is JSON")
    }

    /// How often a stack began to be created.
    fn creations(&self, region: &str, stack: &str) -> usize {
        let fields = [("Action", "DescribeStackEvents"), ("StackName", stack)];
        let events = self.emulator.form(ACCOUNT, region, &fields);
        let begun = events.split("<member>").filter(|event| {
            event.contains("<ResourceStatus>CREATE_IN_PROGRESS<")
                && event.contains("<ResourceType>AWS::CloudFormation::Stack<")
        });
        begun.count()
    }
}

/// A package that nobody starts.
fn package(name: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", SimpleFileOptions::DEFAULT).expect("it is written");
    zip.write_all(format!("#!/bin/sh\n# {name}\n").as_bytes()).expect("it is written");
    zip.finish().expect("it is written").into_inner()
}

#[track_caller]
fn refused(outcome: &Outcome, words: &str) {
    assert_eq!(outcome.exit_code, Some(7), "{outcome}");
    assert!(outcome.stderr.contains(words), "{outcome}");
}

/// How many stacks a deployment made so.
fn count(deployed: &Value, result: &str) -> usize {
    let stacks = deployed["stacks"].as_array().into_iter().flatten();
    stacks.filter(|stack| stack["result"] == result).count()
}

#[test]
fn the_default_system_comes_stays_and_goes() {
    let aws = Aws::new();
    let deployed = aws.json("deploy");
    let stacks = deployed["stacks"].as_array().map_or(0, Vec::len);
    assert!(stacks > 20, "{deployed:#}");
    assert_eq!(count(&deployed, "created"), stacks);
    let read: Value =
        serde_json::from_str(&aws.emulator.verify(ACCOUNT, &REGIONS)).expect("it is JSON");
    assert_eq!(read["missing"], json!([]));
    // The packages were brought to both Regions.
    let puts =
        aws.way.called().into_iter().filter(|it| it.operation.starts_with("PUT /cdk-")).count();
    assert_eq!(deployed["published"], puts);
    assert!(puts >= 6, "{puts}");

    let again = aws.json("deploy");
    assert_eq!((count(&again, "unchanged"), &again["published"]), (stacks, &json!(0)));
    assert_eq!(aws.tideover("diff --fail").outcome().exit_code, Some(0));
    // A topic's name shows, and what holds data is guarded.
    let other =
        aws.tideover("diff --fail --suffix dev *Sessions*").env("REPOSITORY", "other").outcome();
    assert_eq!(other.exit_code, Some(5), "{other}");
    assert!(other.stdout.contains("besides: tags"), "{other}");

    refused(&aws.tideover("destroy").outcome(), "is protected from being deleted");
    let all = "destroy --unprotect *";
    let destroyed = aws.json(all);
    assert_eq!(destroyed["destroyed"].as_array().map(Vec::len), Some(stacks));
    let kept = destroyed["kept"].as_array().into_iter().flatten();
    assert_eq!(kept.filter(|kept| kept["type"] == "AWS::RDS::DBCluster").count(), 2);
    assert_eq!(aws.json(all)["destroyed"], json!([]));
}

#[test]
fn killed_anywhere_it_goes_on() {
    let aws = Aws::new();
    // What hangs with its answer has been done by then.
    let points = [
        Rule::all(Fault::Hangs).service("s3").operation("PUT /cdk-").after(1),
        Rule::all(Fault::HangsWithAnswer).operation("CreateChangeSet").after(1),
        Rule::all(Fault::HangsWithAnswer).operation("ExecuteChangeSet").after(2),
        Rule::all(Fault::Hangs).operation("DescribeStackEvents").after(9),
        Rule::all(Fault::Hangs).operation("UpdateTerminationProtection").after(3),
        Rule::all(Fault::HangsWithAnswer).operation("ExecuteChangeSet").after(3),
    ];
    for point in points {
        aws.way.forget();
        aws.way.rules([point.clone()]);
        let mut child = aws.tideover("deploy").start();
        aws.way.wait_for_fault();
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        aws.way.rules([]);
    }
    let deployed = aws.json("deploy");
    let stacks = deployed["stacks"].as_array().into_iter().flatten();
    let read: Value =
        serde_json::from_str(&aws.emulator.verify(ACCOUNT, &REGIONS)).expect("it is JSON");
    assert_eq!(read["missing"], json!([]));
    for stack in stacks {
        let [region, name] = ["region", "name"].map(|key| stack[key].as_str().unwrap_or_default());
        assert_eq!(aws.creations(region, name), 1, "{name}");
    }
    let again = aws.json("deploy");
    assert_eq!(count(&again, "unchanged"), again["stacks"].as_array().map_or(0, Vec::len));
}

#[test]
fn says_what_is_wrong_and_what_to_type() {
    let aws = Aws::new();
    let foundation = "deploy *Foundation* --exclusively";
    let table = [
        (
            "GetCallerIdentity",
            Fault::EXPIRED,
            "the credentials are not valid, or not any more",
            "hint: get new credentials",
        ),
        (
            "CreateChangeSet",
            Fault::DENIES,
            "there is no permission for it",
            "hint: let whoever you are do `cloudformation:CreateChangeSet`",
        ),
    ];
    for (operation, fault, error, hint) in table {
        aws.way.rules([Rule::all(fault).operation(operation)]);
        let outcome = aws.tideover(foundation).outcome();
        assert_eq!(outcome.exit_code, Some(1), "{outcome}");
        assert!(outcome.stderr.contains(error) && outcome.stderr.contains(hint), "{outcome}");
    }
    aws.way.rules([]);
    let outcome = aws.tideover("deploy --account 444455556666").outcome();
    assert!(outcome.stderr.contains("the credentials are of account 111122223333"), "{outcome}");
    let outcome = aws.as_account("444455556666", "deploy").outcome();
    let command = "`npx cdk bootstrap aws://444455556666/us-east-1 aws://444455556666/us-east-2`";
    assert!(outcome.stderr.contains(command), "{outcome}");
    let outcome = aws.tideover("deploy *Nothing*").outcome();
    assert!(outcome.stderr.contains("no stack is called *Nothing*"), "{outcome}");
}

#[test]
fn an_unreadable_control_record_stops_it() {
    let aws = Aws::new();
    aws.way.rules([Rule::all(Fault::DENIES).service("dynamodb")]);
    refused(&aws.tideover("deploy").outcome(), "--without-control-record");
    let named =
        aws.tideover("deploy *Foundation* --exclusively --without-control-record").outcome();
    assert_eq!(named.exit_code, Some(0), "{named}");
}
