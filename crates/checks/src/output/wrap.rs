//! Text for a terminal: in lines of a hundred columns, with nothing in it that the terminal would obey.

/// The width of a line.
const COLUMNS: usize = 100;

/// A paragraph whose first line begins with `first` and the others with as many blanks. A word that is too long for a
/// line stands alone in one, so that a path can be copied.
pub(super) fn wrapped(first: &str, text: &str) -> String {
    let indent = first.chars().count();
    let mut line = first.to_owned();
    let mut column = indent;
    let mut lines = String::new();
    for word in text.split_whitespace().map(harmless) {
        let width = word.chars().count();
        if column > indent && column + 1 + width > COLUMNS {
            lines += line.trim_end();
            lines.push('\n');
            line = " ".repeat(indent);
            column = indent;
        }
        if column > indent {
            line.push(' ');
            column += 1;
        }
        line += &word;
        column += width;
    }
    lines += line.trim_end();
    lines.push('\n');
    lines
}

/// A text without what a terminal would obey, or what would make it look like another text.
pub(super) fn harmless(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) { plain.extend(c.escape_unicode()) } else { plain.push(c) }
    }
    plain
}

/// `1 finding`, `2 findings`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
