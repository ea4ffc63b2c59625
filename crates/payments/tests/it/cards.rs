//! Where a card number is seen, and where not. All numbers are those that schemes publish for
//! tests.

use payments::holds_card_number;
use proptest::prelude::*;

use crate::support::cases;
use crate::table::check;

#[test]
fn card_numbers_are_seen_in_any_text() {
    check::<2>(
        "
        4242424242424242                       | card
        378282246310005                        | card
        6304000000000000                       | card
        6011111111111117                       | card
        4000000000000000006                    | card
        424242424242                           | card
        424242424241                           | -
        501800000009                           | card
        4242424242424241                       | -
        42424242424                            | -
        4242 4242 4242 4242                    | card
        4242-4242-4242-4242                    | card
        4242.4242.4242.4242                    | card
        4242 - 4242 - 4242 - 4242              | card
        4242\u{a0}4242\u{2013}4242_4242        | card
        4242    4242    4242    4242           | -
        4242x4242x4242x4242                    | -
        order 7 4242 4242 4242 4242 exp 12/30  | card
        7, 4242424242424242, 12                | card
        4242424242424242=3012101               | card
        card4242424242424242card               | card
        tok_4242424242424242                   | card
        42424242424242424242                   | -
        \u{ff14}\u{ff12}42424242424242         | card
        0000000000000000                       | card
        \u{664}\u{662}4242424242\u{664}\u{662}42 | card
        2025-11-22T08:26:40.123Z               | -
        +49 30 1234567                         | -
        EUR 999999999.99                       | -
                                               | -
        ",
        |[text, _]| {
            let text = unescaped(text);
            if holds_card_number(&text) { "card" } else { "-" }.to_owned()
        },
    );
}

/// `\u{..}` as the character that it names, so that a table shows what cannot be seen.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split("\\u{");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (code, rest) = piece.split_once('}').unwrap();
        let character = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
        format!("{text}{character}{rest}")
    })
}

/// The digits with the check digit that makes them pass.
pub(crate) fn with_check_digit(digits: &[u8]) -> String {
    let weighed = digits.iter().rev().enumerate().map(|(index, digit)| match index % 2 {
        0 => digit * 2 / 10 + digit * 2 % 10,
        _ => *digit,
    });
    let sum: u32 = weighed.map(u32::from).sum();
    let all = digits.iter().map(|digit| char::from(b'0' + digit));
    all.chain([char::from_digit((10 - sum % 10) % 10, 10).unwrap()]).collect()
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn every_card_number_is_seen(
        digits in prop::collection::vec(0..10_u8, 11..19),
        separators in prop::collection::vec("[ ./_-]{0,2}", 18),
        before in "([A-Za-z ]{0,5}[A-Za-z] ?)?",
        after in "( ?[A-Za-z][A-Za-z ]{0,5})?",
    ) {
        let number = with_check_digit(&digits);
        let split: String = number.chars().zip(separators.iter().map(String::as_str).chain([""]))
            .map(|(digit, separator)| format!("{digit}{separator}"))
            .collect();
        prop_assert!(holds_card_number(&number));
        // A separator after each digit is as good as none, the last one aside.
        let text = format!("{before}{}{after}", split.trim_end_matches([' ', '.', '/', '_', '-']));
        prop_assert!(holds_card_number(&text), "{}", text);
    }

    #[test]
    fn a_wrong_check_digit_is_no_card_number(
        digits in prop::collection::vec(0..10_u8, 11..19),
        add in 1..10_u8,
    ) {
        let mut number = with_check_digit(&digits).into_bytes();
        let last = number.len() - 1;
        number[last] = b'0' + (number[last] - b'0' + add) % 10;
        prop_assert!(!holds_card_number(&String::from_utf8(number).unwrap()));
    }
}
