//! Receipts: the last word on a payment or refund, kept in the bucket.
//!
//! One receipt for each event, never written over: a correction has an event, and a receipt, of its own, and an event
//! that a failover lost and reconciliation wrote again has the id that it had, but another epoch, and so another name.

use payments::{Event, EventKind};

use crate::event_json::event_json;

/// A receipt, to be put into the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its name in the bucket, such as `receipts/acc_…/pay_…/evt_….7.json`, 7 being the epoch.
    pub name: String,
    /// Its content: the JSON of the event.
    pub json: String,
}

/// The receipt of an event; nothing when the event is no last word.
#[must_use]
pub fn receipt(event: &Event) -> Option<Receipt> {
    let draft = &event.draft;
    let (account, payment) = (draft.account, draft.movement.payment());
    let (id, epoch) = (draft.id, draft.epoch);
    is_last_word(draft.kind).then(|| Receipt {
        name: format!("receipts/{account}/{payment}/{id}.{epoch}.json"),
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
