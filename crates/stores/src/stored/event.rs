//! Rows of the outbox.

use payments::{AccountId, Event, EventDraft, EventId, EventKind};
use serde::{Deserialize, Serialize};

use super::{Malformed, epoch, found, money, movement, movement_fields};

/// An [`EventDraft`] and, once the ledger has counted, its number.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredEvent {
    id: String,
    kind: String,
    account: String,
    #[serde(default)]
    account_sequence: u64,
    payment: String,
    refund: Option<String>,
    amount: i64,
    currency: String,
    epoch: u64,
}

impl StoredEvent {
    /// The event with this number; 0 before it is counted.
    pub(crate) fn of(draft: &EventDraft, account_sequence: u64) -> Self {
        let (payment, refund) = movement_fields(draft.movement);
        Self {
            id: draft.id.to_string(),
            kind: draft.kind.name().to_owned(),
            account: draft.account.to_string(),
            account_sequence,
            payment,
            refund,
            amount: draft.money.amount.minor_units(),
            currency: draft.money.currency.code().to_owned(),
            epoch: draft.epoch.number(),
        }
    }
}

impl TryFrom<StoredEvent> for Event {
    type Error = Malformed;

    fn try_from(stored: StoredEvent) -> Result<Self, Malformed> {
        let draft = EventDraft {
            id: found(EventId::parse(&stored.id), "event")?,
            kind: found(EventKind::find(&stored.kind), "kind")?,
            account: found(AccountId::parse(&stored.account), "account")?,
            movement: movement(&stored.payment, stored.refund.as_deref())?,
            money: money(stored.amount, &stored.currency)?,
            epoch: epoch(stored.epoch),
        };
        match stored.account_sequence {
            0 => Err(Malformed::Field("account_sequence")),
            number => Ok(draft.numbered(number)),
        }
    }
}
