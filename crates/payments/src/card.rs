//! Card numbers where none belong (`pay-no-pan`): found, so that they can be refused and never
//! repeated.

/// The length of a card number in digits (ISO/IEC 7812-1 allows up to 19; issuers use 12 or more).
const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// How many characters that are neither letter nor digit may stand between two groups of one
/// number, as in `4242 - 4242`.
const SEPARATORS_MAX: usize = 3;

/// Zeros of the decimal digits that keyboards type: ASCII, Arabic-Indic, Persian, Devanagari,
/// Bengali, full width.
const ZEROS: [char; 6] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];

/// Whether somewhere in the text stand 12 to 19 digits that pass the Luhn check, in one group or in
/// neighbouring groups with separators between them.
#[must_use]
pub fn holds_card_number(text: &str) -> bool {
    neighbourhoods(text)
        .iter()
        .any(|groups| (0..groups.len()).any(|first| some_prefix_is_card_number(&groups[first..])))
}

/// Whether these groups, or only the first few of them, are a card number.
fn some_prefix_is_card_number(groups: &[Vec<u8>]) -> bool {
    let mut digits = Vec::new();
    for group in groups {
        digits.extend_from_slice(group);
        if digits.len() > *DIGITS.end() {
            return false;
        }
        if DIGITS.contains(&digits.len()) && passes_luhn(&digits) {
            return true;
        }
    }
    false
}

/// The groups of digits in the text, kept together while only separators stand between them.
fn neighbourhoods(text: &str) -> Vec<Vec<Vec<u8>>> {
    let mut found: Vec<Vec<Vec<u8>>> = Vec::new();
    // Further than any separator reaches: the first group is nobody's neighbour.
    let mut gap = SEPARATORS_MAX + 1;
    for character in text.chars() {
        let Some(digit) = digit(character) else {
            gap = if character.is_alphanumeric() { SEPARATORS_MAX + 1 } else { gap + 1 };
            continue;
        };
        match (gap, found.last_mut()) {
            (0, Some(groups)) => {
                groups.last_mut().expect("a neighbourhood has a group").push(digit)
            }
            (1..=SEPARATORS_MAX, Some(groups)) => groups.push(vec![digit]),
            _ => found.push(vec![vec![digit]]),
        }
        gap = 0;
    }
    found
}

fn digit(character: char) -> Option<u8> {
    ZEROS.iter().find_map(|zero| {
        let above = u32::from(character).checked_sub(u32::from(*zero))?;
        u8::try_from(above).ok().filter(|digit| *digit <= 9)
    })
}

/// The check digit of ISO/IEC 7812-1, annex B: from the right, every second digit doubled, the
/// digits' sum a multiple of ten.
fn passes_luhn(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(index, digit)| match index % 2 {
        0 => u32::from(*digit),
        _ => u32::from(*digit) * 2 / 10 + u32::from(*digit) * 2 % 10,
    });
    weighed.sum::<u32>() % 10 == 0
}
