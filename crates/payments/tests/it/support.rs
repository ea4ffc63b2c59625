//! Things that many tests need one of.

use payments::{
    AccountId, Command, Given, Outcome, PaymentDraft, PaymentId, RefundDraft, RefundId, Time,
};

use proptest::prelude::ProptestConfig;

/// So many cases of a property, which leave no file behind when one fails.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

/// Saturday, 22 November 2025, 08:26:40 UTC.
pub(crate) const START_MS: u64 = 1_763_800_000_000;

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
    RefundId::new(time(0), randomness(number))
}

/// A draft without faults.
pub(crate) fn draft(amount: i64) -> PaymentDraft {
    let value = |text: &str| Given::Value(text.to_owned());
    PaymentDraft {
        account: Given::Value(account(1).to_string()),
        amount: Given::Value(amount),
        currency: value("EUR"),
        token: value("tok_visa_abcdef"),
        ..PaymentDraft::default()
    }
}

/// A try to pay under a key.
pub(crate) fn pay_command(key: &str, amount: i64, fresh: PaymentId) -> Command {
    Command::payment(Some(key), draft(amount), fresh).unwrap()
}

/// A try to refund under a key: this much, or all that is left.
pub(crate) fn refund_command(
    key: &str,
    of: PaymentId,
    amount: Option<i64>,
    fresh: RefundId,
) -> Command {
    let amount = amount.map_or(Given::Missing, Given::Value);
    let draft = RefundDraft { payment: Given::Value(of.to_string()), amount };
    Command::refund(Some(key), draft, fresh).unwrap()
}

/// What a draft is told, a line for each fault.
pub(crate) fn told(draft: PaymentDraft) -> String {
    match Command::payment(Some("key"), draft, payment(1)) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(Outcome::Invalid(faults)) => {
            let lines = faults.iter().map(|fault| {
                format!("{} | {} | {}", fault.param, fault.code.code(), fault.message)
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        Err(other) => other.code().to_owned(),
    }
}
