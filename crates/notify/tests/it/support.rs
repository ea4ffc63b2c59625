//! Things that many tests need one of.

use std::time::Duration;

use notify::Endpoints;
use payments::{
    AccountId, Amount, Command, Currency, Epoch, Event, EventDraft, EventId, EventKind, Given,
    Money, MovementId, PaymentDraft, PaymentId, RefundDraft, RefundId, Time,
};
use proptest::prelude::ProptestConfig;

/// So many cases of a property, which leave no file behind when one fails.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

/// Saturday, 22 November 2025, 08:26:40 UTC.
pub(crate) const START_MS: u64 = 1_763_800_000_000;

/// The 64 bits in the middle: no jitter.
pub(crate) const MIDDLE: u64 = 1 << 63;

/// Random bits for tests: different for each number, and never many digits in a row.
pub(crate) fn randomness(number: u32) -> [u8; 10] {
    let [a, b, c, d] = number.to_be_bytes();
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, a, b, c, d]
}

pub(crate) fn time(after_start_ms: u64) -> Time {
    Time::from_ms(START_MS + after_start_ms)
}

pub(crate) fn account(number: u32) -> AccountId {
    AccountId::new(time(0), randomness(number))
}

pub(crate) fn payment(number: u32) -> PaymentId {
    PaymentId::new(time(0), randomness(number))
}

pub(crate) fn refund(number: u32) -> RefundId {
    RefundId::new(time(3_000), randomness(number))
}

/// An event of this kind, of the first account.
pub(crate) fn event(kind: EventKind) -> Event {
    let movement = match kind {
        EventKind::PaymentPosted
        | EventKind::PaymentSucceeded
        | EventKind::PaymentDeclined
        | EventKind::PaymentCorrected => MovementId::Payment(payment(2)),
        _ => MovementId::Refund(payment(2), refund(3)),
    };
    let money = Money::new(Amount::new(1250).unwrap(), Currency::find("EUR").unwrap());
    let (id, epoch) = (EventId::new(movement.time(), randomness(9)), Epoch::new(7));
    EventDraft { id, kind, account: account(1), movement, money, epoch }.numbered(42)
}

/// The secret of the specification's vector.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The configuration with these endpoints, each without its secrets.
pub(crate) fn endpoints(each: &[&str]) -> Endpoints {
    let each = each.iter().map(|fields| format!("{{{fields}, \"secrets\": [\"{SECRET}\"]}}"));
    let each = each.collect::<Vec<_>>().join(", ");
    Endpoints::parse(&format!("{{\"endpoints\": [{each}]}}")).unwrap()
}

/// A duration as people say it, to the millisecond.
pub(crate) fn said(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let millis = match duration.subsec_millis() {
        0 => String::new(),
        millis => format!(".{millis:03}"),
    };
    format!("{}:{:02}:{:02}{millis}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A try to pay 1000 with this card, under a key of its own.
pub(crate) fn pay_command(number: u32, token: &str) -> Command {
    let value = |text: &str| Given::Value(text.to_owned());
    let draft = PaymentDraft {
        account: Given::Value(account(1).to_string()),
        amount: Given::Value(1_000),
        currency: value("EUR"),
        token: value(token),
        ..PaymentDraft::default()
    };
    Command::payment(Some(&format!("pay-{number}")), draft, payment(number)).unwrap()
}

/// A try to refund this much of a payment, under a key of its own. Keys of two payments are two keys, and stand for two
/// refunds.
pub(crate) fn refund_command(number: u32, of: u32, amount: i64) -> Command {
    let payment = Given::Value(payment(of).to_string());
    let draft = RefundDraft { payment, amount: Given::Value(amount) };
    Command::refund(Some(&format!("refund-{number}")), draft, refund(100 * number + of)).unwrap()
}
