//! The report as text for a terminal: a table's rows as lines in columns.

use std::fmt::Write as _;

use super::sections::{Head, Part, Section};

pub(super) fn text(title: &str, sections: &[Section], digest: &str) -> String {
    let mut text = format!("{}\n", shown(title));
    for section in sections {
        let _ = write!(text, "\n{}\n", section.title);
        for part in &section.parts {
            push(&mut text, part);
        }
    }
    let _ = write!(text, "\nSHA-256 of the JSON: {digest}\n");
    text
}

fn push(text: &mut String, part: &Part) {
    match part {
        Part::Words(words) => {
            let _ = writeln!(text, "  {}", shown(words));
        }
        Part::Facts(facts) => {
            let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            for (name, cell) in facts {
                let _ = writeln!(text, "  {name:width$}  {}", shown(&cell.text));
            }
        }
        Part::Table { caption, columns, rows } => {
            let _ = writeln!(text, "  {}", shown(caption));
            let heads: Vec<String> = columns.iter().map(|head| head.name().to_owned()).collect();
            let rows = rows.iter().map(|row| row.iter().map(|cell| shown(&cell.text)).collect());
            push_rows(text, columns, std::iter::once(heads).chain(rows).collect());
        }
    }
}

fn push_rows(text: &mut String, columns: &[Head], rows: Vec<Vec<String>>) {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(columns).zip(&widths);
        let cells = cells.map(|((cell, head), width)| match head {
            Head::Words(_) => format!("{cell:width$}"),
            Head::Number(_) => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "    {}", line.trim_end());
    }
}

/// What people wrote, without what would move a terminal's cursor or colour it.
fn shown(text: &str) -> String {
    let shown = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_letters() {
        assert_eq!(shown("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb\u{fffd}c");
    }
}
