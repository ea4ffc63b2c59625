//! What holds whatever is asked, in any order, how often and how late.

use std::collections::{BTreeMap, BTreeSet};

use payments::{Status, Time, Verdict};
use processor::{Answer, Asked, CardProcessor, Wanted};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{TERMS, at, charge, refund};

const TOKENS: [&str; 7] = [
    "tok_visa_abcd",
    "tok_decline_abcd",
    "tok_timeout_abcd",
    "tok_pending_2_abcd",
    "tok_refuse_1_abcd",
    "tok_refund_decline_abcd",
    "tok_refund_refuse_1_abcd",
];

const CHARGES: [&str; 2] = ["pay_1", "pay_2"];

/// One thing that is asked.
#[derive(Clone, Debug)]
enum Question {
    Call(Asked),
    Status(&'static str),
    /// The processor is started again, with the books that it kept.
    Restart,
}

fn question() -> impl Strategy<Value = Question> {
    let amount = || select(vec![400_i64, 600, 1_000]);
    let charges = (select(&CHARGES[..]), select(&TOKENS[..]), amount())
        .prop_map(|(key, token, units)| Question::Call(charge(key, token, units)));
    let refunds =
        (select(vec!["ref_1", "ref_2", "ref_3", "ref_4"]), select(&CHARGES[..]), amount())
            .prop_map(|(key, of, units)| Question::Call(refund(key, of, units)));
    let keys = select(vec!["pay_1", "pay_2", "ref_1", "ref_2", "ref_3", "ref_4"]);
    prop_oneof![4 => charges, 4 => refunds, 3 => keys.prop_map(Question::Status), 1 => Just(Question::Restart)]
}

/// What was heard of each key for good.
#[derive(Default)]
struct Heard {
    verdicts: BTreeMap<String, Verdict>,
    closed: BTreeSet<String>,
}

impl Heard {
    /// A verdict stays what it is.
    fn verdict(&mut self, key: &str, verdict: Verdict) {
        let first = *self.verdicts.entry(key.to_owned()).or_insert(verdict);
        assert_eq!(first, verdict, "{key} was decided twice");
        let is_closed = self.closed.contains(key);
        assert!(!is_closed || verdict == Verdict::Declined, "{key} was closed");
    }
}

fn ask(processor: &mut CardProcessor, question: &Question, now: Time, heard: &mut Heard) {
    match question {
        Question::Call(asked) => {
            if let Answer::Decided(verdict) = processor.call(asked, now).answer {
                heard.verdict(&asked.key, verdict);
            }
        }
        Question::Status(key) => {
            let moved = processor.movements().len();
            match processor.status(key, now) {
                Status::Known(verdict) => heard.verdict(key, verdict),
                Status::Closed => drop(heard.closed.insert((*key).to_owned())),
                Status::Pending | Status::Unseen => {}
                Status::NoAnswer => panic!("it always answers"),
            }
            assert_eq!(processor.movements().len(), moved, "asking moves no money");
        }
        Question::Restart => {
            let entries = processor.entries().map(|(key, entry)| (key.to_owned(), entry.clone()));
            let restored = CardProcessor::restore(TERMS, entries.collect::<Vec<_>>());
            assert_eq!(restored.entries().count(), processor.entries().count());
            *processor = restored;
        }
    }
}

/// Each key moved money once at most, and only if it was not declined or closed.
fn one_movement_for_each_key(processor: &CardProcessor, heard: &Heard) {
    let movements = processor.movements();
    let keys: BTreeSet<_> = movements.iter().map(|moved| moved.key.as_str()).collect();
    assert_eq!(keys.len(), movements.len(), "a key moved money twice: {movements:?}");
    for (key, verdict) in &heard.verdicts {
        assert_eq!(keys.contains(key.as_str()), *verdict == Verdict::Succeeded, "{key}");
    }
    assert!(heard.closed.iter().all(|key| !keys.contains(key.as_str())), "closed keys moved money");
}

/// No charge gave back more than it took.
fn refunds_are_covered(processor: &CardProcessor) {
    for key in CHARGES {
        let mut left = 0;
        for moved in processor.movements() {
            let units = moved.money.amount.minor_units();
            match &moved.wanted {
                Wanted::Charge(_) if moved.key == key => left += units,
                Wanted::Refund(of) if of == key => left -= units,
                Wanted::Charge(_) | Wanted::Refund(_) => {}
            }
        }
        assert!(left >= 0, "{key} gave back {} too much", -left);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_048) })]

    #[test]
    fn whatever_is_asked(questions in vec((question(), select(vec![0_u64, 1, 30, 60, 3_600])), 0..40)) {
        let (mut processor, mut heard) = (CardProcessor::new(TERMS), Heard::default());
        let mut seconds = 0;
        for (question, pause) in &questions {
            seconds += pause;
            ask(&mut processor, question, at(seconds), &mut heard);
            one_movement_for_each_key(&processor, &heard);
            refunds_are_covered(&processor);
        }
    }
}
