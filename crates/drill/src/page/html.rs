//! HTML in the making: everything that is put into it is escaped, unless it is markup already.

use std::fmt::{self, Write as _};

/// Markup. It is made by the functions here only, which escape every text.
#[derive(Clone, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Markup as it stands in this program.
    pub(super) fn literal(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// The text, so that it shows as it is.
    pub(super) fn text(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        let mut escaped = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                // What no document may have, and what is seen nowhere.
                character if character.is_control() && character != '\n' => {
                    escaped.push('\u{fffd}')
                }
                character => escaped.push(character),
            }
        }
        Self(escaped)
    }

    /// An element with attributes, whose values are escaped.
    pub(super) fn element(
        name: &'static str,
        attributes: &[(&'static str, String)],
        content: Self,
    ) -> Self {
        let mut markup = format!("<{name}");
        for (attribute, value) in attributes {
            let value = Self::text(value);
            write!(markup, " {attribute}=\"{value}\"").expect("writing to memory cannot fail");
        }
        Self(format!("{markup}>{content}</{name}>"))
    }

    /// An element without attributes.
    pub(super) fn plain(name: &'static str, content: Self) -> Self {
        Self::element(name, &[], content)
    }

    /// An element of a class.
    pub(super) fn of_class(name: &'static str, class: &'static str, content: Self) -> Self {
        Self::element(name, &[("class", class.to_owned())], content)
    }

    /// Both, one after the other.
    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// The same with a new line after it, so that the file can be read.
    pub(super) fn line(mut self) -> Self {
        self.0.push('\n');
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Self> for Markup {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::default(), Self::then)
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A column of a table.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// Words, from the left.
    Words(&'static str),
    /// Numbers, from the right.
    Number(&'static str),
}

impl Column {
    fn class(self) -> &'static str {
        match self {
            Self::Words(_) => "words",
            Self::Number(_) => "number",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Words(heading) | Self::Number(heading) => heading,
        }
    }
}

/// A table with a caption and headings. The first cell of each row is its heading.
pub(super) fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    let headings = columns.iter().map(|column| {
        let attributes = [("scope", "col".to_owned()), ("class", column.class().to_owned())];
        Markup::element("th", &attributes, Markup::text(column.heading()))
    });
    let head = Markup::plain("thead", Markup::plain("tr", headings.collect()));
    let body = rows.iter().map(|cells| row(columns, cells)).collect();
    let caption = Markup::plain("caption", Markup::text(caption));
    let table = caption.line().then(head).line().then(Markup::plain("tbody", body));
    // A table that is wider than the window scrolls by itself, by keyboard too.
    let attributes = [("class", "scroll".to_owned()), ("tabindex", "0".to_owned())];
    Markup::element("div", &attributes, Markup::plain("table", table)).line()
}

fn row(columns: &[Column], cells: &[Markup]) -> Markup {
    let cells = columns.iter().zip(cells).enumerate().map(|(number, (column, cell))| {
        let class = ("class", column.class().to_owned());
        match number {
            0 => Markup::element("th", &[("scope", "row".to_owned()), class], cell.clone()),
            _ => Markup::element("td", &[class], cell.clone()),
        }
    });
    Markup::plain("tr", cells.collect()).line()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped() {
        let text = Markup::text("<b onclick='x'>\"&\"</b>\u{1}\u{1b}[0m");
        let expected =
            "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/b&gt;\u{fffd}\u{fffd}[0m";
        assert_eq!(text.to_string(), expected);
        let element = Markup::element("p", &[("title", "a\"b".to_owned())], Markup::text("c<d"));
        assert_eq!(element.to_string(), "<p title=\"a&quot;b\">c&lt;d</p>");
    }
}
