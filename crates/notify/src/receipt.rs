//! Receipts: the last word on a payment or refund, kept in the bucket.
//!
//! One receipt for each event, never written over with anything else: a correction has an event, and a receipt, of its
//! own.

use payments::{Event, EventKind};

use crate::event_json::event_json;

/// A receipt, to be put into the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its name in the bucket, such as `receipts/acc_…/pay_…/evt_….json`.
    pub name: String,
    /// Its content: the JSON of the event.
    pub json: String,
}

/// The receipt of an event; nothing when the event is no last word.
#[must_use]
pub fn receipt(event: &Event) -> Option<Receipt> {
    let draft = &event.draft;
    let (account, payment, id) = (draft.account, draft.movement.payment(), draft.id);
    is_last_word(draft.kind).then(|| Receipt {
        name: format!("receipts/{account}/{payment}/{id}.json"),
        json: event_json(event),
    })
}

fn is_last_word(kind: EventKind) -> bool {
    match kind {
        EventKind::PaymentPosted | EventKind::RefundPosted => false,
        EventKind::PaymentSucceeded
        | EventKind::PaymentDeclined
        | EventKind::PaymentCorrected
        | EventKind::RefundSucceeded
        | EventKind::RefundDeclined
        | EventKind::RefundCorrected => true,
    }
}
