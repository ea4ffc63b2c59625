//! Words into lines.

/// The lines of a text that is at most so many columns wide. A word that is wider stands alone.
pub(super) fn lines(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The columns that a text takes, none of its letters being wide.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}
