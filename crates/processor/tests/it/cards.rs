//! What each word of a token does.

use expect_test::expect;
use processor::{CardProcessor, CardToken};

use crate::support::{TERMS, at, charge, moved, said, status};

/// Each token is charged twice, asked about three times and charged once more.
#[test]
fn every_word() {
    let tokens = [
        "tok_visa_4242abcd",
        "tok_decline_abcd",
        "tok_timeout_abcd",
        "tok_late_2500_abcd",
        "tok_late_abcd",
        "tok_twice_abcd",
        "tok_pending_abcd",
        "tok_pending_1_abcd",
        "tok_refuse_abcd",
        "tok_refuse_2_abcd",
        "tok_timeout_decline_abcd",
        "tok_pending_1_decline_late_9_abcd",
        "tok_refuse_1_timeout_abcd",
        "tok_refund_decline_abcd",
        "tok_visa_decline",
        "tok_decline",
        "tok_",
        "decline",
        "",
    ];
    let rows = tokens.map(|token| {
        let mut processor = CardProcessor::new(TERMS);
        let asked = charge("pay_1", token, 1_000);
        let mut words = [0, 1].map(|second| said(processor.call(&asked, at(second)))).to_vec();
        words.extend([2, 3, 4].map(|second| status(&mut processor, "pay_1", second)));
        words.push(said(processor.call(&asked, at(5))));
        format!("{token}\n  {}\n  moved: {:?}\n", words.join(" | "), moved(&processor))
    });
    expect![[r#"
        tok_visa_4242abcd
          decided(succeeded) | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
        tok_decline_abcd
          decided(declined) | decided(declined) | known(declined) | known(declined) | known(declined) | decided(declined)
          moved: []
        tok_timeout_abcd
          decided(succeeded), not told | decided(succeeded), not told | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded), not told
          moved: [1000]
        tok_late_2500_abcd
          decided(succeeded) after 2500 ms | decided(succeeded) after 2500 ms | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded) after 2500 ms
          moved: [1000]
        tok_late_abcd
          decided(succeeded) after 10000 ms | decided(succeeded) after 10000 ms | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded) after 10000 ms
          moved: [1000]
        tok_twice_abcd
          decided(succeeded), told twice | decided(succeeded), told twice | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded), told twice
          moved: [1000]
        tok_pending_abcd
          pending | pending | pending | pending | known(succeeded) | decided(succeeded)
          moved: [1000]
        tok_pending_1_abcd
          pending | pending | pending | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
        tok_refuse_abcd
          nottaken | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
        tok_refuse_2_abcd
          nottaken | nottaken | unseen | unseen | unseen | decided(succeeded)
          moved: [1000]
        tok_timeout_decline_abcd
          decided(declined), not told | decided(declined), not told | known(declined) | known(declined) | known(declined) | decided(declined), not told
          moved: []
        tok_pending_1_decline_late_9_abcd
          pending after 9 ms | pending after 9 ms | pending | known(declined) | known(declined) | decided(declined) after 9 ms
          moved: []
        tok_refuse_1_timeout_abcd
          nottaken | decided(succeeded), not told | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded), not told
          moved: [1000]
        tok_refund_decline_abcd
          decided(succeeded) | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
        tok_visa_decline
          decided(succeeded) | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
        tok_decline
          decided(declined) | decided(declined) | known(declined) | known(declined) | known(declined) | decided(declined)
          moved: []
        tok_
          decided(succeeded) | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
        decline
          decided(succeeded) | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]

          decided(succeeded) | decided(succeeded) | known(succeeded) | known(succeeded) | known(succeeded) | decided(succeeded)
          moved: [1000]
    "#]]
    .assert_eq(&rows.concat());
}

#[test]
fn a_token_is_not_shown() {
    let asked = charge("pay_1", "tok_visa_secret", 1_000);
    assert!(!format!("{asked:?}").contains("secret"));
    let mut processor = CardProcessor::new(TERMS);
    processor.call(&asked, at(0));
    assert!(!format!("{processor:?}").contains("secret"));
    assert_eq!(CardToken::new("tok_visa_secret").as_str(), "tok_visa_secret");
}
