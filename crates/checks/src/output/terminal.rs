//! The Markdown of pages, for a terminal.

use super::text::Colour;
use super::wrap::wrapped;

/// Paragraphs and items wrapped, headings bold, code indented, tables as they are.
pub(super) fn terminal<'p>(lines: impl Iterator<Item = &'p str>, colour: Colour) -> String {
    let mut text = String::new();
    let mut open = Open::default();
    for line in lines {
        if line.starts_with("```") {
            text += &open.closed();
            open.is_code = !open.is_code;
        } else if open.is_code {
            text += &format!("    {line}\n");
        } else if let Some(heading) = line.strip_prefix("## ") {
            text += &open.closed();
            text += &format!("{}\n", colour.bold(heading));
        } else if line.is_empty() || line.starts_with('|') {
            text += &open.closed();
            text += &format!("{line}\n");
        } else if let Some(item) = line.strip_prefix("- ") {
            text += &open.closed();
            open = Open { first: "- ", text: item.to_owned(), is_code: false };
        } else {
            open.text += &format!(" {}", line.trim());
        }
    }
    text + &open.closed()
}

/// A paragraph that is not at its end.
#[derive(Default)]
struct Open {
    first: &'static str,
    text: String,
    is_code: bool,
}

impl Open {
    /// The paragraph wrapped, if there is one; the next begins.
    fn closed(&mut self) -> String {
        let first = std::mem::take(&mut self.first);
        let text = std::mem::take(&mut self.text);
        if text.is_empty() { text } else { wrapped(first, &text) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, terminal};
    use expect_test::expect;

    #[test]
    fn paragraphs_items_code_and_tables() {
        let page = "\
The first paragraph is as long as it is because it has to be wrapped, in lines of a
hundred columns at most, whatever the lines
of the page are.

## What to change

- one item, which is so long that it has to go on in a second line, below its first word and not below the dash
- another
  that goes on

```yaml
Key:
    - value   with   blanks
```

| a | b |
| --- | --- |";
        let told = terminal(page.lines(), Colour::Ansi).replace('\u{1b}', "ESC");
        expect![[r#"
            The first paragraph is as long as it is because it has to be wrapped, in lines of a hundred columns
            at most, whatever the lines of the page are.

            ESC[1mWhat to changeESC[0m

            - one item, which is so long that it has to go on in a second line, below its first word and not
              below the dash
            - another that goes on

                Key:
                    - value   with   blanks

            | a | b |
            | --- | --- |
        "#]].assert_eq(&told);
    }
}
