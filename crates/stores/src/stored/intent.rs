//! Intents.

use payments::{
    AccountId, Attempt, Claim, Fingerprint, Intent, IntentState, MovementId, Order, RefundOrder,
    Refusal, Revision, Time,
};
use serde::{Deserialize, Serialize};

use super::record::StoredOrder;
use super::{Malformed, digest, epoch, found, key, money, movement, movement_fields, payment};

/// An [`Intent`].
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredIntent {
    key: String,
    fingerprint: String,
    movement: StoredMovement,
    order: StoredIntentOrder,
    epoch: u64,
    state: String,
    refusal: Option<String>,
    claimed_by: StoredMovement,
    claimed_until_ms: u64,
    revision: u64,
}

/// A [`MovementId`].
#[derive(Debug, Deserialize, Serialize)]
struct StoredMovement {
    payment: String,
    refund: Option<String>,
}

/// An [`Order`].
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum StoredIntentOrder {
    Payment(StoredOrder),
    Refund { payment: String, account: String, amount: i64, currency: String },
}

impl From<&Intent> for StoredIntent {
    fn from(intent: &Intent) -> Self {
        let refusal = match intent.state {
            IntentState::Refused(refusal) => Some(refusal.code().to_owned()),
            _ => None,
        };
        Self {
            key: intent.key.to_string(),
            fingerprint: intent.fingerprint.to_string(),
            movement: intent.movement.into(),
            order: StoredIntentOrder::from(&intent.order),
            epoch: intent.epoch.number(),
            state: intent.state.name().to_owned(),
            refusal,
            claimed_by: intent.claim.by.fresh().into(),
            claimed_until_ms: intent.claim.until.as_ms(),
            revision: intent.revision.0,
        }
    }
}

impl TryFrom<StoredIntent> for Intent {
    type Error = Malformed;

    fn try_from(stored: StoredIntent) -> Result<Self, Malformed> {
        Ok(Self {
            key: key(&stored.key)?,
            fingerprint: Fingerprint::from_bytes(digest(&stored.fingerprint)?),
            movement: stored.movement.read()?,
            state: state(&stored.state, stored.refusal.as_deref())?,
            order: stored.order.read()?,
            epoch: epoch(stored.epoch),
            claim: Claim {
                by: Attempt::new(stored.claimed_by.read()?),
                until: Time::from_ms(stored.claimed_until_ms),
            },
            revision: Revision(stored.revision),
        })
    }
}

fn state(name: &str, refusal: Option<&str>) -> Result<IntentState, Malformed> {
    let plain = [
        IntentState::Accepted,
        IntentState::Posted,
        IntentState::Settled,
        IntentState::Quarantined,
    ];
    match refusal {
        Some(code) => found(Refusal::find(code), "refusal").map(IntentState::Refused),
        None => found(plain.into_iter().find(|state| state.name() == name), "state"),
    }
}

impl From<MovementId> for StoredMovement {
    fn from(movement: MovementId) -> Self {
        let (payment, refund) = movement_fields(movement);
        Self { payment, refund }
    }
}

impl StoredMovement {
    fn read(&self) -> Result<MovementId, Malformed> {
        movement(&self.payment, self.refund.as_deref())
    }
}

impl From<&Order> for StoredIntentOrder {
    fn from(order: &Order) -> Self {
        match order {
            Order::Payment(order) => Self::Payment(order.into()),
            Order::Refund(order) => Self::Refund {
                payment: order.payment.to_string(),
                account: order.account.to_string(),
                amount: order.money.amount.minor_units(),
                currency: order.money.currency.code().to_owned(),
            },
        }
    }
}

impl StoredIntentOrder {
    fn read(self) -> Result<Order, Malformed> {
        Ok(match self {
            Self::Payment(order) => Order::Payment(order.read()?),
            Self::Refund { payment: id, account, amount, currency } => Order::Refund(RefundOrder {
                payment: payment(&id)?,
                account: found(AccountId::parse(&account), "account")?,
                money: money(amount, &currency)?,
            }),
        })
    }
}
