//! What card data looks like: names of fields, and numbers.

use crate::value::Value;
use crate::words::words_and_numbers;

/// Names of fields that hold card data, in lower case and without separators.
const FIELDS: [&str; 16] = [
    "cardcvc",
    "cardcvv",
    "cardnumber",
    "cardpan",
    "cardverificationvalue",
    "creditcardnumber",
    "cvc",
    "cvc2",
    "cvv",
    "cvv2",
    "debitcardnumber",
    "fullpan",
    "magstripe",
    "pannumber",
    "primaryaccountnumber",
    "track2",
];

/// Numbers that card networks and processors publish for tests.
const FOR_TESTS: [&str; 15] = [
    "2223003122003222",
    "3056930009020004",
    "3530111333300000",
    "3566002020360505",
    "371449635398431",
    "378282246310005",
    "4012888888881881",
    "4111111111111111",
    "4242424242424242",
    "5105105105105100",
    "5200828282828210",
    "5555555555554444",
    "6011000990139424",
    "6011111111111117",
    "6200000000000005",
];

/// Whether a field of this name holds card data.
pub(super) fn is_field(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    FIELDS.contains(&plain.to_lowercase().as_str())
}

/// The first field in a schema that holds card data: a key of it, or of JSON that stands in it as a text.
pub(super) fn field(schema: &Value) -> Option<String> {
    match schema {
        Value::Map(entries) | Value::Open(entries, _) => entries
            .iter()
            .find_map(|(key, value)| is_field(key).then(|| key.clone()).or_else(|| field(value))),
        Value::List(items) | Value::Either(items) => items.iter().find_map(field),
        Value::Text(text) => {
            let mut quoted = text.split('"').skip(1).step_by(2);
            quoted.find(|word| is_field(word)).map(str::to_owned)
        }
        _ => None,
    }
}

/// The first name of a field that holds card data in a text, such as a format of logs.
pub(super) fn named_in(text: &str) -> Option<&str> {
    let is_edge = |letter: char| !letter.is_ascii_alphanumeric() && !"_-".contains(letter);
    text.split(is_edge).find(|word| is_field(word))
}

/// Parts of the names of properties and variables that hold numbers of other kinds: ids, hashes, places of files.
const OTHERS: [&str; 22] = [
    "account",
    "arn",
    "build",
    "checksum",
    "code",
    "commit",
    "digest",
    "etag",
    "hash",
    "id",
    "ids",
    "identifier",
    "key",
    "keys",
    "nonce",
    "path",
    "prefix",
    "salt",
    "sha256",
    "span",
    "trace",
    "version",
];

/// Whether what stands under these keys, such as `Code.S3Key`, is a number of another kind than a card's.
pub(super) fn is_of_others(path: &str) -> bool {
    let mut keys = path.split(['.', '[', ']']).filter(|key| !key.is_empty());
    keys.any(|key| {
        let is_of_card = is_field(key);
        !is_of_card && words_and_numbers(key).any(|word| OTHERS.contains(&word.as_str()))
    })
}

/// Whether a text holds what passes as a card number: digits of a network's range with a right check digit, not one
/// for tests, and not a part of a path, a name or a longer number.
pub(super) fn has_number(text: &str) -> bool {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !"._-/#@".contains(letter));
    words.filter(|word| word.len() == 15 || word.len() == 16).any(is_number)
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|letter| letter.is_ascii_digit())
        && is_in_range(word)
        && has_check_digit(word)
        && !FOR_TESTS.contains(&word)
        // Processors use this range for tests: cards of a kind, and cards that are refused in some way.
        && !word.starts_with("40000")
}

/// Ranges of American Express, Visa, Mastercard and Discover.
fn is_in_range(digits: &str) -> bool {
    let begin = |length: usize| digits[..length].parse::<u32>().unwrap_or_default();
    match digits.len() {
        15 => [34, 37].contains(&begin(2)),
        _ => {
            begin(1) == 4
                || (51..=55).contains(&begin(2))
                || (2221..=2720).contains(&begin(4))
                || begin(4) == 6011
                || begin(2) == 65
        }
    }
}

/// The sum of Luhn: every second digit from the right counts twice.
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, letter)| {
            let digit = u32::from(letter - b'0') * if index % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::{has_number, is_field, is_of_others, named_in};

    #[test]
    fn numbers_by_range_and_check_digit() {
        let right = ["4539578763621486", "card 371449635398449,", "pan=6011000990139432"];
        assert!(right.iter().all(|text| has_number(text)));
        let others = [
            // Another check digit, no network's range, too long, part of a word, published for tests.
            "4539578763621487",
            "1539578763621486",
            "45395787636214860",
            "x4539578763621486",
            "1.4539578763621486",
            "4111111111111111",
            "4000056655665556",
            // Parts of names.
            "builds/4539148803436467/code.zip",
            "build-4539148803436467",
        ];
        for text in others {
            assert!(!has_number(text), "{text}");
        }
    }

    #[test]
    fn numbers_of_other_kinds_by_their_keys() {
        let others = [
            "Code.S3Key",
            "Environment.Variables.TRACE_ID",
            "Tags[0].traceId",
            "CodeSha256",
            "SPAN",
        ];
        assert!(others.iter().all(|path| is_of_others(path)));
        let any = ["Environment.Variables.CARD", "Description", "DefaultValue", "CARD_NUMBER"];
        assert!(!any.iter().any(|path| is_of_others(path)));
    }

    #[test]
    fn fields_in_formats_of_logs() {
        assert_eq!(named_in(r#"{"ip":"$context.identity","panNumber":"$pan"}"#), Some("panNumber"));
        assert_eq!(named_in("amount, card_number"), Some("card_number"));
        assert_eq!(named_in("amount, cardNumberToken, panel"), None);
    }

    #[test]
    fn fields_by_name() {
        for name in
            ["card_number", "cardNumber", "panNumber", "CVV", "cvc", "primary-account-number"]
        {
            assert!(is_field(name), "{name}");
        }
        for name in ["pan", "card", "cardToken", "number", "cardNumberToken"] {
            assert!(!is_field(name), "{name}");
        }
    }
}
