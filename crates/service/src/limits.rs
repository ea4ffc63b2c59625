//! What values may be, for the document of the interface: taken from the core where it names it, and
//! held against the core by tests where it does not.

use payments::{
    Amount, Currency, DESCRIPTION_CHARACTERS_MAX, IdempotencyKey, METADATA_KEY_CHARACTERS_MAX,
    METADATA_KEYS_MAX, METADATA_VALUE_CHARACTERS_MAX, PageRequest, Refusal, State,
};
use serde_json::{Value, json};

/// Everything but control characters, which neither PostgreSQL nor logs can take.
const NO_CONTROLS: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// What a property of a schema may be, beyond its type.
pub(crate) fn of(schema: &str, property: &str) -> Option<Value> {
    Some(match (schema, property) {
        ("Payment", "id") | (_, "payment") => id("pay_"),
        ("Refund", "id") => id("ref_"),
        (_, "account") => id("acc_"),
        (_, "amount") => json!({"minimum": 1, "maximum": Amount::PAYMENT_MAX.minor_units()}),
        (_, "refundable") => json!({"minimum": 0, "maximum": Amount::PAYMENT_MAX.minor_units()}),
        ("NewPayment", "currency") => json!({"enum": currencies()}),
        (_, "currency") => json!({"pattern": "^[A-Z]{3}$"}),
        (_, "token") => json!({"pattern": "^tok_[A-Za-z0-9_]{8,64}$"}),
        (_, "description") => text(DESCRIPTION_CHARACTERS_MAX),
        (_, "metadata") => metadata(),
        ("Payment", "status") => json!({"enum": states(&[])}),
        ("Refund", "status") => json!({"enum": states(&["refused"])}),
        ("Refund", "refusal") => json!({"enum": Refusal::ALL.map(Refusal::code)}),
        ("PaymentList", "data") => json!({"maxItems": PageRequest::LIMIT_MAX}),
        ("Valid", "valid") => json!({"const": true}),
        ("Serving", "status") => json!({"const": "serving"}),
        ("Ready", "status") => json!({"const": "ready"}),
        ("Problem", "type") => json!({"pattern": "^urn:tideover:problem:[a-z_]+$"}),
        ("Problem" | "Fault", "code") => json!({"pattern": "^[a-z_]+$"}),
        ("Problem", "status") => json!({"minimum": 400, "maximum": 599}),
        ("Problem", "request_id") => json!({"pattern": REQUEST_ID}),
        _ => return None,
    })
}

/// A name of a request.
pub(crate) const REQUEST_ID: &str = "^[A-Za-z0-9._-]{1,64}$";

/// An id that begins like this.
pub(crate) fn id(prefix: &str) -> Value {
    json!({"pattern": format!("^{prefix}[0-7][0-9A-HJKMNP-TV-Z]{{25}}$")})
}

/// An idempotency key, bare or quoted.
pub(crate) fn key() -> Value {
    let characters_max = IdempotencyKey::CHARACTERS_MAX;
    let bare = format!("[!#-~]{{1,{characters_max}}}");
    let quoted = format!(r#""(?:[ !#-\[\]-~]|\\["\\]){{1,{characters_max}}}""#);
    json!({"pattern": format!("^(?:{bare}|{quoted})$")})
}

/// How many items a page may have.
pub(crate) fn page() -> Value {
    let (most, usual) = (PageRequest::LIMIT_MAX, PageRequest::LIMIT_DEFAULT);
    json!({"minimum": 1, "maximum": most, "default": usual})
}

fn text(characters_max: usize) -> Value {
    json!({"maxLength": characters_max, "pattern": NO_CONTROLS})
}

fn metadata() -> Value {
    let mut names = text(METADATA_KEY_CHARACTERS_MAX);
    names["minLength"] = 1.into();
    let mut values = text(METADATA_VALUE_CHARACTERS_MAX);
    values["type"] = "string".into();
    json!({
        "maxProperties": METADATA_KEYS_MAX,
        "propertyNames": names,
        "additionalProperties": values,
    })
}

fn currencies() -> Vec<&'static str> {
    Currency::all().map(Currency::code).collect()
}

/// The states that a record can be in, and these.
fn states(more: &[&'static str]) -> Vec<&'static str> {
    let in_ledger = State::ALL.into_iter().filter(|state| *state != State::Accepted);
    in_ledger.map(State::name).chain(more.iter().copied()).collect()
}
