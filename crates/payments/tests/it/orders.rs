//! Orders that stores give back: what was taken is read for good, and what was never taken is not.

use std::collections::BTreeMap;

use payments::{Amount, Currency, Given, Money, PaymentDraft, PaymentOrder};

use crate::support::{account, draft};

/// An order as a store keeps it.
#[derive(Clone)]
struct Stored {
    minor_units: i64,
    token: String,
    description: Option<String>,
    metadata: BTreeMap<String, String>,
}

impl Stored {
    fn new() -> Self {
        let (token, metadata) = ("tok_visa_abcdef".to_owned(), BTreeMap::new());
        Self { minor_units: 1_000, token, description: None, metadata }
    }

    fn read(self) -> Option<PaymentOrder> {
        let amount = Amount::new(self.minor_units).unwrap();
        let money = Money::new(amount, Currency::find("EUR").unwrap());
        let Self { token, description, metadata, .. } = self;
        PaymentOrder::from_stored(account(1), money, token, description, metadata)
    }

    /// Whether a client may order this today.
    fn passes(self) -> bool {
        let metadata = self.metadata.into_iter().map(|(key, value)| (key, Given::Value(value)));
        let draft = PaymentDraft {
            token: Given::Value(self.token),
            description: self.description.map_or(Given::Missing, Given::Value),
            metadata: Given::Value(metadata.collect()),
            ..draft(self.minor_units)
        };
        draft.check().is_ok()
    }
}

#[test]
fn what_was_taken_is_read_as_it_was() {
    let order = draft(1_234).check().unwrap();
    let (token, description) = (order.token().as_str(), order.description().map(str::to_owned));
    let (money, metadata) = (order.money(), order.metadata().clone());
    let read =
        PaymentOrder::from_stored(order.account(), money, token.to_owned(), description, metadata);
    assert_eq!(read, Some(order));
}

#[test]
fn what_rules_of_another_day_let_pass_is_read() {
    let stored = Stored::new();
    assert!(stored.clone().passes());
    let text = |text: &str| Some(text.to_owned());
    let pairs = (0..51).map(|number| (format!("key-{number}"), "value".to_owned()));
    let rows = [
        ("an amount above the limit", Stored { minor_units: i64::MAX, ..stored.clone() }),
        ("a short token", Stored { token: "tok_1".to_owned(), ..stored.clone() }),
        (
            "another sign in a token",
            Stored { token: "tok_abcdefgh-1".to_owned(), ..stored.clone() },
        ),
        ("a long text", Stored { description: Some("a".repeat(501)), ..stored.clone() }),
        ("a sign for machines", Stored { description: text("a\u{7}"), ..stored.clone() }),
        ("a card number", Stored { description: text("4111111111111111"), ..stored.clone() }),
        ("many keys", Stored { metadata: pairs.collect(), ..stored }),
    ];
    for (case, stored) in rows {
        assert!(!stored.clone().passes(), "{case} passes today");
        assert!(stored.read().is_some(), "{case} is not read");
    }
}

#[test]
fn what_was_never_an_order_is_not_read() {
    let token = |token: &str| Stored { token: token.to_owned(), ..Stored::new() };
    let rows = [
        ("nothing to be paid", Stored { minor_units: 0, ..Stored::new() }),
        ("no token", token("")),
        ("a prefix alone", token("tok_")),
        ("a card number for a token", token("4111111111111111")),
    ];
    for (case, stored) in rows {
        assert!(stored.read().is_none(), "{case}");
    }
}
