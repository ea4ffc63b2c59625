//! What there is at the end, in the format, and the rows of its ledger.

use payments::{
    Epoch, Fate, PaymentId, PaymentRecord, RefundId, RefundRecord, Refusal, State, Version,
};
use serde::{Deserialize, Serialize};

use crate::export::intent::IntentShape;
use crate::export::money::{account, amount, money, order};
use crate::export::posting::PostingShape;
use crate::export::record::RecordShape;
use crate::export::word::read_key;
use crate::export::{Field, json, lines};
use crate::history::End;

/// An [`End`].
#[derive(Serialize, Deserialize)]
pub(super) struct EndShape {
    at_ms: u64,
    is_at_rest: bool,
    left: Vec<String>,
    record: Option<RecordShape>,
    payments: Vec<PaymentShape>,
    postings: Vec<PostingShape>,
    intents: Vec<IntentShape>,
}

/// A [`PaymentRecord`] without token, description and metadata.
#[derive(Serialize, Deserialize)]
struct PaymentShape {
    payment: String,
    key: String,
    account: String,
    minor_units: i64,
    currency: String,
    accepted: u64,
    version: u64,
    state: String,
    refunds: Vec<RefundShape>,
}

/// A [`RefundRecord`]; `refusal` when it was refused, and no state then.
#[derive(Serialize, Deserialize)]
struct RefundShape {
    refund: String,
    key: String,
    minor_units: i64,
    accepted: u64,
    state: Option<String>,
    refusal: Option<String>,
}

impl EndShape {
    pub(super) fn of(end: &End) -> Self {
        Self {
            at_ms: end.at_ms,
            is_at_rest: end.is_at_rest,
            left: end.left.clone(),
            record: end.record.as_ref().map(RecordShape::of),
            payments: end.payments.iter().map(PaymentShape::of).collect(),
            postings: end.postings.iter().map(PostingShape::of).collect(),
            intents: end.intents.iter().map(IntentShape::of).collect(),
        }
    }

    /// The object, with a line for each row.
    pub(super) fn json(&self) -> String {
        format!(
            "{{\"at_ms\":{},\"is_at_rest\":{},\"left\":{},\n\"record\":{},\n\"payments\":{},\n\
             \"postings\":{},\n\"intents\":{}}}",
            self.at_ms,
            self.is_at_rest,
            json(&self.left),
            json(&self.record),
            lines(self.payments.iter().map(json)),
            lines(self.postings.iter().map(json)),
            lines(self.intents.iter().map(json)),
        )
    }

    pub(super) fn read(self) -> Field<End> {
        Ok(End {
            at_ms: self.at_ms,
            is_at_rest: self.is_at_rest,
            left: self.left,
            record: self.record.map(RecordShape::read).transpose()?,
            payments: self.payments.into_iter().map(PaymentShape::read).collect::<Field<_>>()?,
            postings: self.postings.into_iter().map(PostingShape::read).collect::<Field<_>>()?,
            intents: self.intents.into_iter().map(IntentShape::read).collect::<Field<_>>()?,
        })
    }
}

impl PaymentShape {
    fn of(record: &PaymentRecord) -> Self {
        let money = record.order.money();
        let refunds = record.refunds.iter();
        Self {
            payment: record.id.to_string(),
            key: record.key.to_string(),
            account: record.order.account().to_string(),
            minor_units: money.amount.minor_units(),
            currency: money.currency.to_string(),
            accepted: record.accepted.number(),
            version: record.version.0,
            state: record.state.name().to_owned(),
            refunds: refunds.map(|(id, refund)| RefundShape::of(*id, refund)).collect(),
        }
    }

    fn read(self) -> Field<PaymentRecord> {
        let money = money(self.minor_units, &self.currency)?;
        let refunds = self.refunds.into_iter().map(RefundShape::read).collect::<Field<_>>()?;
        Ok(PaymentRecord {
            id: PaymentId::parse(&self.payment).ok_or("payment")?,
            key: read_key(&self.key)?,
            order: order(account(&self.account)?, money)?,
            accepted: Epoch::new(self.accepted),
            version: Version(self.version),
            state: State::find(&self.state).ok_or("state")?,
            refunds,
        })
    }
}

impl RefundShape {
    fn of(id: RefundId, refund: &RefundRecord) -> Self {
        let (state, refusal) = match refund.fate {
            Fate::Taken(state) => (Some(state.name().to_owned()), None),
            Fate::Refused(refusal) => (None, Some(refusal.code().to_owned())),
        };
        Self {
            refund: id.to_string(),
            key: refund.key.to_string(),
            minor_units: refund.amount.minor_units(),
            accepted: refund.accepted.number(),
            state,
            refusal,
        }
    }

    fn read(self) -> Field<(RefundId, RefundRecord)> {
        let fate = match (self.state, self.refusal) {
            (Some(state), None) => Fate::Taken(State::find(&state).ok_or("state")?),
            (None, Some(code)) => Fate::Refused(Refusal::find(&code).ok_or("refusal")?),
            _ => return Err("refusal"),
        };
        let (key, amount) = (read_key(&self.key)?, amount(self.minor_units)?);
        let refund = RefundRecord { key, amount, accepted: Epoch::new(self.accepted), fate };
        Ok((RefundId::parse(&self.refund).ok_or("refund")?, refund))
    }
}
