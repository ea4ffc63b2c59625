//! What text, Markdown and page have in common: sections of facts and tables, whose cells are plain texts.

mod course;
mod outcome;

use crate::report::Report;

/// A section.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) parts: Vec<Part>,
}

/// A part of a section.
pub(super) enum Part {
    /// A sentence.
    Words(String),
    /// Names with what there is to say of each.
    Facts(Vec<(&'static str, Cell)>),
    /// A table with a caption.
    Table { caption: String, columns: Vec<Head>, rows: Vec<Vec<Cell>> },
}

/// A heading of a table.
#[derive(Clone, Copy)]
pub(super) enum Head {
    /// Of words.
    Words(&'static str),
    /// Of numbers.
    Number(&'static str),
}

impl Head {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Words(name) | Self::Number(name) => name,
        }
    }
}

/// A text, and how it is meant.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// How a text is meant. No meaning is in a colour alone: the text says the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Not to be broken into lines.
    Whole,
    /// A name of the system, such as an id.
    Name,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not known, or of little weight.
    Soft,
}

impl Cell {
    fn new(kind: Kind, text: impl ToString) -> Self {
        Self { text: text.to_string(), kind }
    }

    fn plain(text: impl ToString) -> Self {
        Self::new(Kind::Plain, text)
    }

    fn whole(text: impl ToString) -> Self {
        Self::new(Kind::Whole, text)
    }

    fn name(text: impl ToString) -> Self {
        Self::new(Kind::Name, text)
    }

    /// What is not known is said to be so.
    fn known<T: ToString>(value: Option<T>) -> Self {
        value.map_or_else(|| Self::new(Kind::Soft, "not known"), Self::plain)
    }

    /// Somebody, as whom they came where that is known, and nothing where nobody was.
    fn person(by: Option<&String>, principal: Option<&String>) -> Self {
        let known = by.zip(principal).map(|(by, principal)| format!("{by}, as {principal}"));
        Self::maybe(known.as_ref().or(by))
    }

    /// Nothing where nothing applies.
    fn maybe<T: ToString>(value: Option<T>) -> Self {
        value.map_or_else(|| Self::new(Kind::Soft, "–"), Self::plain)
    }
}

/// The first line.
pub(super) fn title(report: &Report) -> String {
    let run = &report.run;
    format!("Run {}: {} from {} to {}", run.id, run.kind, run.source, run.target)
}

/// All sections, in their order.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    vec![
        outcome::run(report),
        outcome::recovery(report),
        outcome::loss(report),
        outcome::payments(report),
        outcome::decision(report),
        course::fence(report),
        course::steps(report),
        course::calls(report),
        course::dns(report),
        course::alarms(report),
        course::deviations(report),
        course::follow_ups(report),
        course::origin(report),
        course::not_known(report),
    ]
}

/// A span as people read it: seconds with three digits.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1_000, ms % 1_000)
}

fn section(title: &'static str, parts: Vec<Part>) -> Section {
    Section { title, parts }
}

/// A table, or a sentence where it has no rows.
fn table(caption: &str, empty: &str, columns: &[Head], rows: Vec<Vec<Cell>>) -> Part {
    if rows.is_empty() {
        return Part::Words(empty.to_owned());
    }
    Part::Table { caption: caption.to_owned(), columns: columns.to_vec(), rows }
}

/// A table of what may be not known at all.
fn known_table<T>(
    list: Option<&Vec<T>>,
    caption: &str,
    empty: &str,
    columns: &[Head],
    row: impl Fn(&T) -> Vec<Cell>,
) -> Part {
    match list {
        None => Part::Words(format!("{caption}: not known.")),
        Some(list) => table(caption, empty, columns, list.iter().map(row).collect()),
    }
}
