//! HTML in the making: everything that is put into it is escaped, unless it is markup already.

use std::fmt::{self, Write as _};

/// The looks of every page.
const STYLE: &str = include_str!("style.css");

/// Markup. It is made by the functions here only, which escape every text.
#[derive(Debug, Clone, Default)]
pub struct Markup(String);

impl Markup {
    /// Markup as it stands in this program.
    #[must_use]
    pub fn literal(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// The text, so that it shows as it is.
    #[must_use]
    pub fn text(text: impl fmt::Display) -> Self {
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
    #[must_use]
    pub fn element(
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
    #[must_use]
    pub fn plain(name: &'static str, content: Self) -> Self {
        Self::element(name, &[], content)
    }

    /// An element of a class.
    #[must_use]
    pub fn of_class(name: &'static str, class: &'static str, content: Self) -> Self {
        Self::element(name, &[("class", class.to_owned())], content)
    }

    /// Both, one after the other.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// The same with a new line after it, so that the file can be read.
    #[must_use]
    pub fn line(mut self) -> Self {
        self.0.push('\n');
        self
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
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

/// The whole document of a title, with this in its body.
#[must_use]
pub fn document(title: &str, body: Markup) -> String {
    let head = Markup::plain("title", Markup::text(title));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{head}\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// A section under a heading.
#[must_use]
pub fn section(heading: &'static str, content: Markup) -> Markup {
    let heading = Markup::plain("h2", Markup::literal(heading)).line();
    Markup::plain("section", heading.then(content)).line()
}

/// A picture with its caption and the key of its colours, each a class with its words.
#[must_use]
pub fn figure(caption: &str, key: &[(&'static str, &str)], picture: Markup) -> Markup {
    let caption = Markup::plain("figcaption", Markup::text(caption)).line();
    let items = key.iter().map(|(class, words)| {
        let swatch = Markup::of_class("span", class, Markup::default());
        Markup::plain("li", swatch.then(Markup::text(words)))
    });
    let items: Markup = items.collect();
    let key = if items.is_empty() { items } else { Markup::of_class("ul", "key", items).line() };
    let attributes = [("class", "scroll".to_owned()), ("tabindex", "0".to_owned())];
    let picture = Markup::element("div", &attributes, picture).line();
    Markup::plain("figure", caption.then(key).then(picture)).line()
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub enum Column {
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
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
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
