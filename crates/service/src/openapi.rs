//! The document of the interface (OpenAPI 3.1): made from the shapes on the wire and a table of
//! operations, committed as `openapi.json`, and served as it was committed.

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::operations::{Answer, OPERATIONS, Operation};
use crate::{requests, wire};

/// The document as it was committed; a test compares it with [`openapi`].
pub(crate) const COMMITTED: &str = include_str!("../openapi.json");

/// The document of the interface.
#[must_use]
pub fn openapi() -> String {
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "tideover payment service",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Takes payments, each once, in one of two Regions.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [],
        "tags": [
            {"name": "payments", "description": "Money"},
            {"name": "health", "description": "The service and its Region"},
        ],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "parameters": parameters(),
            "headers": headers(),
        },
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
    let reference = |name: &&str| json!({"$ref": format!("#/components/parameters/{name}")});
    let parameters: Vec<Value> =
        operation.parameters.iter().chain(&["RequestId", "Traceparent"]).map(reference).collect();
    let answers = operation.answers.iter();
    let responses: Map<_, _> =
        answers.map(|answer| (answer.status.to_string(), response(answer))).collect();
    let mut object = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": parameters,
        "responses": responses,
    });
    if let Some((schema, example)) = operation.body {
        object["requestBody"] = json!({
            "required": true,
            "content": {"application/json": content(schema, example)},
        });
    }
    object
}

fn response(answer: &Answer) -> Value {
    let names = ["X-Request-Id", "traceparent", "Cache-Control"].iter().chain(answer.headers);
    let reference =
        |name: &&str| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")}));
    let headers: Map<_, _> = names.map(reference).collect();
    let media =
        if answer.schema == "Problem" { "application/problem+json" } else { "application/json" };
    json!({
        "description": answer.description,
        "headers": headers,
        "content": {media: content(answer.schema, answer.example)},
    })
}

fn content(schema: &str, example: &str) -> Value {
    let example: Value = serde_json::from_str(example).expect("the table has JSON");
    let schema = match schema {
        "" => json!({"type": "object"}),
        schema => json!({"$ref": format!("#/components/schemas/{schema}")}),
    };
    json!({"schema": schema, "example": example})
}

fn schemas() -> Value {
    let schemas = [
        closed(schema::<requests::NewPayment>()),
        closed(schema::<requests::NewRefund>()),
        schema::<wire::Payment>(),
        schema::<wire::Refund>(),
        schema::<wire::PaymentList>(),
        schema::<wire::AccountBalances>(),
        schema::<wire::CurrencyBalance>(),
        schema::<wire::Valid>(),
        schema::<wire::Serving>(),
        schema::<wire::Ready>(),
        schema::<wire::Traffic>(),
        schema::<wire::Problem<'static>>(),
        schema::<wire::Fault<'static>>(),
    ];
    schemas.into_iter().collect::<Map<_, _>>().into()
}

fn schema<T: ToSchema + PartialSchema>() -> (String, Value) {
    let schema = serde_json::to_value(T::schema()).expect("a schema is JSON");
    (T::name().into_owned(), schema)
}

/// The same without room for other fields, which requests may not have.
fn closed((name, mut schema): (String, Value)) -> (String, Value) {
    schema["additionalProperties"] = Value::Bool(false);
    (name, schema)
}

fn parameters() -> Value {
    let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
    let parameter = |place: &str, name: &str, is_required: bool, schema: Value, what: &str| {
        json!({
            "in": place, "name": name, "required": is_required, "schema": schema, "description": what,
        })
    };
    let key = "A new UUID for each new request, kept until it is answered, and sent again with it. \
               Quoted (RFC 9651) or bare";
    json!({
        "IdempotencyKey": parameter("header", "Idempotency-Key", true, text("^[ -~]{1,255}$"), key),
        "RequestId": parameter("header", "X-Request-Id", false, text("^[A-Za-z0-9._-]{1,64}$"),
            "A name for this request; one is made when there is none"),
        "Traceparent": parameter("header", "traceparent", false,
            text("^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"), "W3C Trace Context"),
        "PaymentId": parameter("path", "id", true, text("^pay_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
            "The payment"),
        "AccountId": parameter("path", "id", true, text("^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
            "The account"),
        "Account": parameter("query", "account", true, text("^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
            "Whose payments"),
        "Limit": parameter("query", "limit", false,
            json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 10}),
            "How many payments"),
        "StartingAfter": parameter("query", "starting_after", false,
            text("^pay_[0-7][0-9A-HJKMNP-TV-Z]{25}$"), "The last payment of the page before"),
    })
}

fn headers() -> Value {
    let header = |type_: &str, what: &str| json!({"schema": {"type": type_}, "description": what});
    json!({
        "Allow": header("string", "The methods of this path"),
        "Cache-Control": header("string", "`no-store`"),
        "Connection": header("string", "`close`: look the name up again before the next request"),
        "Idempotency-Replayed": header("string", "`true` when an earlier request with this key decided the answer"),
        "Location": header("string", "The path of the payment"),
        "Retry-After": header("integer", "After how many seconds asking again may help"),
        "X-Request-Id": header("string", "The name of this request"),
        "traceparent": header("string", "W3C Trace Context, with the span of this request"),
    })
}
