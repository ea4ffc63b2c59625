//! What there is at the end, in the format: rows of the ledger, of its books, and intents.

use std::collections::BTreeMap;

use payments::{
    AccountId, Amount, Attempt, Book, Claim, Currency, Epoch, Fate, Fingerprint, Intent,
    IntentState, Money, MovementId, Order, PaymentId, PaymentOrder, PaymentRecord, Phase, Posting,
    RefundId, RefundOrder, RefundRecord, Refusal, Revision, Side, State, Time, TransferId, Version,
};
use serde::{Deserialize, Serialize};

use crate::export::record::RecordShape;
use crate::export::word::{movement, named, read_key, read_movement};
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

/// A [`Posting`]; the book is `clearing` or a merchant's account.
#[derive(Serialize, Deserialize)]
struct PostingShape {
    movement: String,
    version: u64,
    phase: PhaseWord,
    book: String,
    side: SideWord,
    minor_units: i64,
    currency: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PhaseWord {
    Pending,
    Posted,
    Voided,
    Corrected,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SideWord {
    Debit,
    Credit,
}

/// An [`Intent`] without claim, fingerprint and what of the order only the processor needs.
#[derive(Serialize, Deserialize)]
struct IntentShape {
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

/// The name of our own book.
const CLEARING: &str = "clearing";

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

impl PostingShape {
    fn of(posting: &Posting) -> Self {
        Self {
            movement: movement(posting.transfer.movement),
            version: posting.transfer.version.0,
            phase: match posting.transfer.phase {
                Phase::Pending => PhaseWord::Pending,
                Phase::Posted => PhaseWord::Posted,
                Phase::Voided => PhaseWord::Voided,
                Phase::Corrected => PhaseWord::Corrected,
            },
            book: match posting.book {
                Book::Clearing => CLEARING.to_owned(),
                Book::Merchant(account) => account.to_string(),
            },
            side: match posting.side {
                Side::Debit => SideWord::Debit,
                Side::Credit => SideWord::Credit,
            },
            minor_units: posting.money.amount.minor_units(),
            currency: posting.money.currency.to_string(),
        }
    }

    fn read(self) -> Field<Posting> {
        let phase = match self.phase {
            PhaseWord::Pending => Phase::Pending,
            PhaseWord::Posted => Phase::Posted,
            PhaseWord::Voided => Phase::Voided,
            PhaseWord::Corrected => Phase::Corrected,
        };
        let (movement, version) = (read_movement(&self.movement)?, Version(self.version));
        Ok(Posting {
            transfer: TransferId { movement, version, phase },
            book: match self.book.as_str() {
                CLEARING => Book::Clearing,
                account => Book::Merchant(self::account(account)?),
            },
            side: match self.side {
                SideWord::Debit => Side::Debit,
                SideWord::Credit => Side::Credit,
            },
            money: money(self.minor_units, &self.currency)?,
        })
    }
}

impl IntentShape {
    fn of(intent: &Intent) -> Self {
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

    fn read(self) -> Field<Intent> {
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

/// An order with a token that is made up: those of cards are not exported.
fn order(account: AccountId, money: Money) -> Field<PaymentOrder> {
    let token = "tok_not_exported".to_owned();
    PaymentOrder::from_stored(account, money, token, None, BTreeMap::new()).ok_or("minor_units")
}

fn account(text: &str) -> Field<AccountId> {
    AccountId::parse(text).ok_or("account")
}

fn amount(minor_units: i64) -> Field<Amount> {
    Amount::new(minor_units).ok_or("minor_units")
}

fn money(minor_units: i64, currency: &str) -> Field<Money> {
    let currency = Currency::find(currency).ok_or("currency")?;
    Ok(Money::new(amount(minor_units)?, currency))
}
