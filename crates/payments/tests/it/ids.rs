//! Ids: their form, and that they sort by time.

use expect_test::expect;
use payments::{AccountId, EventId, MovementId, PaymentId, RefundId, Time};
use proptest::prelude::*;

use crate::support::{START_MS, cases, payment, randomness, refund};
use crate::table::check;

#[test]
fn an_id_is_a_prefix_a_time_and_randomness() {
    let at = Time::from_ms(START_MS);
    let bits = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc];
    let ids = [
        PaymentId::new(at, bits).to_string(),
        RefundId::new(at, [0; 10]).to_string(),
        EventId::new(Time::from_ms(0), [0; 10]).to_string(),
        AccountId::new(Time::MAX, [255; 10]).to_string(),
    ];
    expect![[r#"
        pay_01KANAR9G004HMASW9NF6YZZPW
        ref_01KANAR9G00000000000000000
        evt_00000000000000000000000000
        acc_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"#]]
    .assert_eq(&ids.join("\n"));
}

#[test]
fn an_id_has_one_spelling() {
    check::<2>(
        "
        pay_01KANCQXM004HMASW9NF6YZZPW   | read
        PAY_01KANCQXM004HMASW9NF6YZZPW   | nothing
        pay_01kancqxm004hmasw9nf6yzzpw   | nothing
        ref_01KANCQXM004HMASW9NF6YZZPW   | nothing
        pay_01KANCQXM004HMASW9NF6YZZP    | nothing
        pay_01KANCQXM004HMASW9NF6YZZPWW  | nothing
        pay_01KANCQXMOO4HMASW9NF6YZZPW   | nothing
        pay_81KANCQXM004HMASW9NF6YZZPW   | nothing
        pay_01KANCQXM004HMASW9NF6YZZP\u{e9} | nothing
        pay_                             | nothing
                                         | nothing
        ",
        |[text, _]| match PaymentId::parse(text) {
            Some(id) if id.to_string() == *text => "read".to_owned(),
            Some(id) => id.to_string(),
            None => "nothing".to_owned(),
        },
    );
    assert_eq!(PaymentId::parse("pay_é1KANCQXM004HMASW9NF6YZZP"), None);
}

#[test]
fn payments_sort_before_refunds() {
    let late = MovementId::Payment(PaymentId::new(Time::MAX, [255; 10]));
    let early = MovementId::Refund(payment(0), RefundId::new(Time::from_ms(0), [0; 10]));
    assert!(late < early);
    assert_eq!(MovementId::Refund(payment(1), refund(2)).payment(), payment(1));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn ids_sort_by_time(
        early_ms in 0..1_u64 << 47,
        later_ms in 1..1_000_000_000_u64,
        early_bits in any::<[u8; 10]>(),
        late_bits in any::<[u8; 10]>(),
    ) {
        let early = PaymentId::new(Time::from_ms(early_ms), early_bits);
        let late = PaymentId::new(Time::from_ms(early_ms).plus_ms(later_ms), late_bits);
        prop_assert!(early < late);
        prop_assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn what_is_written_is_read(ms in 0..1_u64 << 48, bits in any::<[u8; 10]>()) {
        let id = PaymentId::new(Time::from_ms(ms), bits);
        prop_assert_eq!(PaymentId::parse(&id.to_string()), Some(id));
        prop_assert_eq!(id.time().as_ms(), ms);
    }

    #[test]
    fn any_text_is_read_or_not(text in "(pay_)?\\PC{0,30}") {
        if let Some(id) = PaymentId::parse(&text) {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn different_randomness_gives_different_ids(one in any::<u32>(), other in any::<u32>()) {
        let at = Time::from_ms(START_MS);
        let ids = [one, other].map(|number| PaymentId::new(at, randomness(number)));
        prop_assert_eq!(ids[0] == ids[1], one == other);
    }
}
