//! Amounts, currencies, and how money is written.

use std::collections::BTreeMap;

use expect_test::expect;
use payments::{Amount, Currency, Money};

use crate::table::check;

fn amount(text: &str) -> Option<Amount> {
    Amount::new(text.parse().unwrap())
}

fn written(amount: Option<Amount>) -> String {
    amount.map_or("nothing".to_owned(), |amount| amount.to_string())
}

#[test]
fn arithmetic_that_does_not_fit_is_nothing() {
    check::<4>(
        "
        0                   | + | 0                   | 0
        1                   | + | 2                   | 3
        9223372036854775807 | + | 0                   | 9223372036854775807
        9223372036854775807 | + | 1                   | nothing
        9223372036854775807 | + | 9223372036854775807 | nothing
        3                   | - | 3                   | 0
        3                   | - | 4                   | nothing
        0                   | - | 9223372036854775807 | nothing
        ",
        |[left, sign, right, _]| {
            let (left, right) = (amount(left).unwrap(), amount(right).unwrap());
            written(match *sign {
                "+" => left.checked_add(right),
                _ => left.checked_sub(right),
            })
        },
    );
}

#[test]
fn amounts_are_not_below_zero() {
    check::<2>(
        "
        -9223372036854775808 | nothing
        -1                   | nothing
        0                    | 0
        ",
        |[text, _]| written(amount(text)),
    );
}

#[test]
fn money_is_written_with_the_digits_of_its_currency() {
    check::<3>(
        "
        EUR | 0        | EUR 0.00
        EUR | 5        | EUR 0.05
        EUR | 123456   | EUR 1234.56
        JPY | 123456   | JPY 123456
        KWD | 123456   | KWD 123.456
        KWD | 6        | KWD 0.006
        ",
        |[currency, units, _]| {
            Money::new(amount(units).unwrap(), Currency::find(currency).unwrap()).to_string()
        },
    );
}

#[test]
fn currencies_are_found_by_their_code_only() {
    check::<2>(
        "
        EUR  | EUR
        eur  | nothing
        EU   | nothing
        EURO | nothing
             | nothing
        XXX  | nothing
        XAU  | nothing
        CLF  | nothing
        BGN  | nothing
        ANG  | nothing
        XCG  | XCG
        ZWG  | ZWG
        SLE  | SLE
        ",
        |[code, _]| Currency::find(code).map_or("nothing".to_owned(), |found| found.to_string()),
    );
}

#[test]
fn currencies_whose_minor_unit_is_not_a_hundredth() {
    let mut codes: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for currency in Currency::all() {
        assert_eq!(Currency::find(currency.code()), Some(currency), "the table is sorted");
        codes.entry(currency.minor_unit_digits()).or_default().push(currency.code());
    }
    let rows = codes.iter().map(|(digits, codes)| match codes.len() {
        count @ 100.. => format!("{digits}: {count} currencies\n"),
        _ => format!("{digits}: {}\n", codes.join(" ")),
    });
    expect![[r#"
        0: BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
        2: 132 currencies
        3: BHD IQD JOD KWD LYD OMR TND
    "#]]
    .assert_eq(&rows.collect::<String>());
}

#[test]
fn the_largest_payment_is_shorter_than_a_card_number() {
    assert_eq!(Amount::PAYMENT_MAX.to_string().len(), 11);
}
