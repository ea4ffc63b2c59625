//! The bytes that receivers get, and which events have receipts.

use expect_test::expect;
use notify::{event_json, receipt};
use payments::{EventKind, MovementId, PaymentId, Time};

use crate::support::{event, randomness};

#[test]
fn events_as_json() {
    let jsons = EventKind::ALL.map(|kind| event_json(&event(kind)) + "\n").concat();
    expect![[r#"
        {"type":"payment.posted","timestamp":"2025-11-22T08:26:40.000Z","data":{"id":"evt_01KANAR9G0ZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"payment.succeeded","timestamp":"2025-11-22T08:26:40.000Z","data":{"id":"evt_01KANAR9G0ZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"payment.declined","timestamp":"2025-11-22T08:26:40.000Z","data":{"id":"evt_01KANAR9G0ZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"payment.corrected","timestamp":"2025-11-22T08:26:40.000Z","data":{"id":"evt_01KANAR9G0ZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"refund.posted","timestamp":"2025-11-22T08:26:43.000Z","data":{"id":"evt_01KANARCDRZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","refund":"ref_01KANARCDRZZZZZZZZZW000003","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"refund.succeeded","timestamp":"2025-11-22T08:26:43.000Z","data":{"id":"evt_01KANARCDRZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","refund":"ref_01KANARCDRZZZZZZZZZW000003","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"refund.declined","timestamp":"2025-11-22T08:26:43.000Z","data":{"id":"evt_01KANARCDRZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","refund":"ref_01KANARCDRZZZZZZZZZW000003","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
        {"type":"refund.corrected","timestamp":"2025-11-22T08:26:43.000Z","data":{"id":"evt_01KANARCDRZZZZZZZZZW000009","payment":"pay_01KANAR9G0ZZZZZZZZZW000002","refund":"ref_01KANARCDRZZZZZZZZZW000003","account":"acc_01KANAR9G0ZZZZZZZZZW000001","account_sequence":42,"amount":1250,"currency":"EUR","epoch":7}}
    "#]].assert_eq(&jsons);
}

#[test]
fn receipts_of_last_words() {
    let name = |kind| match receipt(&event(kind)) {
        None => format!("{kind:<18} none\n"),
        Some(receipt) => {
            assert_eq!(receipt.json, event_json(&event(kind)));
            format!("{kind:<18} {}\n", receipt.name)
        }
    };
    expect![[r#"
        payment.posted     none
        payment.succeeded  receipts/acc_01KANAR9G0ZZZZZZZZZW000001/pay_01KANAR9G0ZZZZZZZZZW000002/evt_01KANAR9G0ZZZZZZZZZW000009.7.json
        payment.declined   receipts/acc_01KANAR9G0ZZZZZZZZZW000001/pay_01KANAR9G0ZZZZZZZZZW000002/evt_01KANAR9G0ZZZZZZZZZW000009.7.json
        payment.corrected  receipts/acc_01KANAR9G0ZZZZZZZZZW000001/pay_01KANAR9G0ZZZZZZZZZW000002/evt_01KANAR9G0ZZZZZZZZZW000009.7.json
        refund.posted      none
        refund.succeeded   receipts/acc_01KANAR9G0ZZZZZZZZZW000001/pay_01KANAR9G0ZZZZZZZZZW000002/evt_01KANARCDRZZZZZZZZZW000009.7.json
        refund.declined    receipts/acc_01KANAR9G0ZZZZZZZZZW000001/pay_01KANAR9G0ZZZZZZZZZW000002/evt_01KANARCDRZZZZZZZZZW000009.7.json
        refund.corrected   receipts/acc_01KANAR9G0ZZZZZZZZZW000001/pay_01KANAR9G0ZZZZZZZZZW000002/evt_01KANARCDRZZZZZZZZZW000009.7.json
    "#]].assert_eq(&EventKind::ALL.map(name).concat());
}

#[test]
fn moments_of_leap_years_and_others() {
    let table = [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_763_869_261_125, "2025-11-23T03:41:01.125Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ];
    for (ms, text) in table {
        let mut event = event(EventKind::PaymentPosted);
        event.draft.movement =
            MovementId::Payment(PaymentId::new(Time::from_ms(ms), randomness(1)));
        assert!(event_json(&event).contains(&format!("\"timestamp\":\"{text}\"")), "{text}");
    }
}
