//! Transactions to write.

use std::collections::BTreeMap;

use payments::{
    AccountId, Amount, Book, Epoch, EventDraft, EventId, EventKind, Fate, Given, Money, MovementId,
    PaymentDraft, PaymentId, PaymentRecord, Phase, RefundId, RefundRecord, ScopedKey, State, Time,
    Transaction, Transfer, TransferId, Version,
};

pub(crate) const START_MS: u64 = 1_767_225_600_000;

pub(crate) fn account() -> AccountId {
    AccountId::new(Time::from_ms(START_MS), [7; 10])
}

pub(crate) fn payment_id(number: u8) -> PaymentId {
    PaymentId::new(Time::from_ms(START_MS + u64::from(number)), [number; 10])
}

pub(crate) fn draft(amount: i64) -> PaymentDraft {
    let metadata = [("order".to_owned(), Given::Value("a \"b\" \\ \u{e9}".to_owned()))];
    PaymentDraft {
        account: Given::Value(account().to_string()),
        amount: Given::Value(amount),
        currency: Given::Value("EUR".to_owned()),
        token: Given::Value("tok_abcdefghij".to_owned()),
        description: Given::Value("a book, 'quoted'".to_owned()),
        metadata: Given::Value(BTreeMap::from(metadata)),
    }
}

/// The first transaction of a payment.
pub(crate) fn posts(number: u8, epoch: u64) -> Transaction {
    let (id, epoch) = (payment_id(number), Epoch::new(epoch));
    let record = PaymentRecord {
        id,
        key: ScopedKey::from_bytes([number; 32]),
        order: draft(1_000).check().expect("the draft has no faults"),
        accepted: epoch,
        version: Version(1),
        state: State::Posted,
        refunds: BTreeMap::new(),
    };
    let steps = [(Phase::Pending, EventKind::PaymentPosted)];
    with_steps(record, None, epoch, &steps)
}

/// The transaction after `before` by which the payment succeeds.
pub(crate) fn succeeds(before: &Transaction) -> Transaction {
    let expects = Some(before.record.version);
    let version = Version(before.record.version.0 + 1);
    let record = PaymentRecord { version, state: State::Succeeded, ..before.record.clone() };
    let steps = [(Phase::Posted, EventKind::PaymentSucceeded)];
    with_steps(record, expects, before.epoch, &steps)
}

/// The transaction after `before` that keeps a refund of which nothing is in the books.
pub(crate) fn refund(before: &Transaction, number: u8, fate: Fate) -> Transaction {
    let mut record = before.record.clone();
    let id = RefundId::new(Time::from_ms(START_MS), [number; 10]);
    let amount = Amount::new(10).expect("it is above zero");
    let key = ScopedKey::from_bytes([100 + number; 32]);
    record.refunds.insert(id, RefundRecord { key, amount, accepted: before.epoch, fate });
    let expects = Some(record.version);
    record.version = Version(record.version.0 + 1);
    let movement = MovementId::Refund(record.id, id);
    Transaction { movement, ..with_steps(record, expects, before.epoch, &[]) }
}

fn with_steps(
    record: PaymentRecord,
    expects: Option<Version>,
    epoch: Epoch,
    steps: &[(Phase, EventKind)],
) -> Transaction {
    let movement = MovementId::Payment(record.id);
    let money = record.order.money();
    let steps = steps.iter();
    let transfers = steps.clone().map(|(phase, _)| transfer(&record, *phase, money)).collect();
    let events = steps.map(|(phase, kind)| event(&record, *phase, *kind, epoch)).collect();
    Transaction { epoch, expects, movement, record, transfers, events }
}

fn transfer(record: &PaymentRecord, phase: Phase, money: Money) -> Transfer {
    let movement = MovementId::Payment(record.id);
    let id = TransferId { movement, version: record.version, phase };
    Transfer { id, debit: Book::Clearing, credit: Book::Merchant(record.order.account()), money }
}

fn event(record: &PaymentRecord, phase: Phase, kind: EventKind, epoch: Epoch) -> EventDraft {
    let mut randomness = [phase as u8; 10];
    randomness[0] = u8::try_from(record.id.time().as_ms() - START_MS).expect("numbers are small");
    EventDraft {
        id: EventId::new(record.id.time(), randomness),
        kind,
        account: record.order.account(),
        movement: MovementId::Payment(record.id),
        money: record.order.money(),
        epoch,
    }
}
