//! Query parameters: each known, and there once.

use std::collections::BTreeMap;

use crate::draft::unknown;
use crate::problem::Wrong;

/// The parameters of these names, and a fault for every other one and for each that is there twice.
pub(crate) fn parse(
    query: Option<&str>,
    names: &[&'static str],
) -> (BTreeMap<&'static str, String>, Vec<Wrong>) {
    let mut values = BTreeMap::new();
    let mut wrongs = Vec::new();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name);
        match names.iter().find(|known| **known == name) {
            None => wrongs.push(unknown(&name, "is not a parameter of this request")),
            Some(known) if values.contains_key(known) => {
                wrongs.push(Wrong::new(known, "twice", "must be there once"));
            }
            Some(known) => {
                values.insert(*known, decode(value));
            }
        }
    }
    (values, wrongs)
}

/// Undoes percent-encoding; what is no text after that has characters that no parameter has.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match (first, escaped(tail)) {
            (b'%', Some(byte)) => (byte, &tail[2..]),
            (b'+', _) => (b' ', tail),
            (byte, _) => (*byte, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that the first two hexadecimal digits mean.
fn escaped(text: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*text.get(place)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}
