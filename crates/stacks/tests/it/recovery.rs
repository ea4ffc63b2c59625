//! What carries out runs: its definitions are those of the plans, and its role allows what the plans call.

use std::collections::{BTreeMap, BTreeSet};

use runbook::{Homes, PlanKind, Service, render, supposed};
use serde_json::Value;
use stacks::homes;
use topology::Home;

use crate::{VARIETY, files, list, statements, templates, topology};

const KINDS: [(&str, PlanKind); 3] = [
    ("Switchover", PlanKind::Switchover),
    ("Failover", PlanKind::Failover),
    ("Failback", PlanKind::Failback),
];

/// The ARN of the alias under which the function that performs actions is invoked.
fn alias() -> Value {
    serde_json::json!({"Fn::GetAtt": ["RunbookAlias", "AliasArn"]})
}

/// The resources of a Region's stack.
fn stack(text: &str, home: Home) -> Value {
    let id = format!("{}Runbookdev", home.display());
    templates(&files(text))[&id]["Resources"].clone()
}

#[test]
fn definitions_are_those_of_the_plans() {
    for text in VARIETY {
        let homes = homes(&topology(text));
        for (home, (id, kind)) in
            Home::BOTH.into_iter().flat_map(|home| KINDS.map(|kind| (home, kind)))
        {
            let machine = &stack(text, home)[id]["Properties"];
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let definition = read(machine["DefinitionString"].as_str().unwrap());
            let plan = supposed(kind, &homes);
            let wanted = render::state_machine(&plan, "${RunbookFunction}");
            assert_eq!(definition, read(&wanted), "{id} {home:?}");
            assert_eq!(machine["StateMachineType"], "STANDARD");
            let function = &machine["DefinitionSubstitutions"]["RunbookFunction"];
            assert_eq!(*function, alias());
        }
    }
}

/// An invocation lasts as long as the state that waits for it.
#[test]
fn functions_last_as_long_as_an_action() {
    for home in Home::BOTH {
        let resources = stack("", home);
        let states = KINDS.map(|(id, _)| resources[id]["Properties"]["DefinitionString"].clone());
        let longest = states.iter().flat_map(|text| {
            let definition: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
            let states = definition["States"].as_object().unwrap().clone().into_iter();
            let calls =
                states.filter(|(_, state)| state["Resource"] == "arn:aws:states:::lambda:invoke");
            calls.map(|(_, state)| state["TimeoutSeconds"].as_u64().unwrap()).collect::<Vec<_>>()
        });
        let timeout = resources["Runbook"]["Properties"]["Timeout"].as_u64();
        assert_eq!(timeout, longest.max());
        assert!(resources["Ledger"]["Properties"]["Timeout"].as_u64() <= timeout);
    }
}

/// The calls that runs which open this Region declare: action of IAM and Region.
fn declared(text: &str, home: Home) -> BTreeSet<(String, String)> {
    let topology = topology(text);
    let functions = &topology.functions;
    let asks_iam = topology.api.authorization == topology::Authorization::Iam;
    let Homes { primary, standby, witness } = homes(&topology);
    let (own, other) = if home == Home::Primary { (primary, standby) } else { (standby, primary) };
    let mut declared = BTreeSet::new();
    for (_, kind) in KINDS {
        let (primary, standby) = match kind {
            PlanKind::Failback => (own.clone(), other.clone()),
            PlanKind::Switchover | PlanKind::Failover => (other.clone(), own.clone()),
        };
        let plan = supposed(kind, &Homes { primary, standby, witness: witness.clone() });
        assert_eq!(plan.target, own);
        let looks = match topology.automatic.failover {
            topology::ByAlarm::Off => Vec::new(),
            _ => runbook::automatic::calls(&other, &own),
        };
        let actions = plan.actions.iter().chain(&plan.way_back);
        for call in actions.flat_map(|action| &action.calls).chain(&looks) {
            // Where nothing is bounded or wakes a worker there is nothing to call.
            let has = |is: &dyn Fn(&topology::Function) -> bool| functions.iter().any(is);
            let is_made = match call.api {
                api if api.ends_with("FunctionConcurrency")
                    || api == "GetFunctionConfiguration" =>
                {
                    has(&|one| one.reserved_concurrency.is_some())
                }
                "UpdateEventSourceMapping" => has(&|one| one.worker),
                _ => true,
            };
            if !is_made {
                continue;
            }
            let region = call.region.to_string();
            let (service, api) = match call.service {
                Service::ApiGateway if call.api.starts_with("Get") => ("apigateway", "GET"),
                Service::ApiGateway => ("apigateway", "PATCH"),
                Service::CloudWatch => ("cloudwatch", call.api),
                Service::DynamoDb => ("dynamodb", call.api),
                Service::Lambda => ("lambda", call.api),
                Service::Ledger => ("lambda", "InvokeFunction"),
                Service::Rds => ("rds", call.api),
                Service::S3 => ("s3", call.api),
                Service::StepFunctions => ("states", call.api),
                Service::Https if asks_iam && call.api.contains(" /payments") => {
                    ("execute-api", "Invoke")
                }
                Service::Dns | Service::Https => continue,
                other => panic!("{other:?} is in no role"),
            };
            // What is stored is locked in the same call.
            if service == "s3" {
                declared.insert(("s3:PutObjectRetention".to_owned(), region.clone()));
            }
            declared.insert((format!("{service}:{api}"), region));
        }
    }
    // It asks the third point of view.
    if topology.automatic.failover != topology::ByAlarm::Off {
        declared.insert(("cloudwatch:DescribeAlarms".to_owned(), witness.to_string()));
    }
    // Its second way is the other Region's replica.
    let tables = declared.iter().filter(|(action, _)| action.starts_with("dynamodb:"));
    let tables: Vec<_> = tables.map(|(action, _)| (action.clone(), other.to_string())).collect();
    declared.extend(tables);
    declared
}

/// The Regions in which a statement allows something: those of its resources, and where these have none, of its
/// condition.
fn regions(statement: &Value) -> BTreeSet<String> {
    if let Some(region) = statement["Condition"]["StringEquals"]["aws:RequestedRegion"].as_str() {
        return [region.to_owned()].into();
    }
    let resources = list(&statement["Resource"]).into_iter();
    let region = |resource: Value| {
        let arn = resource["Fn::Sub"].as_str().unwrap_or_default();
        let arn = arn.replace("${AWS::Partition}", "aws");
        let region = arn.split(':').nth(3).unwrap_or_default().to_owned();
        // The name of a bucket has its Region in it.
        let in_name =
            || arn.split("-data-dev-").nth(1).unwrap().split("-${").next().unwrap().to_owned();
        if arn.contains(":s3:::") { in_name() } else { region }
    };
    resources.map(region).collect()
}

/// What every function may do, and this one besides what plans call: it tells people, and lets what waits for
/// them go on.
const BESIDES: [&str; 6] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sns:Publish",
    "states:SendTaskSuccess",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// Least privilege: exactly the calls of the plans, each in exactly the Regions that it goes to.
#[test]
fn the_role_allows_what_the_plans_call() {
    for text in VARIETY {
        for home in Home::BOTH {
            let mut allowed = BTreeSet::new();
            for statement in statements(&stack(text, home)["RunbookRole"]) {
                for action in list(&statement["Action"]) {
                    let action = action.as_str().unwrap().to_owned();
                    if action.starts_with("kms:") || BESIDES.contains(&action.as_str()) {
                        continue;
                    }
                    let regions = regions(&statement).into_iter();
                    allowed.extend(regions.map(|region| (action.clone(), region)));
                }
            }
            assert_eq!(allowed, declared(text, home), "{text} {home:?}");
        }
    }
}

/// Keys are used through the service whose data they protect, and only those of this system.
#[test]
fn keys_are_used_through_services() {
    for home in Home::BOTH {
        let resources = stack("", home);
        for role in ["RunbookRole", "LedgerRole"] {
            for statement in statements(&resources[role]) {
                let text = statement["Action"].to_string();
                if text.contains("kms:") {
                    let condition = &statement["Condition"];
                    assert!(
                        condition["StringEquals"]["kms:ViaService"] != Value::Null,
                        "{statement}"
                    );
                    let is_any = statement["Resource"].to_string().contains("key/*");
                    let alias =
                        condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"].as_str();
                    let is_ours =
                        alias.is_some_and(|alias| alias.starts_with("alias/payment-dev-"));
                    assert!(!is_any || is_ours, "{statement}");
                }
            }
        }
    }
}

/// The golden lists of what each may do, for review: actions by the Regions that they are allowed in.
#[test]
fn neither_may_do_what_the_other_is_for() {
    let actions = |role: &str| -> BTreeMap<String, BTreeSet<String>> {
        let mut actions = BTreeMap::<String, BTreeSet<String>>::new();
        for statement in statements(&stack("", Home::Standby)[role]) {
            for action in list(&statement["Action"]) {
                let action = action.as_str().unwrap().to_owned();
                actions.entry(action).or_default().extend(regions(&statement));
            }
        }
        actions
    };
    let (runbook, ledger) = (actions("RunbookRole"), actions("LedgerRole"));
    let has = |actions: &BTreeMap<String, BTreeSet<String>>, start: &str| {
        actions.keys().any(|action| action.starts_with(start))
    };
    assert!(!has(&runbook, "secretsmanager:") && has(&ledger, "secretsmanager:"));
    for of_runs in ["rds:", "lambda:", "apigateway:", "cloudwatch:"] {
        assert!(has(&runbook, of_runs) && !has(&ledger, of_runs), "{of_runs}");
    }
}

/// The machines invoke one function under its alias, and the function asks the ledger's under its own.
#[test]
fn functions_are_invoked_under_their_alias() {
    for home in Home::BOTH {
        let resources = stack("", home);
        let invoking = |role: &str| -> Vec<Value> {
            let statements = statements(&resources[role]).into_iter();
            let invoking = statements.filter(|one| one["Action"] == "lambda:InvokeFunction");
            invoking.flat_map(|statement| list(&statement["Resource"])).collect()
        };
        assert_eq!(invoking("StateMachineRole"), [alias()]);
        let ledgers = invoking("RunbookRole");
        assert_eq!(ledgers.len(), 2, "{ledgers:?}");
        for ledger in ledgers {
            let arn = ledger["Fn::Sub"].as_str().unwrap();
            assert!(arn.ends_with(":function:ledger-dev:live"), "{arn}");
        }
    }
}

/// What promotes a database must not hang on the network of the Region.
#[test]
fn only_the_ledgers_function_is_in_the_network() {
    for home in Home::BOTH {
        let resources = stack("", home);
        assert!(resources["Runbook"]["Properties"].get("VpcConfig").is_none());
        assert!(resources["Ledger"]["Properties"].get("VpcConfig").is_some());
    }
}

/// IAM takes 10,240 characters of policies inside a role, white space not counted (AWS IAM User Guide, "IAM and STS
/// quotas").
#[test]
fn roles_are_not_too_long() {
    for home in Home::BOTH {
        for role in ["RunbookRole", "LedgerRole", "StateMachineRole"] {
            let statements = statements(&stack("", home)[role]);
            let text: String = statements.iter().map(Value::to_string).collect();
            let text = text.replace("{\"Fn::Sub\":", "").replace("${AWS::Partition}", "aws");
            let text = text.replace("${AWS::AccountId}", "123456789012");
            assert!(text.len() < 10_000, "{role}: {}", text.len());
        }
    }
}

/// What an alarm starts where the file asks for it, in both Regions; nothing of it is there where it does not.
#[test]
fn an_alarm_asks_and_starts_nothing_else() {
    for (text, is_there) in [
        ("", false),
        ("[automatic]\nfailover = \"off\"\nsilent_minutes = 9", false),
        ("[automatic]\nfailover = \"tell\"", true),
        ("[automatic]\nfailover = \"start\"", true),
    ] {
        for home in Home::BOTH {
            let resources = stack(text, home);
            let variables = &resources["Runbook"]["Properties"]["Environment"]["Variables"];
            assert_eq!(variables.get("TIDEOVER_AUTOMATIC").is_some(), is_there, "{text}");
            for id in ["OtherRegionLost", "Consider", "ConsiderRule", "ConsiderRuleRole"] {
                assert_eq!(resources.get(id).is_some(), is_there, "{text} {id}");
            }
        }
    }
    let resources = stack("[automatic]\nfailover = \"start\"\nsilent_minutes = 7", Home::Primary);
    let alarm = &resources["OtherRegionLost"]["Properties"];
    assert_eq!(alarm["EvaluationPeriods"], 7);
    assert_eq!(alarm["TreatMissingData"], "notBreaching");
    let rule = &resources["ConsiderRule"]["Properties"];
    assert_eq!(rule["EventPattern"]["detail"]["alarmName"][0], alarm["AlarmName"]);
    assert_eq!(rule["Targets"][0]["Arn"], serde_json::json!({"Ref": "Consider"}));
    let allowed = statements(&resources["ConsiderRuleRole"]);
    let machine = serde_json::json!({"Ref": "Consider"});
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0]["Action"], "states:StartExecution");
    assert_eq!(allowed[0]["Resource"], machine);
    let started: Vec<String> = statements(&resources["RunbookRole"])
        .iter()
        .filter(|statement| statement["Action"] == "states:StartExecution")
        .map(|statement| statement["Resource"].to_string())
        .collect();
    let [started] = started.as_slice() else { panic!("{started:?}") };
    assert!(started.contains(":stateMachine:payment-dev-failover"), "failovers only: {started}");
}

/// All that `[automatic]` adds to the templates of a Region and of the witness, for review as a diff.
#[test]
fn what_automatic_adds() {
    let on = "[automatic]\nfailover = \"start\"";
    let (before, after) = (templates(&files("")), templates(&files(on)));
    let mut added = BTreeMap::new();
    for (id, template) in &after {
        let empty = serde_json::Map::new();
        for (name, resource) in template["Resources"].as_object().unwrap_or(&empty) {
            let was = &before[id]["Resources"][name];
            // The version of a function is named after all of it.
            let is_version = resource["Type"].as_str().unwrap().starts_with("AWS::Lambda::");
            if was.is_null() && !is_version {
                added.insert(format!("{id} {name}"), resource.clone());
            } else if was != resource && name.ends_with("Role") {
                let new = statements(resource);
                let old = statements(was);
                let new: Vec<Value> = new.into_iter().filter(|one| !old.contains(one)).collect();
                added.insert(format!("{id} {name}, statements"), new.into());
            } else if was != resource && !is_version {
                panic!("{id} {name} is another");
            }
        }
    }
    let ours = |name: &&String| name.starts_with("Secondary") || name.starts_with("Witness");
    let ours: BTreeMap<&String, &Value> =
        added.keys().filter(ours).map(|name| (name, &added[name])).collect();
    assert_eq!(added.len(), ours.len() + 6, "the same in both Regions");
    let text = serde_json::to_string_pretty(&ours).unwrap() + "\n";
    expect_test::expect_file!["automatic.json"].assert_eq(&text);
}
