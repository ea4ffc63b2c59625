//! A payment's record and its refunds, and the order in them.

use std::collections::BTreeMap;

use payments::{
    AccountId, Amount, Fate, MovementId, PaymentOrder, PaymentRecord, RefundId, RefundRecord,
    Refusal, State, Version,
};
use serde::{Deserialize, Serialize};

use super::{Malformed, epoch, found, key, money, payment};

/// A [`PaymentRecord`].
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredRecord {
    id: String,
    intent_key: String,
    accepted: u64,
    version: u64,
    state: String,
    #[serde(flatten)]
    order: StoredOrder,
    refunds: Vec<StoredRefund>,
}

/// A [`PaymentOrder`].
#[derive(Deserialize, Serialize)]
pub(super) struct StoredOrder {
    account: String,
    amount: i64,
    currency: String,
    token: String,
    description: Option<String>,
    metadata: BTreeMap<String, String>,
}

/// A [`RefundRecord`]; `state` when it was taken, `refusal` when it was not.
#[derive(Debug, Deserialize, Serialize)]
struct StoredRefund {
    id: String,
    intent_key: String,
    amount: i64,
    accepted: u64,
    state: Option<String>,
    refusal: Option<String>,
}

impl std::fmt::Debug for StoredOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredOrder(not shown)")
    }
}

impl StoredRecord {
    /// The version alone.
    pub(crate) fn version(&self) -> Version {
        Version(self.version)
    }

    /// The record with no refund but the one that this movement is: a transaction changes no other.
    pub(crate) fn of_movement(record: &PaymentRecord, movement: MovementId) -> Self {
        let refund = match movement {
            MovementId::Payment(_) => None,
            MovementId::Refund(_, refund) => record.refunds.get_key_value(&refund),
        };
        Self::with_refunds(record, refund)
    }

    fn with_refunds<'r>(
        record: &PaymentRecord,
        refunds: impl IntoIterator<Item = (&'r RefundId, &'r RefundRecord)>,
    ) -> Self {
        Self {
            id: record.id.to_string(),
            intent_key: record.key.to_string(),
            accepted: record.accepted.number(),
            version: record.version.0,
            state: record.state.name().to_owned(),
            order: StoredOrder::from(&record.order),
            refunds: refunds.into_iter().map(StoredRefund::of).collect(),
        }
    }
}

impl From<&PaymentRecord> for StoredRecord {
    fn from(record: &PaymentRecord) -> Self {
        Self::with_refunds(record, &record.refunds)
    }
}

impl TryFrom<StoredRecord> for PaymentRecord {
    type Error = Malformed;

    fn try_from(stored: StoredRecord) -> Result<Self, Malformed> {
        Ok(Self {
            id: payment(&stored.id)?,
            key: key(&stored.intent_key)?,
            order: stored.order.read()?,
            accepted: epoch(stored.accepted),
            version: Version(stored.version),
            state: found(State::find(&stored.state), "state")?,
            refunds: stored.refunds.iter().map(StoredRefund::read).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&PaymentOrder> for StoredOrder {
    fn from(order: &PaymentOrder) -> Self {
        Self {
            account: order.account().to_string(),
            amount: order.money().amount.minor_units(),
            currency: order.money().currency.code().to_owned(),
            token: order.token().as_str().to_owned(),
            description: order.description().map(str::to_owned),
            metadata: order.metadata().clone(),
        }
    }
}

impl StoredOrder {
    /// The order, as it was taken.
    pub(super) fn read(self) -> Result<PaymentOrder, Malformed> {
        let account = found(AccountId::parse(&self.account), "account")?;
        let money = money(self.amount, &self.currency)?;
        let Self { token, description, metadata, .. } = self;
        let order = PaymentOrder::from_stored(account, money, token, description, metadata);
        found(order, "order")
    }
}

impl StoredRefund {
    fn of((id, refund): (&RefundId, &RefundRecord)) -> Self {
        let (state, refusal) = match refund.fate {
            Fate::Taken(state) => (Some(state.name().to_owned()), None),
            Fate::Refused(refusal) => (None, Some(refusal.code().to_owned())),
        };
        Self {
            id: id.to_string(),
            intent_key: refund.key.to_string(),
            amount: refund.amount.minor_units(),
            accepted: refund.accepted.number(),
            state,
            refusal,
        }
    }

    fn read(&self) -> Result<(RefundId, RefundRecord), Malformed> {
        let fate = match (&self.state, &self.refusal) {
            (Some(state), None) => Fate::Taken(found(State::find(state), "state")?),
            (None, Some(code)) => Fate::Refused(found(Refusal::find(code), "refusal")?),
            _ => return Err(Malformed::Field("state")),
        };
        let refund = RefundRecord {
            key: key(&self.intent_key)?,
            amount: found(Amount::new(self.amount), "amount")?,
            accepted: epoch(self.accepted),
            fate,
        };
        Ok((found(RefundId::parse(&self.id), "refund")?, refund))
    }
}
