//! What a key stands for, however often, late and differently it comes.

use expect_test::expect;
use payments::{Amount, Currency, Money, Status, Verdict};
use processor::{Answer, Asked, Behaviour, CardProcessor, Entry, Old, Terms, Travel};

use crate::support::{TERMS, at, charge, euros, moved, refund, said, status};

const SUCCEEDED: Behaviour =
    Behaviour { answer: Answer::Decided(Verdict::Succeeded), travel: Travel::AtOnce };

#[test]
fn a_key_with_another_call_is_refused() {
    let mut processor = CardProcessor::new(TERMS);
    let first = charge("pay_1", "tok_visa_abcd", 1_000);
    processor.call(&first, at(0));
    let dollars = Money::new(Amount::new(1_000).unwrap(), Currency::find("USD").unwrap());
    let others = [
        charge("pay_1", "tok_visa_abcd", 1_001),
        charge("pay_1", "tok_visa_abce", 1_000),
        refund("pay_1", "pay_1", 1_000),
        Asked { money: dollars, ..first.clone() },
    ];
    for other in others {
        assert_eq!(processor.call(&other, at(1)).answer, Answer::Mismatch);
    }
    assert_eq!(processor.call(&first, at(2)), SUCCEEDED);
    assert_eq!(moved(&processor), [1_000]);
}

#[test]
fn an_old_key_is_refused_and_its_status_stays_known() {
    for (token, verdict) in [("tok_visa_abcd", "succeeded"), ("tok_decline_abcd", "declined")] {
        let mut processor = CardProcessor::new(TERMS);
        let asked = charge("pay_1", token, 1_000);
        let answers = [0, 3_599, 3_600, 1_000_000].map(|second| {
            let told = said(processor.call(&asked, at(second)));
            format!("{told}, {}", status(&mut processor, "pay_1", second))
        });
        let decided = format!("decided({verdict}), known({verdict})");
        let too_old = format!("tooold, known({verdict})");
        assert_eq!(answers, [&decided, &decided, &too_old, &too_old].map(String::as_str));
        assert!(processor.movements().len() <= 1);
    }
}

/// Whoever calls again without asking charges twice; the status of the first call could be had all along.
#[test]
fn an_old_key_is_forgotten_where_the_terms_say_so() {
    let mut processor = CardProcessor::new(Terms { old: Old::Forgotten, ..TERMS });
    let asked = charge("pay_1", "tok_refuse_1_abcd", 1_000);
    let answers = [0, 1, 3_600, 3_601, 7_200, 7_201].map(|second| {
        let told = said(processor.call(&asked, at(second)));
        format!("{told}, {}, {:?}", status(&mut processor, "pay_1", second), moved(&processor))
    });
    expect![[r#"
        nottaken, unseen, []
        decided(succeeded), known(succeeded), [1000]
        decided(succeeded), known(succeeded), [1000]
        decided(succeeded), known(succeeded), [1000, 1000]
        decided(succeeded), known(succeeded), [1000, 1000]
        decided(succeeded), known(succeeded), [1000, 1000, 1000]"#]]
    .assert_eq(&answers.join("\n"));
}

#[test]
fn a_forgotten_refund_is_made_again_as_far_as_there_is_something_to_give_back() {
    let mut processor = CardProcessor::new(Terms { old: Old::Forgotten, ..TERMS });
    processor.call(&charge("pay_1", "tok_visa_abcd", 1_000), at(0));
    for hour in 0..3 {
        processor.call(&refund("ref_2", "pay_1", 400), at(hour * 3_600));
    }
    assert_eq!(moved(&processor), [1_000, -400, -400]);
}

/// A clock that goes backwards makes nothing younger than it is.
#[test]
fn a_clock_that_goes_backwards_changes_no_answer() {
    let mut processor = CardProcessor::new(TERMS);
    let asked = charge("pay_1", "tok_visa_abcd", 1_000);
    assert_eq!(processor.call(&asked, at(100)), SUCCEEDED);
    assert_eq!(processor.call(&asked, at(0)), SUCCEEDED);
    assert_eq!(status(&mut processor, "pay_2", 100), "unseen");
    assert_eq!(status(&mut processor, "pay_2", 0), "unseen");
    assert_eq!(moved(&processor), [1_000]);
}

#[test]
fn a_key_that_is_asked_about_and_never_seen_is_closed() {
    let mut processor = CardProcessor::new(TERMS);
    let asks = [0, 59, 60, 61].map(|second| status(&mut processor, "pay_1", second));
    assert_eq!(asks, ["unseen", "unseen", "closed", "closed"]);
    let late = processor.call(&charge("pay_1", "tok_visa_abcd", 1_000), at(62));
    assert_eq!(said(late), "decided(declined)");
    assert_eq!(status(&mut processor, "pay_1", 63), "closed");
    assert_eq!(moved(&processor), []);
}

/// Who asks and hears that a key was not seen is about to call under it, however long that takes.
#[test]
fn a_key_that_is_asked_about_stays_open_where_the_terms_say_nothing_else() {
    let mut processor = CardProcessor::new(Terms::default());
    let asks = [0, 60, 1_000_000].map(|second| status(&mut processor, "pay_1", second));
    assert_eq!(asks, ["unseen"; 3]);
    let late = processor.call(&charge("pay_1", "tok_visa_abcd", 1_000), at(1_000_001));
    assert_eq!(late, SUCCEEDED);
    assert_eq!(moved(&processor), [1_000]);
}

#[test]
fn a_call_that_comes_before_its_key_is_closed_is_taken() {
    let mut processor = CardProcessor::new(TERMS);
    assert_eq!(processor.status("pay_1", at(0)), Status::Unseen);
    assert_eq!(processor.call(&charge("pay_1", "tok_visa_abcd", 1_000), at(59)), SUCCEEDED);
    assert_eq!(status(&mut processor, "pay_1", 100), "known(succeeded)");
}

/// What was not taken counts for nothing: the key can still be used, or be closed.
#[test]
fn a_call_that_is_not_taken_leaves_the_key_as_it_was() {
    let mut processor = CardProcessor::new(TERMS);
    let asked = charge("pay_1", "tok_refuse_2_abcd", 1_000);
    let other = charge("pay_1", "tok_visa_abcd", 900);
    assert_eq!(said(processor.call(&asked, at(0))), "nottaken");
    assert_eq!(status(&mut processor, "pay_1", 0), "unseen");
    assert_eq!(said(processor.call(&asked, at(1))), "nottaken");
    assert_eq!(processor.call(&other, at(2)), SUCCEEDED);
    assert_eq!(moved(&processor), [900]);
    assert_eq!(said(processor.call(&asked, at(3))), "mismatch");
}

#[test]
fn what_callers_make_of_each_answer() {
    let answers = [
        Answer::Decided(Verdict::Succeeded),
        Answer::Decided(Verdict::Declined),
        Answer::Pending,
        Answer::NotTaken,
        Answer::Mismatch,
        Answer::TooOld,
    ];
    let rows = answers.map(|answer| format!("{answer:?} → {:?}\n", answer.sent()));
    expect![[r#"
        Decided(Succeeded) → Answered(Succeeded)
        Decided(Declined) → Answered(Declined)
        Pending → NoAnswer
        NotTaken → NotSent
        Mismatch → NoAnswer
        TooOld → NoAnswer
    "#]]
    .assert_eq(&rows.concat());
}

#[test]
fn books_are_kept_entry_by_entry() {
    let mut processor = CardProcessor::new(TERMS);
    assert_eq!(processor.entry("pay_1"), None);
    processor.status("pay_0", at(0));
    processor.status("pay_0", at(60));
    processor.call(&charge("pay_1", "tok_refuse_1_abcd", 1_000), at(0));
    assert_eq!(processor.entry("pay_1"), Some(&Entry::Unseen { asked_since: None, not_taken: 1 }));
    processor.call(&charge("pay_1", "tok_refuse_1_abcd", 1_000), at(1));
    processor.call(&charge("pay_2", "tok_decline_abcd", 1_000), at(1));
    processor.call(&refund("ref_3", "pay_1", 400), at(2));
    processor.status("pay_4", at(3));
    let entries: Vec<_> =
        processor.entries().map(|(key, entry)| (key.to_owned(), entry.clone())).collect();
    let keys: Vec<_> = entries.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["pay_0", "pay_1", "pay_2", "pay_4", "ref_3"]);
    let mut restored = CardProcessor::restore(TERMS, entries);
    assert_eq!(restored, processor);
    assert_eq!(said(restored.call(&refund("ref_5", "pay_1", 601), at(4))), "decided(declined)");
    assert_eq!(restored.call(&refund("ref_6", "pay_1", 600), at(4)), SUCCEEDED);
    assert_eq!(moved(&restored), [1_000, -400, -600]);
    assert_eq!(restored.movements()[0].money, euros(1_000));
}
