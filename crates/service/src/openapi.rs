//! The document of the interface (OpenAPI 3.1): made from the shapes on the wire and a table of
//! operations, committed as `openapi.json`, and served as it was committed.

use axum::http::StatusCode;
use fence::{ClosedReason, Epoch, Millis, NotReady, RegionName};
use serde_json::{Map, Value, json};

use crate::answers::{Answer, Code, Content};
use crate::components::{HEADERS_OF_ALL, PARAMETERS_OF_ALL, components, header_name, reference};
use crate::health::reason;
use crate::operations::{OPERATIONS, Operation};
use crate::problem::Wrong;
use crate::wire;

/// The document as it was committed; a test compares it with [`openapi`].
pub(crate) const COMMITTED: &str = include_str!("../openapi.json");

/// What holds for every operation, in Markdown.
const DESCRIPTION: &str = "Takes payments, each once, in one of two Regions.

**Money** is an integer in minor units of a currency of ISO 4217.

**Every POST needs an `Idempotency-Key`.** The first request with a key decides; the same request \
with the same key is answered the same, with `Idempotency-Replayed: true`. The same key with \
another request is 422, and 409 while the first is at work. Keys survive the loss of a Region.

**201 means that the ledger has it.** It is carried out after the answer; `status` says how far it \
has come. When it is not known whether something was done the answer is 503, and the same request \
with the same key finds it out.

**What is read** of a Region that does not take payments now may be behind, and has the header \
`May-Be-Behind: true`. That a payment does not exist (404) is said only by a Region that takes \
payments; another one that lacks it says 503 with the code `payment_not_here`.

**Errors** are problem documents (RFC 9457). Programs compare `code`; `request_id` is what to tell \
the operator. Values of a request are never repeated. While payments move to the other Region the \
answer is 503 with the code `region_switching`: wait as `Retry-After` says, look the name up \
again, and send the same request with the same key.

**Card numbers** are refused wherever one may stand; send the processor's token.

Every path answers `HEAD` like `GET`, and 405 with `Allow` to a method that it does not have \
(`method_not_allowed`); where nothing is, there is 404 (`path_unknown`).";

/// The document of the interface.
#[must_use]
pub fn openapi() -> String {
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "tideover payment service",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [],
        "tags": [
            {"name": "payments", "description": "Money"},
            {"name": "health", "description": "The service and its Region"},
        ],
        "paths": paths(),
        "components": components(),
    });
    let text = serde_json::to_string_pretty(&sorted(document)).expect("a document is JSON");
    text + "\n"
}

/// The same with the fields of every object in alphabetical order, whatever order the map keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        value => value,
    }
}

fn paths() -> Value {
    let mut paths = Map::new();
    for operation in &OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation_object(operation);
    }
    paths.into()
}

fn operation_object(operation: &Operation) -> Value {
    let parameters = operation.parameters.iter().chain(&PARAMETERS_OF_ALL);
    let parameters: Vec<Value> = parameters.map(|name| reference("parameters", name)).collect();
    let answers = operation.answers.iter();
    let responses: Map<_, _> =
        answers.map(|answer| (answer.status.to_string(), response(answer))).collect();
    let mut object = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
        "parameters": parameters,
        "responses": responses,
    });
    if let Some((schema, example)) = operation.body {
        object["requestBody"] = json!({
            "required": true,
            "content": {"application/json": shape(schema, example)},
        });
    }
    object
}

fn response(answer: &Answer) -> Value {
    let headers = HEADERS_OF_ALL.iter().chain(answer.headers);
    let headers: Map<_, _> =
        headers.map(|name| (header_name(name).to_owned(), reference("headers", name))).collect();
    let content = match answer.content {
        Content::Shape(schema, example) => json!({"application/json": shape(schema, example)}),
        Content::Problem(codes) => problems(answer.status, codes.iter().map(example)),
        Content::NotReady(codes) => {
            problems(answer.status, reasons().into_iter().chain(codes.iter().map(example)))
        }
    };
    let mut response =
        json!({"description": answer.description, "headers": headers, "content": content});
    if !answer.links.is_empty() {
        let links = answer.links.iter();
        let links: Map<_, _> =
            links.map(|link| (link.name.to_owned(), reference("links", link.name))).collect();
        response["links"] = links.into();
    }
    response
}

fn shape(schema: &str, example: &str) -> Value {
    let example: Value = serde_json::from_str(example).expect("the table has JSON");
    let schema = match schema {
        "" => json!({"type": "object"}),
        schema => reference("schemas", schema),
    };
    json!({"schema": schema, "example": example})
}

/// A problem document as an example: code, detail, parameter, faults.
struct Example {
    code: &'static str,
    detail: String,
    param: Option<&'static str>,
    wrongs: Vec<Wrong>,
}

fn example(code: &Code) -> Example {
    let Code { code, detail, param, fault } = *code;
    let wrong = fault.map(|[param, code, message]| Wrong::new(param, code, message));
    Example { code, detail: detail.to_owned(), param, wrongs: wrong.into_iter().collect() }
}

/// Problem documents of this status, an example for each code.
fn problems(status: u16, examples: impl Iterator<Item = Example>) -> Value {
    let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let title = title.expect("the table has statuses that have a name");
    let problem = |Example { code, detail, param, wrongs }: Example| {
        let (detail, wrongs) = (detail.as_str(), wrongs.as_slice());
        let document = wire::Document { status, title, code, detail, param, wrongs };
        let text = wire::problem(&document, "req_abcdefghijklmnopabcdefghijklmnop");
        let value: Value = serde_json::from_str(&text).expect("a problem is JSON");
        (code.to_owned(), json!({"value": value}))
    };
    let examples: Map<_, _> = examples.map(problem).collect();
    json!({
        "application/problem+json": {
            "schema": reference("schemas", "Problem"),
            "examples": examples,
        },
    })
}

/// Every reason not to be ready.
fn reasons() -> Vec<Example> {
    let gate = [
        ClosedReason::RecordUnknown,
        ClosedReason::NotActive { active_region: RegionName::new("us-east-2") },
        ClosedReason::Draining,
        ClosedReason::Fenced,
        ClosedReason::NotRenewed,
        ClosedReason::LeaseExpired { at: Millis(1_762_935_266_280) },
        ClosedReason::ClockWentBack,
        ClosedReason::LedgerUnknown,
        ClosedReason::LedgerDiffers { ledger: Epoch::new(6), record: Epoch::new(7) },
    ];
    let ledger = [NotReady::LedgerReadOnly, NotReady::LedgerSilent];
    let reasons = gate.map(NotReady::Gate).into_iter().chain(ledger);
    let example = |not_ready: NotReady| {
        let (code, detail) = (not_ready.code(), reason(&not_ready));
        Example { code, detail, param: None, wrongs: Vec::new() }
    };
    reasons.map(example).collect()
}
