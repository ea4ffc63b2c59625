//! What is wrong with a draft: every fault at once, and never what was refused.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use payments::{Command, Given, Outcome, PaymentDraft, RefundDraft};

use crate::support::{account, draft, payment, refund, told};
use crate::table::rows;

/// A value of a table: `-` is missing, `?` is of another type, `*N` is N times the letter before
/// it.
fn given(cell: &str) -> Given<String> {
    match cell {
        "-" => Given::Missing,
        "?" => Given::Mistyped,
        cell => Given::Value(match cell.split_once('*') {
            Some((text, count)) => {
                let last = &text[text.len() - 1..];
                text.to_owned() + &last.repeat(count.parse::<usize>().unwrap() - text.len())
            }
            None => cell.replace("\\n", "\n").replace("\\0", "\0"),
        }),
    }
}

/// A draft without faults, but for one parameter.
fn with(param: &str, cell: &str) -> PaymentDraft {
    let good = draft(100);
    match param {
        "account" if cell == "good" => good,
        "account" => PaymentDraft { account: given(cell), ..good },
        "amount" => PaymentDraft {
            amount: match given(cell) {
                Given::Value(text) => Given::Value(text.parse().unwrap()),
                Given::Missing => Given::Missing,
                Given::Mistyped => Given::Mistyped,
            },
            ..good
        },
        "currency" => PaymentDraft { currency: given(cell), ..good },
        "token" => PaymentDraft { token: given(cell), ..good },
        "description" => PaymentDraft { description: given(cell), ..good },
        "metadata" if cell == "?" => PaymentDraft { metadata: Given::Mistyped, ..good },
        "metadata" => PaymentDraft { metadata: metadata(&[cell]), ..good },
        _ => panic!("no such parameter: {param}"),
    }
}

/// Entries such as `key=value`.
fn metadata(entries: &[&str]) -> Given<BTreeMap<String, Given<String>>> {
    let entries = entries.iter().map(|entry| {
        let (key, value) = entry.split_once('=').unwrap();
        let Given::Value(key) = given(key) else { panic!("a key is a string") };
        (key, given(value))
    });
    Given::Value(entries.collect())
}

#[test]
fn one_fault() {
    let table = "
        account     | good                            | nothing is wrong
        account     | -                               | account | missing
        account     | ?                               | account | wrong_type
        account     | acc_1                           | account | malformed
        account     | pay_01KANCQXM004HMASW9NF6YZZPW  | account | malformed
        account     | 4242 4242 4242 4242             | account | card_number
        amount      | -                               | amount | missing
        amount      | ?                               | amount | wrong_type
        amount      | -1                              | amount | not_positive
        amount      | 0                               | amount | not_positive
        amount      | 1                               | nothing is wrong
        amount      | 99999999999                     | nothing is wrong
        amount      | 100000000000                    | amount | too_large
        amount      | 9223372036854775807             | amount | too_large
        currency    | -                               | currency | missing
        currency    | eur                             | currency | unknown_currency
        currency    | XXX                             | currency | unknown_currency
        currency    | 4242424242424242                | currency | card_number
        token       | -                               | token | missing
        token       | ?                               | token | wrong_type
        token       | tok_abcdefg                     | token | malformed
        token       | tok_abcdefgh                    | nothing is wrong
        token       | tok_a*68                        | nothing is wrong
        token       | tok_a*69                        | token | malformed
        token       | card_abcdefgh                   | token | malformed
        token       | tok_abc-defgh                   | token | malformed
        token       | 4242424242424242                | token | card_number
        token       | tok_4242424242424242            | token | card_number
        description | -                               | nothing is wrong
        description | ?                               | description | wrong_type
        description | d*500                           | nothing is wrong
        description | d*501                           | description | too_long
        description | two\\nlines                     | description | control_character
        description | zero\\0                         | description | control_character
        description | paid with 4242-4242-4242-4242   | description | card_number
        metadata    | ?                               | metadata | wrong_type
        metadata    | order=A 7                       | nothing is wrong
        metadata    | order=                          | nothing is wrong
        metadata    | order=-                         | metadata[order] | wrong_type
        metadata    | order=?                         | metadata[order] | wrong_type
        metadata    | =value                          | metadata | empty
        metadata    | k*40=v                          | nothing is wrong
        metadata    | k*41=v                          | metadata | too_long
        metadata    | key\\n=v                        | metadata | control_character
        metadata    | 4242424242424242=v              | metadata | card_number
        metadata    | order=v*500                     | nothing is wrong
        metadata    | order=v*501                     | metadata[order] | too_long
        metadata    | order=a\\nb                     | metadata[order] | control_character
        metadata    | order=4242 4242 4242 4242       | metadata[order] | card_number
    ";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut cells = line.splitn(3, '|').map(str::trim);
        let [param, cell, expected] = [(); 3].map(|()| cells.next().unwrap());
        let found = told(with(param, cell));
        let start = found.rsplit_once(" | ").map_or(found.as_str(), |(start, _)| start);
        assert_eq!(start, expected, "{line}\n{found}");
    }
}

#[track_caller]
fn check(draft: PaymentDraft, expected: Expect) {
    expected.assert_eq(&told(draft));
}

#[test]
fn nothing_is_given() {
    check(
        PaymentDraft::default(),
        expect![[r#"
            account | missing | is required
            amount | missing | is required
            currency | missing | is required
            token | missing | is required"#]],
    );
}

#[test]
fn everything_is_wrong_at_once() {
    let bad = PaymentDraft {
        account: given("account 7"),
        amount: Given::Value(-5),
        currency: given("dollars"),
        token: given("4242 4242 4242 4242"),
        description: given("d*501"),
        metadata: metadata(&[
            "=?",
            "card=378282246310005",
            "k*41=v*501",
            "4242424242424242=6011111111111117",
        ]),
    };
    check(
        bad,
        expect![[r#"
            account | malformed | must be `acc_` and 26 characters, as the account was given to you
            amount | not_positive | must be above zero, in minor units: `1234` is USD 12.34
            currency | unknown_currency | must be a code of ISO 4217 in upper case, such as `USD`
            token | card_number | holds what may be a card number; send the card's token, and break other long numbers up with letters
            description | too_long | must have at most 500 characters
            metadata | empty | the key in place 1 by alphabet is empty
            metadata | wrong_type | the value in place 1 by alphabet must be a string
            metadata | card_number | the key in place 2 by alphabet holds what may be a card number; send the card's token, and break other long numbers up with letters
            metadata | card_number | the value in place 2 by alphabet holds what may be a card number; send the card's token, and break other long numbers up with letters
            metadata[card] | card_number | holds what may be a card number; send the card's token, and break other long numbers up with letters
            metadata | too_long | the key in place 4 by alphabet must have at most 40 characters
            metadata | too_long | the value in place 4 by alphabet must have at most 500 characters"#]],
    );
}

#[test]
fn metadata_has_at_most_50_keys() {
    let entries: Vec<String> = (0..51).map(|number| format!("key{number}=v")).collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let with = |entries| PaymentDraft { metadata: metadata(entries), ..draft(1) };
    check(with(&entries), expect!["metadata | too_many | must have at most 50 keys"]);
    check(with(&entries[1..]), expect!["nothing is wrong"]);
}

#[test]
fn characters_are_counted_not_bytes() {
    let good = PaymentDraft { description: Given::Value("ß".repeat(500)), ..draft(1) };
    check(good, expect!["nothing is wrong"]);
}

#[test]
fn refund_drafts() {
    for [payment_cell, amount, expected] in rows::<3>(
        "
        good                | -            | nothing is wrong
        good                | 5            | nothing is wrong
        good                | 0            | amount not_positive
        good                | 100000000000 | amount too_large
        -                   | 0            | payment missing, amount not_positive
        pay_1               | -            | payment malformed
        4242 4242 4242 4242 | -            | payment card_number
        ?                   | ?            | payment wrong_type, amount wrong_type
        ",
    ) {
        let payment = match payment_cell {
            "good" => Given::Value(payment(1).to_string()),
            cell => given(cell),
        };
        let amount = match given(amount) {
            Given::Value(text) => Given::Value(text.parse().unwrap()),
            Given::Missing => Given::Missing,
            Given::Mistyped => Given::Mistyped,
        };
        let found = match Command::refund(Some("key"), RefundDraft { payment, amount }, refund(1)) {
            Ok(_) => "nothing is wrong".to_owned(),
            Err(Outcome::Invalid(faults)) => {
                let faults =
                    faults.iter().map(|fault| format!("{} {}", fault.param, fault.code.code()));
                faults.collect::<Vec<_>>().join(", ")
            }
            Err(other) => other.code().to_owned(),
        };
        assert_eq!(found, expected, "{payment_cell}");
    }
}

#[test]
fn an_order_is_what_was_drafted() {
    let full = PaymentDraft {
        description: given("two pairs of shoes"),
        metadata: metadata(&["order=A 7", "shop=Graz"]),
        ..draft(1234)
    };
    let order = full.check().unwrap();
    assert_eq!(order.account(), account(1));
    assert_eq!(order.money().to_string(), "EUR 12.34");
    assert_eq!(order.token().as_str(), "tok_visa_abcdef");
    assert_eq!(order.description(), Some("two pairs of shoes"));
    let metadata: Vec<_> = order.metadata().iter().collect();
    assert_eq!(format!("{metadata:?}"), r#"[("order", "A 7"), ("shop", "Graz")]"#);
}

#[test]
fn the_key_comes_before_the_draft() {
    let outcome = Command::payment(None, PaymentDraft::default(), payment(1)).unwrap_err();
    assert_eq!(outcome.code(), "idempotency_key_missing");
}
