//! The words of a line, and the nearest of several words.

use strsim::levenshtein;

/// How many characters of a text a message shows.
const MOST_SHOWN: usize = 40;

/// A word of a line, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    /// From 1, in characters.
    pub(super) column: usize,
}

/// The line without its comment.
pub(super) fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default()
}

/// The words of a line without a comment; a comma and a plus sign are words of their own.
pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut begin = None;
    for (column, (at, character)) in (1..).zip(line.char_indices()) {
        let is_sign = matches!(character, ',' | '+');
        if is_sign || character.is_whitespace() {
            words.extend(begin.take().map(|word| ended(word, &line[..at])));
        } else if begin.is_none() {
            begin = Some((at, column));
        }
        if is_sign {
            words.push(Word { text: &line[at..=at], column });
        }
    }
    words.extend(begin.map(|word| ended(word, line)));
    words
}

fn ended((at, column): (usize, usize), line: &str) -> Word<'_> {
    Word { text: &line[at..], column }
}

/// A text of the file as a message shows it: escaped, and not too long.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        None => format!("`{}`", text.escape_debug()),
        Some((end, _)) => format!("`{}…`", text[..end].escape_debug()),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn or(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// The word that `typed` was probably meant to be: at most two edits away, and less than half of it
/// wrong.
pub(crate) fn nearest(typed: &str, words: &[&'static str]) -> Option<&'static str> {
    let near = words.iter().filter(|word| word.len().abs_diff(typed.len()) <= 2);
    near.map(|word| (levenshtein(typed, word), *word))
        .filter(|(edits, word)| *edits <= 2 && edits * 2 < word.len())
        .min()
        .map(|(_, word)| word)
}
