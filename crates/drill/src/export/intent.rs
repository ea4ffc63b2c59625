//! Intents, in the format.

use payments::{
    Attempt, Claim, Epoch, Fingerprint, Intent, IntentState, MovementId, Order, RefundOrder,
    Refusal, Revision, Time,
};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::money::{account, money, order};
use crate::export::word::{movement, named, read_key, read_movement};

/// An [`Intent`] without claim, fingerprint and what of the order only the processor needs.
#[derive(Serialize, Deserialize)]
pub(super) struct IntentShape {
    movement: String,
    key: String,
    account: String,
    minor_units: i64,
    currency: String,
    epoch: u64,
    state: String,
    refusal: Option<String>,
    revision: u64,
}

impl IntentShape {
    pub(super) fn of(intent: &Intent) -> Self {
        let money = intent.order.money();
        let account = match &intent.order {
            Order::Payment(order) => order.account(),
            Order::Refund(order) => order.account,
        };
        let refusal = match intent.state {
            IntentState::Refused(refusal) => Some(refusal.code().to_owned()),
            _ => None,
        };
        Self {
            movement: movement(intent.movement),
            key: intent.key.to_string(),
            account: account.to_string(),
            minor_units: money.amount.minor_units(),
            currency: money.currency.to_string(),
            epoch: intent.epoch.number(),
            state: intent.state.name().to_owned(),
            refusal,
            revision: intent.revision.0,
        }
    }

    pub(super) fn read(self) -> Field<Intent> {
        let (movement, money) =
            (read_movement(&self.movement)?, money(self.minor_units, &self.currency)?);
        let account = account(&self.account)?;
        let order = match movement {
            MovementId::Payment(_) => Order::Payment(order(account, money)?),
            MovementId::Refund(payment, _) => {
                Order::Refund(RefundOrder { payment, account, money })
            }
        };
        Ok(Intent {
            key: read_key(&self.key)?,
            fingerprint: Fingerprint::from_bytes([0; 32]),
            movement,
            order,
            epoch: Epoch::new(self.epoch),
            state: intent_state(&self.state, self.refusal.as_deref())?,
            claim: Claim { by: Attempt::new(movement), until: Time::from_ms(0) },
            revision: Revision(self.revision),
        })
    }
}

fn intent_state(name: &str, refusal: Option<&str>) -> Field<IntentState> {
    let plain = [
        IntentState::Accepted,
        IntentState::Posted,
        IntentState::Settled,
        IntentState::Quarantined,
    ];
    match refusal {
        None => named(&plain, |state| state.name().to_owned(), name, "state"),
        Some(code) => Refusal::find(code).map(IntentState::Refused).ok_or("refusal"),
    }
}
