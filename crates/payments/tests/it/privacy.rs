//! No card number leaves: not in faults, outcomes or events, in no form that anybody prints.

use std::collections::BTreeMap;

use payments::{
    Command, Given, Outcome, PaymentDraft, RefundDraft, Request, Token, holds_card_number,
};
use proptest::prelude::*;

use crate::cards::with_check_digit;
use crate::support::{cases, draft, payment, refund};
use crate::task::Job;
use crate::world::World;

/// Where a card number may be by mistake.
const PLACES: [&str; 7] =
    ["account", "currency", "token", "description", "metadata key", "metadata value", "key"];

fn with(place: &str, card: &str) -> PaymentDraft {
    let card = || Given::Value(card.to_owned());
    let metadata =
        |key: &str, value: Given<String>| Given::Value(BTreeMap::from([(key.to_owned(), value)]));
    let good = draft(100);
    match place {
        "account" => PaymentDraft { account: card(), ..good },
        "currency" => PaymentDraft { currency: card(), ..good },
        "token" => PaymentDraft { token: card(), ..good },
        "description" => PaymentDraft { description: card(), ..good },
        "metadata key" => {
            let Given::Value(card) = card() else { unreachable!() };
            PaymentDraft { metadata: metadata(&card, Given::Mistyped), ..good }
        }
        "metadata value" => PaymentDraft { metadata: metadata("card", card()), ..good },
        _ => good,
    }
}

/// That neither this number nor any other is in the text.
fn is_clean(text: &str, card: &str) -> Result<(), TestCaseError> {
    prop_assert!(!holds_card_number(text), "{}", text);
    prop_assert!(!text.contains(card), "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn faults_say_where_and_not_what(
        digits in prop::collection::vec(0..10_u8, 11..19),
        place in prop::sample::select(&PLACES[..6]),
        before in "[a-z]{0,3}",
    ) {
        let card = with_check_digit(&digits);
        let bad = with(place, &format!("{before}{card}"));
        let result = Command::payment(Some("key"), bad, payment(1));
        let outcome = result.unwrap_err();
        prop_assert_eq!(outcome.code(), "request_invalid");
        let Outcome::Invalid(faults) = &outcome else { panic!("{outcome}") };
        prop_assert!(faults.iter().any(|fault| fault.code.code() == "card_number"));
        is_clean(&format!("{outcome}\n{outcome:?}\n{faults}\n{faults:?}"), &card)?;
    }

    /// A key may be a card number by mistake: it is a digest from then on.
    #[test]
    fn keys_are_not_shown(digits in prop::collection::vec(0..10_u8, 11..19)) {
        let card = with_check_digit(&digits);
        let command = Command::payment(Some(&card), draft(1000), payment(1)).unwrap();
        let world = World::new();
        let outcome = world.ask(command.clone());
        let intents = world.with(|inner| format!("{:?}", inner.intents));
        is_clean(&format!("{command:?}\n{outcome:?}\n{intents}"), &card)?;
    }

    /// What was accepted may have many digits, in fields of its own; together they are no card
    /// number either.
    #[test]
    fn outcomes_and_events_are_clean(
        amount in 1..=99_999_999_999_i64,
        description in "[0-9 ]{0,11}",
        key in "[0-9]{1,11}",
        value in "[0-9]{0,11}",
        other in "[0-9]{0,11}",
    ) {
        let metadata = BTreeMap::from([
            (key, Given::Value(value)),
            ("other".to_owned(), Given::Value(other)),
        ]);
        let full = PaymentDraft {
            description: Given::Value(description),
            metadata: Given::Value(metadata),
            ..draft(amount)
        };
        let world = World::new();
        let outcome = world.ask(Command::payment(Some("key"), full, payment(1)).unwrap());
        world.run(Job::Work(payments::MovementId::Payment(payment(1))), Vec::new());
        let (events, records) = world.with(|inner| {
            (format!("{:?}", inner.ledger().events), format!("{:?}", inner.ledger().history))
        });
        prop_assert_eq!(outcome.code(), "acknowledged");
        for text in [format!("{outcome}"), format!("{outcome:?}"), events, records] {
            prop_assert!(!holds_card_number(&text), "{}", text);
        }
    }
}

#[test]
fn refund_faults_are_clean() {
    let draft = RefundDraft {
        payment: Given::Value("4242 4242 4242 4242".to_owned()),
        ..RefundDraft::default()
    };
    let outcome = Command::refund(Some("key"), draft, refund(1)).unwrap_err();
    let text = format!("{outcome} {outcome:?}");
    assert!(!text.contains("4242"), "{text}");
}

#[test]
fn tokens_are_not_shown() {
    let order = draft(1000).check().unwrap();
    let text = format!("{order:?} {:?}", Request::Payment(order.clone()));
    assert!(!text.contains(order.token().as_str()), "{text}");
    assert!(text.contains(Token::PREFIX));
}
