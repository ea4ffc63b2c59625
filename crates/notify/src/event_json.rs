//! The JSON of an event: the same bytes on every channel and at every try, because everything in it is fixed when the
//! event is written.
//!
//! The form is that of Standard Webhooks: type, time, data. It says which money moved, and nothing of cards, tokens or
//! the merchant's own words. How it is signed and sent is for others to say.

use payments::{Event, MovementId, rfc3339};
use serde::Serialize;

/// The JSON of an event, without spaces.
#[must_use]
pub fn event_json(event: &Event) -> String {
    let draft = &event.draft;
    let json = EventJson {
        kind: draft.kind.name(),
        timestamp: rfc3339(draft.movement.time()),
        data: DataJson {
            id: draft.id.to_string(),
            payment: draft.movement.payment().to_string(),
            refund: refund(draft.movement),
            account: draft.account.to_string(),
            account_sequence: event.account_sequence,
            amount: draft.money.amount.minor_units(),
            currency: draft.money.currency.code(),
            epoch: draft.epoch.number(),
        },
    };
    serde_json::to_string(&json).expect("texts and numbers can be written")
}

fn refund(movement: MovementId) -> Option<String> {
    match movement {
        MovementId::Payment(_) => None,
        MovementId::Refund(_, refund) => Some(refund.to_string()),
    }
}

#[derive(Serialize)]
struct EventJson {
    #[serde(rename = "type")]
    kind: &'static str,
    /// When the payment or refund was asked for. Events of one account are ordered by their number, not by this.
    timestamp: String,
    data: DataJson,
}

#[derive(Serialize)]
struct DataJson {
    id: String,
    payment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<String>,
    account: String,
    account_sequence: u64,
    amount: i64,
    currency: &'static str,
    epoch: u64,
}
