//! Crockford's base32 for 128 bits, as in a ULID: 26 characters that sort as the numbers do.

/// How many characters 128 bits take; the first is at most `7`.
pub(crate) const LENGTH: usize = 26;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number in 26 characters.
pub(crate) fn encode(value: u128) -> String {
    let character = |index: usize| {
        let shift = 5 * (LENGTH - 1 - index);
        char::from(ALPHABET[((value >> shift) & 31) as usize])
    };
    (0..LENGTH).map(character).collect()
}

/// The number that `encode` writes like this; nothing for any other text, so that a number has one
/// spelling.
pub(crate) fn decode(text: &str) -> Option<u128> {
    let fits = text.len() == LENGTH && text.as_bytes()[0] <= b'7';
    fits.then_some(())?;
    text.bytes().try_fold(0, |value: u128, byte| {
        let digit = ALPHABET.iter().position(|known| *known == byte)?;
        Some(value << 5 | digit as u128)
    })
}
