//! The document of the interface: fresh, whole, and true.

use std::collections::BTreeSet;

use expect_test::expect_file;
use serde_json::Value;

use crate::server::Server;

fn document() -> Value {
    serde_json::from_str(&service::openapi()).unwrap()
}

#[test]
fn the_committed_document_is_fresh() {
    expect_file!["../../openapi.json"].assert_eq(&service::openapi());
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for kind in ["schemas", "parameters", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(references.contains(&format!("#/components/{kind}/{name}")), "{kind} {name}");
        }
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[test]
fn every_operation_has_what_openapi_asks_for() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
            let parameters = operation["parameters"].as_array().unwrap();
            let has = |name: &str| {
                parameters
                    .iter()
                    .any(|reference| reference["$ref"].as_str().unwrap().ends_with(name))
            };
            assert_eq!(has("/IdempotencyKey"), method == "post", "{place}");
            assert_eq!(has("Id") && path.contains("{id}"), path.contains("{id}"), "{place}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!((200..600).contains(&status.parse::<u16>().unwrap()));
                assert!(response["description"].is_string());
                let content = response["content"].as_object().unwrap();
                let is_problem = content.contains_key("application/problem+json");
                assert_eq!(is_problem, !status.starts_with('2'), "{place} {status}");
            }
        }
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = document();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let answers = operation["responses"].as_object().unwrap().values();
            for side in answers.chain(operation.get("requestBody")) {
                for content in side["content"].as_object().unwrap().values() {
                    fits(&document, &content["schema"], &content["example"]);
                }
            }
        }
    }
}

/// A small part of JSON Schema: references, required fields, fields that are known.
fn fits(document: &Value, schema: &Value, example: &Value) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => schema,
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(example.get(name.as_str().unwrap()).is_some(), "{name} {example}");
    }
    if let (Some(fields), Some(known)) = (example.as_object(), schema["properties"].as_object()) {
        for (name, value) in fields {
            fits(document, known.get(name).unwrap_or_else(|| panic!("{name}")), value);
        }
    }
    if let (Some(items), false) = (example.as_array(), schema["items"].is_null()) {
        items.iter().for_each(|item| fits(document, &schema["items"], item));
    }
}

#[tokio::test]
async fn it_is_served_as_it_is_and_has_every_route() {
    let server = Server::start().await;
    let answer = server.get("/openapi.json").await;
    assert_eq!(answer.body, service::openapi());
    for (path, methods) in document()["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "x");
        let answer = server.ask(&format!("TRACE {path}"), &[], "").await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed: BTreeSet<String> = answer
            .header("allow")
            .unwrap()
            .split(',')
            .map(|method| method.trim().to_lowercase())
            .filter(|method| method != "head")
            .collect();
        let known: BTreeSet<String> = methods.as_object().unwrap().keys().cloned().collect();
        assert_eq!(allowed, known, "{path}");
    }
}
