//! What the operations of the document of the interface share: parameters, headers, links, schemas.

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::{limits, links, requests, wire};

/// Names of the headers that every answer has.
pub(crate) const HEADERS_OF_ALL: [&str; 3] = ["XRequestId", "Traceparent", "CacheControl"];

/// Names of the parameters that every operation has.
pub(crate) const PARAMETERS_OF_ALL: [&str; 2] = ["RequestId", "Traceparent"];

/// Everything that is referred to.
pub(crate) fn components() -> Value {
    json!({
        "schemas": schemas(),
        "parameters": parameters(),
        "headers": headers(),
        "links": links(),
    })
}

/// A reference to a component.
pub(crate) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
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

/// The schema of a type, with the limits of its properties.
fn schema<T: ToSchema + PartialSchema>() -> (String, Value) {
    let name = T::name().into_owned();
    let mut schema = serde_json::to_value(T::schema()).expect("a schema is JSON");
    let properties = schema["properties"].as_object_mut().expect("a shape has properties");
    for (property, value) in properties {
        merge(value, limits::of(&name, property).unwrap_or_default());
    }
    (name, schema)
}

/// The same without room for other fields, which requests may not have.
fn closed((name, mut schema): (String, Value)) -> (String, Value) {
    schema["additionalProperties"] = Value::Bool(false);
    (name, schema)
}

/// A schema with these limits.
fn merge(schema: &mut Value, limits: Value) {
    if let Value::Object(limits) = limits {
        schema.as_object_mut().expect("a schema is an object").extend(limits);
    }
}

fn of_type(type_: &str, limits: Value) -> Value {
    let mut schema = json!({"type": type_});
    merge(&mut schema, limits);
    schema
}

const PAYMENT: &str = "pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD";
const ACCOUNT: &str = "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

const KEY_DESCRIPTION: &str = "A new UUID for each new request, kept until it is answered, and \
                               sent again with it. Quoted (RFC 9651) or bare. It counts for the \
                               account or the payment that is posted to, for ever";
const REQUEST_ID: &str = "A name for this request, repeated in the answer and written to the log: \
                          1 to 64 letters, digits, `.`, `_` or `-`. Anything else is left out, \
                          and a name is made";
const TRACEPARENT: &str = "W3C Trace Context. Anything else is left out, and a trace begins";

fn parameters() -> Value {
    use Presence::{Always, Sometimes};
    let text = |limits| of_type("string", limits);
    let header = |name, presence, schema, example: &str, description| {
        parameter("header", name, presence, schema, example.into(), description)
    };
    let query = |name, presence, schema, example, description| {
        parameter("query", name, presence, schema, example, description)
    };
    let id = |prefix, example: &str, description| {
        parameter("path", "id", Always, text(limits::id(prefix)), example.into(), description)
    };
    let (account, payment) = (text(limits::id("acc_")), text(limits::id("pay_")));
    let page = of_type("integer", limits::page());
    json!({
        "IdempotencyKey":
            header("Idempotency-Key", Always, text(limits::key()), KEY, KEY_DESCRIPTION),
        "RequestId":
            header("X-Request-Id", Sometimes, text(Value::Null), "checkout-7f3a", REQUEST_ID),
        "Traceparent": header("traceparent", Sometimes, text(Value::Null), TRACE, TRACEPARENT),
        "PaymentId": id("pay_", PAYMENT, "The payment"),
        "AccountId": id("acc_", ACCOUNT, "The account"),
        "Account": query("account", Always, account, ACCOUNT.into(), "Whose payments"),
        "Limit": query("limit", Sometimes, page, 25.into(), "How many payments"),
        "StartingAfter": query("starting_after", Sometimes, payment, PAYMENT.into(),
            "The last payment of the page before"),
    })
}

/// Whether a parameter or header has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Always,
    Sometimes,
}

fn parameter(
    place: &str,
    name: &str,
    presence: Presence,
    schema: Value,
    example: Value,
    description: &str,
) -> Value {
    json!({
        "in": place,
        "name": name,
        "required": presence == Presence::Always,
        "schema": schema,
        "example": example,
        "description": description,
    })
}

/// The name of a header that is a component.
pub(crate) fn header_name(component: &str) -> &'static str {
    match component {
        "Allow" => "Allow",
        "CacheControl" => "Cache-Control",
        "Connection" | "ConnectionOfSome" => "Connection",
        "IdempotencyReplayed" => "Idempotency-Replayed",
        "Location" => "Location",
        "MayBeBehind" => "May-Be-Behind",
        "RetryAfter" | "RetryAfterOfSome" => "Retry-After",
        "XRequestId" => "X-Request-Id",
        "Traceparent" => "traceparent",
        _ => unreachable!("the table of answers names no other"),
    }
}

fn headers() -> Value {
    use Presence::{Always, Sometimes};
    let word = |word: &str| json!({"type": "string", "const": word});
    let path = json!({"type": "string", "pattern": "^/payments/pay_[0-9A-Z]{26}$"});
    let name = json!({"type": "string", "pattern": limits::REQUEST_ID});
    let trace = json!({"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"});
    let seconds = || json!({"type": "integer", "minimum": 1});
    let closes = "Look the name up again before the next request, or send a whole body";
    let wait = "After how many seconds asking again may help";
    json!({
        "CacheControl": header(Always, word("no-store"), "Nobody keeps an answer"),
        "Connection": header(Always, word("close"), closes),
        "ConnectionOfSome": header(Sometimes, word("close"), closes),
        "IdempotencyReplayed": header(Sometimes, word("true"),
            "An earlier request with this key decided the answer"),
        "Location": header(Always, path, "The path of the payment"),
        "MayBeBehind": header(Sometimes, word("true"),
            "This Region does not take payments now: what another has written may be missing"),
        "RetryAfter": header(Always, seconds(), wait),
        "RetryAfterOfSome": header(Sometimes, seconds(), wait),
        "XRequestId": header(Always, name, "The name of this request"),
        "Traceparent": header(Always, trace, "W3C Trace Context, with the span of this request"),
    })
}

fn header(presence: Presence, schema: Value, description: &str) -> Value {
    json!({
        "schema": schema,
        "required": presence == Presence::Always,
        "description": description,
    })
}

fn links() -> Value {
    let link = |link: &links::Link| {
        let (parameter, expression) = link.parameter;
        let value = json!({
            "operationId": link.operation,
            "parameters": {parameter: expression},
            "description": link.description,
        });
        (link.name.to_owned(), value)
    };
    links::ALL.into_iter().map(link).collect::<Map<_, _>>().into()
}
