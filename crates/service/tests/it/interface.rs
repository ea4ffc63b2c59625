//! The document of the interface: fresh, whole, and true.

use std::collections::BTreeSet;

use expect_test::expect_file;
use payments::{
    AccountId, Amount, Currency, Given, IdempotencyKey, PageRequest, PaymentDraft, PaymentId,
};
use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::Value;

use crate::document::{DOCUMENT, faults, resolve};
use crate::server::{PAYMENT, Server};

#[test]
fn the_committed_document_is_fresh() {
    expect_file!["../../openapi.json"].assert_eq(&service::openapi());
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let mut references = BTreeSet::new();
    collect(&DOCUMENT, &mut references);
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(DOCUMENT.pointer(pointer).is_some(), "{reference}");
    }
    for (kind, components) in DOCUMENT["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys() {
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

/// Path, method and operation of each.
fn operations() -> Vec<(&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let of_path = |(path, methods): (&'static String, &'static Value)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    };
    paths.flat_map(of_path).collect()
}

#[test]
fn every_operation_has_what_openapi_asks_for() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let place = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{place}");
        let parameters = operation["parameters"].as_array().unwrap();
        let names: Vec<&str> =
            parameters.iter().map(|name| resolve(name)["name"].as_str().unwrap()).collect();
        assert_eq!(names.contains(&"Idempotency-Key"), method == "post", "{place}");
        assert_eq!(names.contains(&"id"), path.contains("{id}"), "{place}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!((200..600).contains(&status.parse::<u16>().unwrap()));
            let content = response["content"].as_object().unwrap();
            let is_problem = content.contains_key("application/problem+json");
            assert_eq!(is_problem, !status.starts_with('2'), "{place} {status}");
            let retries = response["headers"]["Retry-After"].is_object();
            assert_eq!(retries, ["409", "503"].contains(&status.as_str()), "{place} {status}");
        }
    }
}

#[test]
fn everything_is_described() {
    for (path, method, operation) in operations() {
        for text in ["summary", "description"] {
            assert!(operation[text].as_str().is_some_and(|text| text.len() > 9), "{method} {path}");
        }
    }
    for (kind, components) in DOCUMENT["components"].as_object().unwrap() {
        for (name, component) in components.as_object().unwrap() {
            assert!(component["description"].is_string(), "{kind} {name}");
            assert_eq!(kind == "parameters", component["example"] != Value::Null, "{name}");
            for (property, schema) in component["properties"].as_object().into_iter().flatten() {
                assert!(schema["description"].is_string(), "{name}.{property}");
            }
        }
    }
}

#[test]
fn every_example_fits_its_schema() {
    for (path, method, operation) in operations() {
        let answers = operation["responses"].as_object().unwrap().values();
        for side in answers.chain(operation.get("requestBody")) {
            for content in side["content"].as_object().unwrap().values() {
                let examples = content["examples"].as_object().into_iter().flatten();
                let values = examples.map(|(_, example)| &example["value"]);
                for example in content.get("example").into_iter().chain(values) {
                    let faults = faults(&content["schema"], example);
                    assert_eq!(faults, Vec::<String>::new(), "{method} {path}");
                }
            }
        }
    }
}

#[test]
fn every_link_gives_an_operation_what_it_needs() {
    for link in DOCUMENT["components"]["links"].as_object().unwrap().values() {
        let id = &link["operationId"];
        let (_, _, target) =
            operations().into_iter().find(|(_, _, target)| target["operationId"] == *id).unwrap();
        for (name, expression) in link["parameters"].as_object().unwrap() {
            let (place, name) = name.split_once('.').unwrap();
            let known = target["parameters"].as_array().unwrap().iter().map(resolve);
            assert!(known.into_iter().any(|known| known["in"] == place && known["name"] == name));
            assert!(expression.as_str().unwrap().starts_with("$response.body#/"));
        }
    }
}

/// The pattern of a component.
fn pattern(pointer: &str) -> &'static str {
    DOCUMENT.pointer(&format!("/components/{pointer}/pattern")).unwrap().as_str().unwrap()
}

/// What the pattern lets through, but for what looks like a card number.
fn texts(pointer: &str) -> impl Strategy<Value = String> + use<> {
    // The crate makes strings from patterns without anchors, which these all have at both ends.
    let pattern = pattern(pointer).strip_prefix('^').unwrap().strip_suffix('$').unwrap();
    let is_clean = |text: &String| !payments::holds_card_number(text);
    string_regex(pattern).unwrap().prop_filter("no card number", is_clean)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_pattern_lets_through_the_core_takes(
        key in texts("parameters/IdempotencyKey/schema"),
        payment in texts("parameters/PaymentId/schema"),
        account in texts("parameters/Account/schema"),
        token in texts("schemas/NewPayment/properties/token"),
        description in texts("schemas/NewPayment/properties/description"),
    ) {
        prop_assert!(IdempotencyKey::parse(Some(&key)).is_ok(), "{key}");
        prop_assert!(PaymentId::parse(&payment).is_some(), "{payment}");
        prop_assert!(AccountId::parse(&account).is_some(), "{account}");
        let draft = PaymentDraft {
            account: Given::Value(account),
            amount: Given::Value(1),
            currency: Given::Value("EUR".to_owned()),
            token: Given::Value(token),
            description: Given::Value(description),
            metadata: Given::Missing,
        };
        prop_assert!(draft.check().is_ok());
    }
}

#[tokio::test]
async fn the_limits_of_the_document_are_those_of_the_service() {
    let server = Server::start().await;
    let with = |from: &str, to: &str| PAYMENT.replace(from, to);
    let metadata = |keys: usize, key: usize, value: usize| {
        let entry = |place| format!(r#""{place:a>key$}":"{}""#, "v".repeat(value));
        let entries: Vec<String> = (0..keys).map(entry).collect();
        with(r#"{"order":"A"}"#, &format!("{{{}}}", entries.join(",")))
    };
    let body = &DOCUMENT["paths"]["/payments"]["post"]["requestBody"];
    let schema = &body["content"]["application/json"]["schema"];
    let bodies = [
        (true, PAYMENT.to_owned()),
        (true, with("1234", "1")),
        (false, with("1234", "0")),
        (true, with("1234", &Amount::PAYMENT_MAX.to_string())),
        (false, with("1234", "100000000000")),
        (false, with("1234", "\"1234\"")),
        (false, with("1234", "12.34")),
        (true, with("order A", &"é".repeat(500))),
        (false, with("order A", &"x".repeat(501))),
        (true, with("\"order A\"", "null")),
        (true, with(r#"{"order":"A"}"#, "null")),
        (false, with("\"USD\"", "null")),
        (false, with("USD", "usd")),
        (false, with("USD", "XXX")),
        (false, with("currency", "money")),
        (true, metadata(50, 40, 500)),
        (false, metadata(51, 40, 500)),
        (false, metadata(1, 41, 500)),
        (false, metadata(1, 40, 501)),
        (true, metadata(1, 40, 0)),
        (false, with("\"order\":", "\"\":")),
        (false, with("\"A\"", "1")),
    ];
    for (is_right, body) in bodies {
        let value: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(faults(schema, &value).is_empty(), is_right, "{body}");
        let status = server.post("/payments/validate", "k", &body).await.status;
        assert_eq!(status == 200, is_right, "{status} {body}");
    }
}

#[tokio::test]
async fn one_character_beyond_a_pattern_is_refused() {
    let server = Server::start().await;
    let with = |from: &str, to: &str| PAYMENT.replace(from, to);
    let token = |length: usize| with("tok_visa_abcdefgh", &format!("tok_{}", "x".repeat(length)));
    let table = [(7, 400), (8, 200), (64, 200), (65, 400)];
    for (length, status) in table {
        let answer = server.post("/payments/validate", "k", &token(length)).await;
        assert_eq!(answer.status, status, "{length}");
    }
    let bodies = [
        with("tok_visa", "tok-visa"),
        with("visa_abcdefgh", "visa abcdefgh"),
        with("order A", r"a\u0000"),
        with("order A", r"a\u009f"),
        with("acc_01", "acc_81"),
        with("acc_01", "acc_0I"),
        with("acc_01", "acc_0"),
    ];
    for body in bodies {
        assert_eq!(server.post("/payments/validate", "k", &body).await.status, 400, "{body}");
    }
    for (key, status) in [
        ("x".repeat(255), 200),
        ("x".repeat(256), 400),
        (format!("\"{}\"", "x y".repeat(85)), 200),
        (format!("\"{}\"", "x".repeat(256)), 400),
        (r#""a\"b""#.to_owned(), 200),
        (r#""a\b""#.to_owned(), 400),
        (r#""a"b""#.to_owned(), 400),
        ("a b".to_owned(), 400),
        ("\"\"".to_owned(), 400),
        (String::new(), 400),
    ] {
        assert_eq!(server.post("/payments/validate", &key, PAYMENT).await.status, status, "{key}");
    }
}

#[test]
fn currencies_and_pages_are_those_of_the_core() {
    let codes: Vec<&str> = Currency::all().map(Currency::code).collect();
    let schemas = &DOCUMENT["components"]["schemas"];
    assert_eq!(schemas["NewPayment"]["properties"]["currency"]["enum"], Value::from(codes));
    let limit = &DOCUMENT["components"]["parameters"]["Limit"]["schema"];
    for (limit, is_right) in [
        (limit["minimum"].as_i64().unwrap(), true),
        (limit["minimum"].as_i64().unwrap() - 1, false),
        (limit["maximum"].as_i64().unwrap(), true),
        (limit["maximum"].as_i64().unwrap() + 1, false),
    ] {
        assert_eq!(PageRequest::parse(Some(&limit.to_string()), None).is_ok(), is_right);
    }
}

#[tokio::test]
async fn it_is_served_as_it_is_and_has_every_route() {
    let server = Server::start().await;
    let answer = server.get("/openapi.json").await;
    assert!(answer.body == service::openapi());
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
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
