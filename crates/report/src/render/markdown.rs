//! The report as Markdown. What people wrote is escaped, so that it shows as it is and makes no markup.

use std::fmt::Write as _;

use super::sections::{Head, Part, Section};

pub(super) fn markdown(title: &str, sections: &[Section], digest: &str) -> String {
    let mut page = format!("# {}\n", escaped(title));
    for section in sections {
        let _ = write!(page, "\n## {}\n", section.title);
        for part in &section.parts {
            page.push('\n');
            push(&mut page, part);
        }
    }
    let _ = write!(page, "\n---\n\nSHA-256 of the JSON, which is what is signed: `{digest}`\n");
    page
}

fn push(page: &mut String, part: &Part) {
    match part {
        Part::Words(words) => {
            let _ = writeln!(page, "{}", escaped(words));
        }
        Part::Facts(facts) => {
            page.push_str("| | |\n| --- | --- |\n");
            for (name, cell) in facts {
                let _ = writeln!(page, "| {name} | {} |", escaped(&cell.text));
            }
        }
        Part::Table { caption, columns, rows } => {
            let _ = write!(page, "{}\n\n", escaped(caption));
            push_row(page, columns.iter().map(|head| head.name().to_owned()));
            push_row(page, columns.iter().map(|head| rule(*head).to_owned()));
            for row in rows {
                push_row(page, row.iter().map(|cell| escaped(&cell.text)));
            }
        }
    }
}

const fn rule(head: Head) -> &'static str {
    match head {
        Head::Words(_) => "---",
        Head::Number(_) => "---:",
    }
}

fn push_row(page: &mut String, cells: impl Iterator<Item = String>) {
    let _ = writeln!(page, "| {} |", cells.collect::<Vec<_>>().join(" | "));
}

/// The text so that it shows as it is, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' | '\t' => escaped.push(' '),
            character if character.is_control() => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_makes_no_markup() {
        let text = "a | b\n<script>*x*</script> [here](u) `c` \\";
        let expected = r"a \| b &lt;script&gt;\*x\*&lt;/script&gt; \[here\](u) \`c\` \\";
        assert_eq!(escaped(text), expected);
    }
}
