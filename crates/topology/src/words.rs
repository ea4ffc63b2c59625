//! English for lists, and the nearest of several words.

use std::borrow::Cow;

use strsim::levenshtein;

/// How many characters of a text a message shows.
const MOST_SHOWN: usize = 60;

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn or<S: AsRef<str>>(words: &[S]) -> String {
    joined(words, "or")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn and<S: AsRef<str>>(words: &[S]) -> String {
    joined(words, "and")
}

fn joined<S: AsRef<str>>(words: &[S], last: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// A text of the file as a message shows it: escaped, in quotation marks, not too long, and without
/// a password that stands in a URL.
pub(crate) fn quoted(text: &str) -> String {
    let text = &without_credentials(text);
    match text.char_indices().nth(MOST_SHOWN) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}

/// The text, but for what stands before the last `@` of a URL.
fn without_credentials(text: &str) -> Cow<'_, str> {
    let parts = text.split_once("://").and_then(|(scheme, rest)| {
        let (_, rest) = rest.rsplit_once('@')?;
        Some(format!("{scheme}://…@{rest}"))
    });
    parts.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The beginning of a text of the file.
pub(crate) fn clipped(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The word of `words` that `typed` was probably meant to be: at most two edits away, and less
/// than half of it wrong.
pub(crate) fn nearest<'w>(typed: &str, words: &[&'w str]) -> Option<&'w str> {
    words
        .iter()
        .filter(|word| word.len().abs_diff(typed.len()) <= 2)
        .map(|word| (levenshtein(typed, word), *word))
        .filter(|(edits, word)| *edits <= 2 && edits * 2 < word.len())
        .min()
        .map(|(_, word)| word)
}
