//! `tideover deploy`, `diff` and `destroy` as people type them: the default system from nothing to both Regions and back,
//! ended and killed on the way, and refused.

use std::io::{Cursor, Write as _};

use emulator::{Emulator, Fault, Rule, Way};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::place::{Outcome, Place, Run};

const ACCOUNT: &str = "111122223333";
const REGIONS: [&str; 3] = ["us-east-1", "us-east-2", "us-west-2"];

/// An emulated account, bootstrapped in both Regions and that of the witness; a folder with the default file and packages of its functions.
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

/// What CloudFormation answers of a stack in this status, after the two questions about the bootstrap.
fn stuck_in(status: &str) -> [Rule; 2] {
    let answers = |operation: &str, result: String| {
        let body = format!(
            "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
        );
        Rule::all(Fault::answers(200, body)).operation(operation)
    };
    let stack = format!(
        "<Stacks><member><StackName>it</StackName><StackId>it</StackId><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>"
    );
    let event = |id: &str, physical: &str, status: &str, reason: &str| {
        format!(
            "<member><StackId>it</StackId><EventId>{id}</EventId><StackName>it</StackName>\
             <LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>\
             <ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{reason}</ResourceStatusReason>\
             <Timestamp>2026-01-01T00:00:00Z</Timestamp></member>"
        )
    };
    let events = [
        event("Key", "key", "UPDATE_FAILED", "it is disabled"),
        event("it", "it", "UPDATE_IN_PROGRESS", ""),
    ];
    let events = format!("<StackEvents>{}</StackEvents>", events.concat());
    // Before, the bootstrap of both home Regions is looked at.
    [answers("DescribeStacks", stack).after(2), answers("DescribeStackEvents", events)]
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
    let deployed = aws.json("deploy --unfinished");
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

    let again = aws.json("deploy --unfinished");
    assert_eq!((count(&again, "unchanged"), &again["published"]), (stacks, &json!(0)));
    assert_eq!(aws.tideover("diff --fail").outcome().exit_code, Some(0));
    // A topic's name shows, and what holds data is guarded.
    let other =
        aws.tideover("diff --fail --suffix dev *Sessions*").env("REPOSITORY", "other").outcome();
    assert_eq!(other.exit_code, Some(5), "{other}");
    assert!(other.stdout.contains("besides: tags"), "{other}");

    refused(&aws.tideover("destroy").outcome(), "is protected from being deleted");
    let all = "destroy --unprotect *";
    let rehearsed = aws.json(&format!("{all} --dry-run --delete-data SessionTable"));
    assert_eq!(rehearsed["destroyed"].as_array().map(Vec::len), Some(stacks));
    assert_eq!(rehearsed["removed"][0]["manner"], "deleted");
    assert_eq!(count(&aws.json("deploy --unfinished"), "unchanged"), stacks);
    let sessions = "destroy *Sessions* --exclusively --unprotect * --delete-data SessionTable";
    let outcome = aws.tideover(sessions).outcome();
    let line = "us-east-2  SecondarySessionsdev/SessionTable  AWS::DynamoDB::GlobalTable  ";
    for told in ["removed with what is in it:", line, ": deleted for good"] {
        assert!(outcome.stderr.contains(told), "{outcome}");
    }
    let destroyed = aws.json(all);
    assert_eq!(destroyed["destroyed"].as_array().map(Vec::len), Some(stacks - 1));
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
        let mut child = aws.tideover("deploy --unfinished").start();
        aws.way.wait_for_fault();
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        aws.way.rules([]);
    }
    let deployed = aws.json("deploy --unfinished");
    let stacks = deployed["stacks"].as_array().into_iter().flatten();
    let read: Value =
        serde_json::from_str(&aws.emulator.verify(ACCOUNT, &REGIONS)).expect("it is JSON");
    assert_eq!(read["missing"], json!([]));
    for stack in stacks {
        let [region, name] = ["region", "name"].map(|key| stack[key].as_str().unwrap_or_default());
        assert_eq!(aws.creations(region, name), 1, "{name}");
    }
    let again = aws.json("deploy --unfinished");
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
    let stuck = [
        (
            "UPDATE_ROLLBACK_FAILED",
            "aws cloudformation continue-update-rollback --stack-name payment-dev-us-east-1-foundation",
        ),
        ("DELETE_FAILED", "`--recreate payment-dev-us-east-1-foundation`"),
    ];
    for (status, advice) in stuck {
        aws.way.forget();
        aws.way.rules(stuck_in(status));
        let outcome = aws.tideover(foundation).outcome();
        assert_eq!(outcome.exit_code, Some(1), "{outcome}");
        let what = format!("is {status} since `Key` failed: it is disabled");
        assert!(outcome.stderr.contains(&what) && outcome.stderr.contains(advice), "{outcome}");
        assert!(outcome.stderr.contains("hint: nothing was changed"), "{outcome}");
        assert!(!aws.way.called().iter().any(|it| it.operation == "CreateChangeSet"));
    }
    aws.way.rules([]);
    let outcome = aws.tideover("deploy --unfinished --account 444455556666").outcome();
    assert!(outcome.stderr.contains("the credentials are of account 111122223333"), "{outcome}");
    let outcome = aws.as_account("444455556666", "deploy --unfinished").outcome();
    let places = REGIONS.map(|region| format!("aws://444455556666/{region}"));
    let command = format!("`npx cdk bootstrap {}`", places.join(" "));
    assert!(outcome.stderr.contains(&command), "{outcome}");
    let outcome = aws.tideover("deploy *Nothing*").outcome();
    assert!(outcome.stderr.contains("no stack is called *Nothing*"), "{outcome}");
}

#[test]
fn an_unreadable_control_record_stops_it() {
    let aws = Aws::new();
    aws.way.rules([Rule::all(Fault::DENIES).service("dynamodb")]);
    refused(&aws.tideover("deploy --unfinished").outcome(), "--without-control-record");
    let named =
        aws.tideover("deploy *Foundation* --exclusively --without-control-record").outcome();
    assert_eq!(named.exit_code, Some(0), "{named}");
}

#[test]
fn the_record_that_counts_is_that_of_the_assembly() {
    let aws = Aws::new();
    // Whatever the file here says, and where there is none.
    aws.tideover("synth --suffix prod --out cdk.out").stdout();
    aws.way.rules([Rule::all(Fault::DENIES).service("dynamodb")]);
    let deploy = "deploy --assembly cdk.out *Foundation* --exclusively";
    let outcome = aws.tideover(deploy).outcome();
    refused(&outcome, "payment-prod-control");
    refused(&aws.tideover(deploy).outcome(), "--without-control-record");
    std::fs::remove_file(aws.place.path("tideover.toml")).expect("it is there");
    refused(&aws.tideover(deploy).outcome(), "payment-prod-control");
    // One replica that is not there says nothing of the other.
    let missing = Rule::all(Fault::Says(400, "ResourceNotFoundException")).service("dynamodb");
    let denied = Rule::all(Fault::DENIES).service("dynamodb");
    aws.way.rules([missing.clone().region("us-east-2"), denied]);
    refused(&aws.tideover(deploy).outcome(), "--without-control-record");
    aws.way.rules([missing]);
    let outcome = aws.tideover(deploy).outcome();
    assert_eq!(outcome.exit_code, Some(0), "{outcome}");
    let said = "note: `payment-prod-control` in us-east-1 and us-east-2 has no control record";
    assert_eq!(outcome.stderr.matches(said).count(), 1, "{outcome}");
}

#[test]
fn what_aws_would_refuse_after_hours_is_refused_at_once() {
    let aws = Aws::new();
    let outcome = aws.tideover("deploy").outcome();
    assert_eq!(outcome.exit_code, Some(3), "{outcome}");
    for told in [
        "which has no package",
        "Route 53 has no zones under example.com",
        "hint: ",
        "--unfinished",
    ] {
        assert!(outcome.stderr.contains(told), "{outcome}");
    }
    // What `synth` warns of and notes is said here, too.
    assert!(outcome.stderr.contains("warning: ") && outcome.stderr.contains("note: "), "{outcome}");
    assert_eq!(aws.way.called().len(), 0);

    aws.tideover("synth").stdout();
    let report = json!({"pluginReports": [{"conclusion": "failure", "violations": [{"ruleName": "a-rule"}]}]});
    aws.place.write("cdk.out/validation-report.json", report.to_string());
    let outcome = aws.tideover("deploy --assembly cdk.out --unfinished").outcome();
    assert_eq!(outcome.exit_code, Some(3), "{outcome}");
    assert!(outcome.stderr.contains("must not be deployed: a-rule"), "{outcome}");
    assert_eq!(aws.way.called().len(), 0);
}
