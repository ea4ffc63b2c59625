//! The endpoint that turns the DNS switch.

use serde_json::{Value, json};

use crate::{VARIETY, files, resources, statements};

fn apis(text: &str) -> Vec<Value> {
    let all = resources(&files(text)).into_iter();
    all.filter(|(_, _, one)| one["Type"] == "AWS::ApiGateway::RestApi")
        .map(|(_, _, one)| one["Properties"]["Body"]["paths"]["/health/traffic"]["get"].clone())
        .collect()
}

/// It shares no function with payments, whatever functions the file has, and asks for no credentials.
#[test]
fn the_switch_stands_alone() {
    for text in VARIETY.iter().copied().chain(["[api]\nauthorization = \"iam\""]) {
        let apis = apis(text);
        assert_eq!(apis.len(), 2, "{text}");
        for operation in apis {
            let integration = &operation["x-amazon-apigateway-integration"];
            let uri = integration["uri"].to_string();
            assert!(uri.contains(":dynamodb:action/GetItem"), "{uri}");
            assert_eq!(integration["passthroughBehavior"], "never");
            assert_eq!(operation.get("x-amazon-apigateway-auth"), None);
        }
    }
}

/// What it asks is one item, whatever templates make of number signs, read as it was written last.
#[test]
fn it_reads_the_record() {
    for operation in apis("") {
        let templates = &operation["x-amazon-apigateway-integration"]["requestTemplates"];
        let template = templates["application/json"].as_str().unwrap();
        assert!(!template.contains(['#', '$']), "{template}");
        let question: Value = serde_json::from_str(template).unwrap();
        let expected = json!({
            "TableName": "payment-dev-control",
            "ConsistentRead": true,
            "ProjectionExpression": "traffic_region",
            "Key": {"id": {"S": "dr#system"}},
        });
        assert_eq!(question, expected);
    }
}

/// What it answers are the letters that the health checks look for.
#[test]
fn it_says_what_health_checks_look_for() {
    let all = resources(&files(""));
    let checks = all.iter().map(|(_, _, one)| &one["Properties"]["HealthCheckConfig"]);
    let searched: Vec<&str> = checks.filter_map(|check| check["SearchString"].as_str()).collect();
    assert_eq!(searched.len(), 3);
    for operation in apis("") {
        let answers = &operation["x-amazon-apigateway-integration"]["responses"];
        let said = answers["default"]["responseTemplates"]["application/json"].as_str().unwrap();
        for text in &searched {
            let region = text.rsplit('"').nth(1).unwrap();
            assert!(said.replace("$region", region).contains(text), "{said} {text}");
        }
    }
}

/// The role reads who is active, and neither intents nor journals.
#[test]
fn its_role_reads_one_item() {
    for text in VARIETY {
        let all = resources(&files(text));
        let roles: Vec<_> = all.iter().filter(|(_, id, _)| id == "TrafficRole").collect();
        assert_eq!(roles.len(), 2, "{text}");
        for (_, _, role) in roles {
            let statements = statements(role);
            assert_eq!(statements.len(), 2);
            assert_eq!(statements[0]["Action"], "dynamodb:GetItem");
            let keys = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["dr#system"]}});
            assert_eq!(statements[0]["Condition"], keys);
            assert_eq!(statements[1]["Action"], "kms:Decrypt");
        }
    }
}

/// A run that shuts the API of a Region sets the throttle of all methods, and leaves this one's.
#[test]
fn shutting_the_api_does_not_silence_it() {
    let all = resources(&files(""));
    for (_, _, stage) in all.iter().filter(|(_, _, one)| one["Type"] == "AWS::ApiGateway::Stage") {
        let methods = stage["Properties"]["MethodSettings"].as_array().unwrap();
        let own = methods.iter().find(|one| one["ResourcePath"] == "/~1health~1traffic").unwrap();
        assert_eq!(own["HttpMethod"], "GET");
        assert!(own["ThrottlingRateLimit"].as_f64().unwrap() > 0.0);
    }
}
