//! What functions are told and what they may do are the same things: nothing is named that they may not use, and
//! nothing is granted that they were not told of.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{VARIETY, files, list, resources, statements, templates};

/// A variable that names a resource, the actions that it is used by, and the service through which a key is used.
struct Grant {
    variable: &'static str,
    actions: &'static [&'static str],
    key_by: Option<&'static str>,
}

const GRANTS: [Grant; 8] = [
    Grant {
        variable: "TIDEOVER_CONTROL_TABLE",
        actions: &["dynamodb:GetItem", "dynamodb:PutItem"],
        key_by: Some("dynamodb"),
    },
    Grant {
        variable: "TIDEOVER_DATABASE_SECRET",
        actions: &["secretsmanager:GetSecretValue"],
        key_by: Some("secretsmanager"),
    },
    Grant { variable: "TIDEOVER_EVENT_TOPIC_ARN", actions: &["sns:Publish"], key_by: Some("sns") },
    Grant {
        variable: "TIDEOVER_OUTBOX_WAKE_UP_QUEUE",
        actions: &["sqs:GetQueueUrl", "sqs:SendMessage"],
        key_by: Some("sqs"),
    },
    Grant { variable: "TIDEOVER_PEOPLE_TOPIC_ARN", actions: &["sns:Publish"], key_by: Some("sns") },
    Grant {
        variable: "TIDEOVER_RECEIPT_BUCKET",
        actions: &["s3:GetObject", "s3:PutObject"],
        key_by: Some("s3"),
    },
    Grant {
        variable: "TIDEOVER_SESSION_TABLE",
        actions: &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
        key_by: Some("dynamodb"),
    },
    Grant {
        variable: "TIDEOVER_WEBHOOK_SECRET",
        actions: &["secretsmanager:GetSecretValue"],
        key_by: Some("secretsmanager"),
    },
];

/// Variables behind which there is nothing that IAM grants: the network leads there, or they only say how.
const NOT_GRANTED: [&str; 7] = [
    "TIDEOVER_AUTOMATIC",
    "TIDEOVER_DATABASE_HOST",
    "TIDEOVER_DATABASE_NAME",
    "TIDEOVER_PEER_REGION",
    "TIDEOVER_PROCESSOR_URL",
    "TIDEOVER_SERVICE",
    // Whoever is told of the system may do what the plans call: see `recovery.rs`.
    "TIDEOVER_SYSTEM",
];

/// A function as the templates have it.
struct Function {
    name: String,
    variables: serde_json::Map<String, Value>,
    statements: Vec<Value>,
}

/// Every function of every topology.
fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for text in VARIETY {
        for (stack, template) in templates(&files(text)) {
            let resources = template["Resources"].as_object().unwrap();
            for (id, resource) in resources {
                if resource["Type"] == "AWS::Lambda::Function" {
                    let variables = &resource["Properties"]["Environment"]["Variables"];
                    functions.push(Function {
                        name: format!("{stack} {id}"),
                        variables: variables.as_object().unwrap().clone(),
                        statements: statements(&resources[&format!("{id}Role")]),
                    });
                }
            }
        }
    }
    functions
}

impl Function {
    fn grants(&self) -> impl Iterator<Item = &'static Grant> {
        GRANTS.iter().filter(|grant| self.variables.contains_key(grant.variable))
    }

    fn may(&self, action: &str, resource: &str) -> bool {
        self.statements.iter().any(|statement| {
            list(&statement["Action"]).iter().any(|one| one == action)
                && statement["Resource"].to_string().contains(resource)
        })
    }

    fn uses_key_by(&self, service: &str) -> bool {
        self.statements.iter().any(|statement| {
            let via = &statement["Condition"]["StringEquals"]["kms:ViaService"];
            list(&statement["Action"]).iter().any(|one| one == "kms:Decrypt")
                && via.to_string().contains(&format!("\"{service}."))
        })
    }
}

/// The words of a value by which a policy can name the same thing.
fn words(value: &Value) -> String {
    let text = value.as_str().or_else(|| value["Fn::Sub"].as_str());
    text.map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn what_a_function_is_told_of_it_may_use() {
    let mut seen = BTreeSet::new();
    for function in functions() {
        for grant in function.grants() {
            let resource = words(&function.variables[grant.variable]);
            for action in grant.actions {
                assert!(function.may(action, &resource), "{}: {action} {resource}", function.name);
            }
            let by = grant.key_by;
            assert!(by.is_none_or(|by| function.uses_key_by(by)), "{}: {by:?}", function.name);
            seen.insert(grant.variable);
        }
    }
    assert_eq!(seen.len(), GRANTS.len(), "only {seen:?} occur");
}

#[test]
fn every_variable_of_the_design_is_known() {
    let known: BTreeSet<&str> =
        GRANTS.iter().map(|grant| grant.variable).chain(NOT_GRANTED).collect();
    let functions = functions();
    let all = functions.iter().flat_map(|function| function.variables.keys());
    let used: BTreeSet<&str> =
        all.map(String::as_str).filter(|name| name.starts_with("TIDEOVER_")).collect();
    assert_eq!(used, known);
}

/// Least privilege: what can be done to data follows from the variables, and from nothing else; but that the ledger's
/// function goes through the intents. What the function of runs may do follows from the plans.
#[test]
fn what_a_function_may_do_it_was_told_of() {
    for function in functions() {
        let mut told: BTreeSet<&str> =
            function.grants().flat_map(|grant| grant.actions).copied().collect();
        if function.variables.contains_key("TIDEOVER_SYSTEM") {
            continue;
        }
        if function.name.ends_with(" Ledger") {
            told.insert("dynamodb:Scan");
        }
        for action in function.statements.iter().flat_map(|statement| list(&statement["Action"])) {
            let action = action.as_str().unwrap();
            let is_data = ["dynamodb:", "s3:", "secretsmanager:", "sns:", "sqs:GetQueueUrl"];
            let is_data = is_data.iter().any(|service| action.starts_with(service));
            assert!(!is_data || told.contains(action), "{}: {action}", function.name);
        }
    }
}

/// Whoever takes over a function of the payment service can neither open a Region nor forge a run: it writes intents, and
/// the lease of its own Region.
#[test]
fn payment_functions_do_not_write_who_is_active() {
    let mut seen = 0;
    for function in functions() {
        if function.variables.contains_key("TIDEOVER_SYSTEM") {
            continue;
        }
        for statement in &function.statements {
            let actions = list(&statement["Action"]);
            let is_item = |action: &str| actions.iter().any(|one| one == action);
            let of_control = statement["Resource"].to_string().contains("-control");
            if !of_control || !(is_item("dynamodb:PutItem") || is_item("dynamodb:GetItem")) {
                continue;
            }
            let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
            for key in list(keys).iter().map(|key| key.as_str().unwrap()) {
                let of_region = key.strip_prefix("dr#lease#").is_some_and(|region| {
                    !region.contains('*') && statement["Resource"].to_string().contains(region)
                });
                let is_read = key == "dr#system" && !is_item("dynamodb:PutItem");
                assert!(of_region || is_read || key == "intent#*", "{}: {key}", function.name);
                seen += 1;
            }
            assert!(!list(keys).is_empty(), "{}: {statement}", function.name);
        }
        let other = function.statements.iter().flat_map(|statement| list(&statement["Action"]));
        let writes = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"];
        let of_sessions = function.variables.contains_key("TIDEOVER_SESSION_TABLE");
        assert!(of_sessions || !other.into_iter().any(|one| writes.iter().any(|it| one == *it)));
    }
    assert!(seen > 0, "no function uses the control table");
}

/// Rule `vpc-endpoints-for-isolated`: the interface endpoints are those of what functions in the VPC call, no
/// more.
#[test]
fn endpoints_are_those_of_what_is_called() {
    let services = ["Secretsmanager", "Sns", "Sqs"];
    for text in VARIETY {
        let files = files(text);
        let all = resources(&files);
        let called = |service: &str| {
            let prefix = format!("{}:", service.to_lowercase());
            let functions = all.iter().filter(|(_, _, one)| {
                one["Type"] == "AWS::Lambda::Function"
                    && one["Properties"].get("VpcConfig").is_some()
            });
            let variables = functions.map(|(_, _, one)| &one["Properties"]["Environment"]);
            let text: String = variables.map(Value::to_string).collect();
            let named = GRANTS.iter().filter(|grant| text.contains(grant.variable));
            named.flat_map(|grant| grant.actions).any(|action| action.starts_with(&prefix))
        };
        for service in services {
            let id = format!("{service}Endpoint");
            let count = all.iter().filter(|(_, found, _)| *found == id).count();
            assert_eq!(count, if called(service) { 2 } else { 0 }, "{id} in {text}");
        }
    }
}
