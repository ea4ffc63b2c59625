//! Every form of every kind of plan, compared with files, and what holds for all pairs of Regions.

use std::collections::BTreeSet;

use expect_test::expect_file;
use fence::RunId;
use runbook::render::{Names, json, state_machine, text};
use runbook::{Action, Plan, PlanKind, Service, supposed};
use serde_json::Value;

use crate::pairs;

const FUNCTION: &str = "${RunbookFunction}";

fn page(plan: &Plan) -> String {
    let names = Names {
        name: "payment".to_owned(),
        suffix: "dev".to_owned(),
        database: "payments".to_owned(),
        zone: "payment-dev.example.com".to_owned(),
        record: "api".to_owned(),
        stage: "prod".to_owned(),
        rate_and_burst: (1000, 500),
        functions: vec![("payment-validation".to_owned(), 40), ("notification".to_owned(), 5)],
    };
    runbook::render::page(plan, &names)
}

fn example(kind: PlanKind) -> Plan {
    supposed(kind, &pairs::first())
}

#[test]
fn switchover() {
    let plan = example(PlanKind::Switchover);
    expect_file!["../golden/switchover.txt"].assert_eq(&text(&plan));
    expect_file!["../golden/switchover.json"].assert_eq(&json(&plan));
    expect_file!["../golden/switchover.asl.json"].assert_eq(&state_machine(&plan, FUNCTION));
}

#[test]
fn failover() {
    let plan = example(PlanKind::Failover);
    expect_file!["../golden/failover.txt"].assert_eq(&text(&plan));
    expect_file!["../golden/failover.json"].assert_eq(&json(&plan));
    expect_file!["../golden/failover.asl.json"].assert_eq(&state_machine(&plan, FUNCTION));
}

#[test]
fn failback() {
    let plan = example(PlanKind::Failback);
    expect_file!["../golden/failback.txt"].assert_eq(&text(&plan));
    expect_file!["../golden/failback.json"].assert_eq(&json(&plan));
    expect_file!["../golden/failback.asl.json"].assert_eq(&state_machine(&plan, FUNCTION));
}

#[test]
fn text_has_an_action_in_a_line_and_is_never_wide() {
    for plan in pairs::plans() {
        let text = text(&plan);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(120), "{widest:?} columns in\n{text}");
        assert!(text.lines().all(|line| !line.ends_with(' ')), "blanks at an end of\n{text}");
        let rows =
            text.lines().filter(|line| line.starts_with(|c: char| c == 'B' || c.is_ascii_digit()));
        let names: Vec<&str> = rows.filter_map(|row| row.split_whitespace().nth(1)).collect();
        let actions = plan.actions.iter().chain(&plan.way_back);
        assert_eq!(names, actions.map(|action| action.name.as_str()).collect::<Vec<_>>());
    }
}

#[test]
fn the_point_of_no_return_goes_across() {
    for plan in pairs::plans() {
        let text = text(&plan);
        let lines: Vec<&str> = text.lines().collect();
        let across = lines.iter().position(|line| line.starts_with('─')).expect("it is there");
        assert!(lines[across + 1].contains("pass-point-of-no-return"), "{text}");
        assert_eq!(lines.iter().filter(|line| line.starts_with('─')).count(), 1);
    }
}

/// Nothing that is declared of an action is left out.
#[test]
fn json_says_all_that_a_plan_does() {
    for plan in pairs::plans() {
        let value: Value = serde_json::from_str(&json(&plan)).expect("it is JSON");
        assert_eq!(value["format"], runbook::render::FORMAT);
        for (list, actions) in [("actions", &plan.actions), ("way_back", &plan.way_back)] {
            let entries = value[list].as_array().expect("it is a list");
            assert_eq!(entries.len(), actions.len());
            for (entry, action) in entries.iter().zip(actions) {
                check_entry(entry, action);
            }
        }
    }
}

fn check_entry(entry: &Value, action: &Action) {
    assert_eq!(entry["name"], action.name.as_str());
    assert_eq!(entry["region"], action.region.as_str());
    assert_eq!(entry["stage"], action.stage.as_str());
    assert_eq!(entry["time_limit_ms"], action.time_limit.0);
    assert_eq!(entry["attempts_max"], action.retry.attempts_max);
    assert_eq!(entry["interval_ms"], action.retry.interval.0);
    assert_eq!(entry["on_failure"], action.on_failure.as_str());
    assert_eq!(entry["is_required"], action.is_required());
    assert_eq!(entry["is_skippable"], action.is_skippable);
    assert_eq!(entry["approvers"], action.approvers);
    let calls = entry["calls"].as_array().expect("it is a list");
    assert_eq!(calls.len(), action.calls.len());
    for (entry, call) in calls.iter().zip(&action.calls) {
        assert_eq!(entry["service"], call.service.as_str());
        assert_eq!(entry["api"], call.api);
        assert_eq!(entry["plane"], call.plane.as_str());
        assert_eq!(entry["region"], call.region.as_str());
    }
}

/// The shape is told to people who write programs.
#[test]
fn every_field_of_the_json_is_documented() {
    let readme = include_str!("../../../../../docs/runbooks/README.md");
    let mut fields = BTreeSet::new();
    for kind in pairs::KINDS {
        let value = serde_json::from_str(&json(&example(kind))).expect("it is JSON");
        collect(&value, &mut fields);
    }
    let missing: Vec<_> =
        fields.iter().filter(|field| !readme.contains(&format!("`{field}`"))).collect();
    assert_eq!(missing, [""; 0], "docs/runbooks/README.md does not tell of these");
}

fn collect(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            fields.extend(members.keys().cloned());
            members.values().for_each(|member| collect(member, fields));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, fields)),
        _ => {}
    }
}

/// One page serves every run between two Regions.
#[test]
fn a_page_knows_no_run() {
    let mut plan = example(PlanKind::Failover);
    let before = page(&plan);
    plan.run = RunId::new("another");
    assert_eq!(page(&plan), before);
}

#[test]
fn no_blank_is_left_to_fill() {
    let blanks = ["{source}", "{target}", "{witness}", "{here}", "{epoch}", "{seen}", "{state}"];
    for kind in pairs::KINDS {
        let plan = example(kind);
        for text in [page(&plan), text(&plan), json(&plan), state_machine(&plan, "function")] {
            let blank = blanks.iter().find(|blank| text.contains(**blank));
            assert_eq!(blank, None, "in the {kind}");
        }
    }
}

/// What an action calls at AWS is typed as a command, in the Region that it is called in.
#[test]
fn pages_have_a_command_for_every_call() {
    for plan in pairs::plans() {
        let page = page(&plan);
        let (forward, back) = page.split_once("\n## The way back\n").expect("there is a way back");
        for (part, actions) in [(forward, &plan.actions), (back, &plan.way_back)] {
            for action in actions {
                let heading = format!(". {}\n", action.name);
                let (_, section) = part.split_once(&heading).expect("it has a section");
                let section = section.split("\n### ").next().expect("a split has a first part");
                check_commands(section, action);
            }
        }
    }
}

#[track_caller]
fn check_commands(section: &str, action: &Action) {
    for call in &action.calls {
        let region = &call.region;
        let command = match (call.service, call.api) {
            (Service::DynamoDb, "GetItem" | "PutItem") => continue,
            (Service::Https, "the processor" | "GET /payments/{id}") => continue,
            // The functions at the top of the page look these up.
            (
                _,
                "DescribeAlarms"
                | "ListEventSourceMappings"
                | "GetFunctionConcurrency"
                | "GetRestApis"
                | "GetStage",
            ) => continue,
            (Service::Https, api) => {
                let path = api.split(' ').nth(1).expect("a verb and a path");
                format!("\"$(url {region}){path}\"")
            }
            (Service::Dns, _) => "dig +short".to_owned(),
            (Service::Ledger, _) => format!("ledger {region} "),
            (Service::CloudWatch, "GetMetricData") => format!("metric {region} "),
            (Service::S3, _) => format!("aws s3api put-object --region {region} "),
            (service, api) => {
                let service = service.as_str().to_lowercase().replace(' ', "");
                format!("aws {service} {} --region {region} ", kebab(api))
            }
        };
        assert!(section.contains(&command), "no `{command}` for {}:\n{section}", action.name);
    }
    // Reads and writes of the control record, and of leases and intents, have functions of their own.
    let touches = action.calls.iter().any(|call| call.service == Service::DynamoDb);
    let functions = ["change_record ", "raise_lease ", "document ", "aws dynamodb scan "];
    let typed = functions.iter().any(|function| section.contains(function));
    let by_people = section.contains("The processor is asked by its own means");
    assert!(!touches || typed || by_people, "nothing is typed for {}", action.name);
}

/// `DescribeDBClusters` → `describe-db-clusters`, as the AWS CLI does.
fn kebab(api: &str) -> String {
    let letters: Vec<char> = api.chars().collect();
    let mut kebab = String::new();
    for (position, letter) in letters.iter().enumerate() {
        let begins = letter.is_uppercase()
            && position > 0
            && (!letters[position - 1].is_uppercase()
                || letters.get(position + 1).is_some_and(|next| next.is_lowercase()));
        if begins {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

/// `orchestrator-in-target-region`: the same definition stands in both Regions.
#[test]
fn state_machines_name_no_region() {
    for kind in pairs::KINDS {
        let first = state_machine(&example(kind), FUNCTION);
        for homes in pairs::all() {
            assert_eq!(state_machine(&supposed(kind, &homes), FUNCTION), first);
        }
    }
}
