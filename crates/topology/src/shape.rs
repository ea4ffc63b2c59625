//! The kinds of values that keys of the file may have: in words for messages, and as data for
//! the schema.

use std::fmt;

use crate::words;

/// A key that the reader asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The key in its table.
    pub(crate) key: &'static str,
    /// What it may be.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "for the schema"))]
    pub(crate) shape: Shape,
    /// What it is when absent.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "for the schema"))]
    pub(crate) absent: Absent,
}

/// What happens when a key is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It must not be.
    Required,
    /// Nothing, or something that depends on other keys.
    Optional,
    /// This text stands in.
    Text(String),
    /// This number stands in.
    Integer(u32),
    /// This answer stands in.
    Flag(bool),
    /// An empty list stands in.
    Empty,
}

/// A kind of value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `true` or `false`.
    Flag,
    /// A whole number between two, both included.
    Integer {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// One of these numbers.
    OneOf(&'static [u32]),
    /// A string of this pattern.
    Text(Pattern),
    /// One of these strings.
    Word(Vec<&'static str>),
    /// A list of strings of this pattern.
    Texts(Pattern),
    /// A list of these strings.
    Words(Vec<&'static str>),
    /// A table of strings.
    Strings {
        /// What its keys look like.
        keys: Pattern,
        /// What its values look like.
        values: Pattern,
    },
    /// A table with keys of its own.
    Section(&'static str),
    /// Any number of tables with keys of their own.
    Sections(&'static str),
}

/// What a string looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// A regular expression.
    pub(crate) regex: &'static str,
    /// A string that matches it.
    pub(crate) example: &'static str,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("true or false"),
            Self::Integer { least, most } => write!(f, "a whole number from {least} to {most}"),
            Self::OneOf(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                f.write_str(&words::or(&numbers))
            }
            Self::Text(pattern) => write!(f, "a string such as {:?}", pattern.example),
            Self::Word(allowed) => f.write_str(&words::or(&quoted(allowed))),
            Self::Texts(pattern) => write!(f, "a list of strings such as [{:?}]", pattern.example),
            Self::Words(allowed) => {
                write!(f, "a list of any of {}", words::and(&quoted(allowed)))
            }
            Self::Strings { keys, values } => write!(
                f,
                "a table of strings such as {{ {} = {:?} }}",
                keys.example, values.example
            ),
            Self::Section(key) => write!(f, "a table; type `[{key}]` on a line of its own"),
            Self::Sections(key) => write!(f, "tables; type `[[{key}]]` before each"),
        }
    }
}

fn quoted(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| format!("{word:?}")).collect()
}
