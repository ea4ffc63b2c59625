//! How much goes back, and what the words after `refund` do.

use expect_test::expect;
use payments::{Amount, Currency, Money};
use processor::{Asked, CardProcessor};

use crate::support::{TERMS, at, charge, moved, refund, said, status};

/// A processor that took 1000 with this card.
fn with_charge(token: &str) -> CardProcessor {
    let mut processor = CardProcessor::new(TERMS);
    processor.call(&charge("pay_1", token, 1_000), at(0));
    processor
}

#[test]
fn no_more_goes_back_than_was_taken() {
    let mut processor = with_charge("tok_visa_abcd");
    let dollars = Money::new(Amount::new(1).unwrap(), Currency::find("USD").unwrap());
    let asked = [
        refund("ref_1", "pay_1", 1_001),
        refund("ref_2", "pay_1", 400),
        refund("ref_2", "pay_1", 400),
        refund("ref_3", "pay_1", 601),
        refund("ref_4", "pay_1", i64::MAX),
        Asked { money: dollars, ..refund("ref_5", "pay_1", 1) },
        refund("ref_6", "pay_1", 600),
        refund("ref_7", "pay_1", 1),
        refund("ref_8", "ref_2", 1),
        refund("ref_9", "pay_9", 1),
    ];
    let rows = asked.map(|asked| {
        let told = said(processor.call(&asked, at(1)));
        format!("{} {:<23} {told}\n", asked.key, asked.money)
    });
    expect![[r#"
        ref_1 EUR 10.01 decided(declined)
        ref_2 EUR 4.00 decided(succeeded)
        ref_2 EUR 4.00 decided(succeeded)
        ref_3 EUR 6.01 decided(declined)
        ref_4 EUR 92233720368547758.07 decided(declined)
        ref_5 USD 0.01 decided(declined)
        ref_6 EUR 6.00 decided(succeeded)
        ref_7 EUR 0.01 decided(declined)
        ref_8 EUR 0.01 decided(declined)
        ref_9 EUR 0.01 decided(declined)
    "#]]
    .assert_eq(&rows.concat());
    assert_eq!(moved(&processor), [1_000, -400, -600]);
}

/// What was declined once stays so, though there would be money now.
#[test]
fn a_refund_that_came_before_its_charge_stays_declined() {
    let mut processor = CardProcessor::new(TERMS);
    let early = refund("ref_1", "pay_1", 400);
    assert_eq!(said(processor.call(&early, at(0))), "decided(declined)");
    processor.call(&charge("pay_1", "tok_visa_abcd", 1_000), at(1));
    assert_eq!(said(processor.call(&early, at(2))), "decided(declined)");
    assert_eq!(moved(&processor), [1_000]);
}

#[test]
fn nothing_goes_back_of_what_was_declined() {
    let mut processor = with_charge("tok_decline_abcd");
    assert_eq!(said(processor.call(&refund("ref_1", "pay_1", 1), at(1))), "decided(declined)");
    assert_eq!(moved(&processor), []);
}

#[test]
fn cards_can_behave_otherwise_when_money_goes_back() {
    let tokens = [
        "tok_timeout_abcd",
        "tok_refund_decline_abcd",
        "tok_refund_timeout_abcd",
        "tok_refund_late_7_abcd",
        "tok_refund_twice_abcd",
        "tok_refund_pending_1_abcd",
        "tok_refund_refuse_1_abcd",
        "tok_timeout_refund_decline_abcd",
    ];
    let rows = tokens.map(|token| {
        let mut processor = with_charge(token);
        let asked = refund("ref_1", "pay_1", 400);
        let mut words = vec![said(processor.call(&asked, at(1)))];
        words.push(status(&mut processor, "ref_1", 2));
        words.push(said(processor.call(&asked, at(3))));
        format!("{token}\n  {}\n  moved: {:?}\n", words.join(" | "), moved(&processor))
    });
    expect![[r#"
        tok_timeout_abcd
          decided(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000, -400]
        tok_refund_decline_abcd
          decided(declined) | known(declined) | decided(declined)
          moved: [1000]
        tok_refund_timeout_abcd
          decided(succeeded), not told | known(succeeded) | decided(succeeded), not told
          moved: [1000, -400]
        tok_refund_late_7_abcd
          decided(succeeded) after 7 ms | known(succeeded) | decided(succeeded) after 7 ms
          moved: [1000, -400]
        tok_refund_twice_abcd
          decided(succeeded), told twice | known(succeeded) | decided(succeeded), told twice
          moved: [1000, -400]
        tok_refund_pending_1_abcd
          pending | pending | decided(succeeded)
          moved: [1000, -400]
        tok_refund_refuse_1_abcd
          nottaken | unseen | decided(succeeded)
          moved: [1000, -400]
        tok_timeout_refund_decline_abcd
          decided(declined) | known(declined) | decided(declined)
          moved: [1000]
    "#]]
    .assert_eq(&rows.concat());
}
