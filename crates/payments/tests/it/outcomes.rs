//! What each outcome is to HTTP and to people.

use expect_test::expect;
use payments::{Acknowledgement, KeyFault, MovementId, Outcome, PaymentDraft, Refusal, Telling};

use crate::support::{draft, payment, refund};

/// One of each, in order of precedence.
fn all() -> Vec<Outcome> {
    let faults =
        PaymentDraft { amount: payments::Given::Value(0), ..draft(1) }.check().unwrap_err();
    let order = Box::new(draft(1000).check().unwrap());
    let money = order.money();
    let key_faults = [
        KeyFault::Missing,
        KeyFault::NotAString,
        KeyFault::Characters,
        KeyFault::Empty,
        KeyFault::TooLong,
    ];
    let mut all: Vec<Outcome> = key_faults.map(Outcome::KeyFault).to_vec();
    all.extend([
        Outcome::Invalid(faults),
        Outcome::RegionSwitching,
        Outcome::Unresolved,
        Outcome::KeyReused,
        Outcome::Quarantined(MovementId::Payment(payment(1))),
        Outcome::InProgress,
    ]);
    all.extend(Refusal::ALL.map(|refusal| Outcome::Refused(refusal, Telling::First)));
    all.push(Outcome::Acknowledged(
        Acknowledgement::Payment { id: payment(1), order },
        Telling::First,
    ));
    let (id, payment) = (refund(2), payment(1));
    all.push(Outcome::Acknowledged(Acknowledgement::Refund { id, payment, money }, Telling::Again));
    all
}

#[test]
fn status_code_and_words() {
    let lines = all().into_iter().map(|outcome| {
        let retry = outcome.retry_after_s().map_or(String::new(), |s| format!(" (again in {s} s)"));
        format!("{} {}{retry}\n    {outcome}\n", outcome.status(), outcome.code())
    });
    expect![[r#"
        400 idempotency_key_missing
            the header `Idempotency-Key` is missing; send a new UUID with each new request
        400 idempotency_key_invalid
            `Idempotency-Key` is not one quoted string
        400 idempotency_key_invalid
            `Idempotency-Key` may have visible ASCII characters only
        400 idempotency_key_invalid
            `Idempotency-Key` is empty; send a new UUID with each new request
        400 idempotency_key_invalid
            `Idempotency-Key` is longer than 255 characters
        400 request_invalid
            amount: must be above zero, in minor units: `1234` is USD 12.34
        503 region_switching (again in 2 s)
            payments are moving to another Region; send the same request with the same key again
        503 unresolved (again in 1 s)
            it is not known yet whether this was done; send the same request with the same key again
        422 idempotency_key_reused
            this `Idempotency-Key` came with another request before; send a new UUID with each new request
        409 quarantined (again in 60 s)
            `pay_01KANAR9G0ZZZZZZZZZW000001` is being compared with the processor after the loss of a Region; it is not charged again, and the same key will tell its outcome
        409 idempotency_key_in_progress (again in 1 s)
            a request with this `Idempotency-Key` is at work; send it again for its outcome
        404 payment_missing
            there is no payment with this id
        409 payment_declined
            the payment was declined, so there is nothing to refund
        409 payment_open
            the payment has not succeeded yet; when it has, ask again with a new key
        409 refund_exceeds_captured
            the amount is more than what is left of the payment, counting refunds under way
        201 acknowledged
            `pay_01KANAR9G0ZZZZZZZZZW000001` will be carried out
        201 acknowledged
            `ref_01KANAR9G0ZZZZZZZZZW000002` will be carried out
    "#]].assert_eq(&lines.collect::<String>());
}

#[test]
fn only_what_the_ledger_has_is_a_success() {
    for outcome in all() {
        let is_success = (200..300).contains(&outcome.status());
        assert_eq!(is_success, matches!(outcome, Outcome::Acknowledged(..)), "{outcome:?}");
    }
}

#[test]
fn codes_are_unique_but_for_kinds_of_bad_keys() {
    let mut codes: Vec<&str> = all().iter().map(Outcome::code).collect();
    codes.dedup();
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(codes.len(), unique.len(), "{codes:?}");
}

#[test]
fn refusals_come_back_from_their_code() {
    for refusal in Refusal::ALL {
        assert_eq!(Refusal::find(refusal.code()), Some(refusal));
    }
    assert_eq!(Refusal::find("no"), None);
}
