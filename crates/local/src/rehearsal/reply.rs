//! What a client hears, read out of the answer of the service.

use drill::{Answer, RequestKind};
use payments::{MovementId, PaymentId, RefundId};
use serde::Deserialize;

/// What the judge needs of a body: of a payment or refund, and of a problem document.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    id: String,
    payment: String,
    code: String,
}

/// What a service of ours calls a 409.
const CONFLICTS: [&str; 5] = [
    "idempotency_key_in_progress",
    "quarantined",
    "payment_declined",
    "payment_open",
    "refund_exceeds_captured",
];

/// The answer that a status and a body are.
#[must_use]
pub fn answer(kind: RequestKind, status: u16, body: &[u8]) -> Answer {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    match (status, body.code.as_str()) {
        // A success whose id cannot be read is one of which nobody knows what it means.
        (200..300, _) => movement(kind, &body).map_or(Answer::TryAgain, Answer::Acknowledged),
        (503, "region_switching") => Answer::Switching,
        (409, "quarantined") => Answer::Pending,
        (409, "idempotency_key_in_progress") => Answer::TryAgain,
        // This one uses no key up.
        (404, "payment_missing") => Answer::TryAgain,
        (400 | 404 | 409 | 413 | 415 | 422, _) => Answer::Refused,
        _ => Answer::TryAgain,
    }
}

/// Whether this is an answer that no service of ours gives, and what it is, for people: what a client
/// makes of it is a guess.
pub(super) fn strange(kind: RequestKind, status: u16, body: &[u8]) -> Option<String> {
    let read: Body = serde_json::from_slice(body).unwrap_or_default();
    let is_known = match status {
        200..300 => movement(kind, &read).is_some(),
        409 => CONFLICTS.contains(&read.code.as_str()),
        _ => true,
    };
    (!is_known).then(|| format!("{status} {}", String::from_utf8_lossy(body)))
}

fn movement(kind: RequestKind, body: &Body) -> Option<MovementId> {
    match kind {
        RequestKind::Payment => PaymentId::parse(&body.id).map(MovementId::Payment),
        RequestKind::Refund { .. } => {
            let (payment, refund) = (PaymentId::parse(&body.payment)?, RefundId::parse(&body.id)?);
            Some(MovementId::Refund(payment, refund))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        const PAYMENT: &str = "pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD";
        const REFUND: &str = "ref_01K9V4AYR0M5E7T9CWB2D3F6GH";
        let payment = PaymentId::parse(PAYMENT).expect("it is one");
        let refund = RefundId::parse(REFUND).expect("it is one");
        let paid = Answer::Acknowledged(MovementId::Payment(payment));
        let given_back = Answer::Acknowledged(MovementId::Refund(payment, refund));
        let (pay, give_back) = (RequestKind::Payment, RequestKind::Refund { of: 0 });
        for (kind, status, body, expected) in [
            (pay, 201, format!(r#"{{"id":"{PAYMENT}","status":"posted"}}"#), paid),
            (pay, 201, format!(r#"{{"id":"{REFUND}"}}"#), Answer::TryAgain),
            (pay, 201, "cut off".to_owned(), Answer::TryAgain),
            (give_back, 201, format!(r#"{{"id":"{REFUND}","payment":"{PAYMENT}"}}"#), given_back),
            (pay, 503, r#"{"code":"region_switching"}"#.to_owned(), Answer::Switching),
            (pay, 503, r#"{"code":"unresolved"}"#.to_owned(), Answer::TryAgain),
            (pay, 429, r#"{"code":"too_many_requests"}"#.to_owned(), Answer::TryAgain),
            (pay, 409, r#"{"code":"quarantined"}"#.to_owned(), Answer::Pending),
            (pay, 409, r#"{"code":"idempotency_key_in_progress"}"#.to_owned(), Answer::TryAgain),
            (give_back, 409, r#"{"code":"refund_exceeds_captured"}"#.to_owned(), Answer::Refused),
            (give_back, 404, r#"{"code":"payment_missing"}"#.to_owned(), Answer::TryAgain),
            (pay, 422, r#"{"code":"idempotency_key_reused"}"#.to_owned(), Answer::Refused),
            (pay, 500, String::new(), Answer::TryAgain),
        ] {
            assert_eq!(answer(kind, status, body.as_bytes()), expected, "{status} {body}");
        }
    }

    #[test]
    fn strange_answers_are_told() {
        const PAYMENT: &str = "pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD";
        for (status, body, is_strange) in [
            (201, format!(r#"{{"id":"{PAYMENT}"}}"#), false),
            (200, "cut off".to_owned(), true),
            (409, r#"{"code":"refund_exceeds_captured"}"#.to_owned(), false),
            (409, r#"{"code":"on_holiday"}"#.to_owned(), true),
            (409, String::new(), true),
            (503, String::new(), false),
        ] {
            let told = strange(RequestKind::Payment, status, body.as_bytes());
            assert_eq!(told.is_some(), is_strange, "{status} {body}");
        }
    }
}
