//! What a string in the file may be, and how it becomes a value.

/// How one kind of string is read.
pub(crate) struct Rule<T> {
    /// A regular expression for editors, never narrower than `read`.
    pub(crate) pattern: &'static str,
    /// A string which `read` accepts.
    pub(crate) example: &'static str,
    /// The value, or what is allowed instead.
    pub(crate) read: fn(&str) -> Result<T, String>,
}

/// `text` itself when `good`, otherwise what is `allowed`.
pub(crate) fn keep(text: &str, good: bool, allowed: &str) -> Result<String, String> {
    if good { Ok(text.to_owned()) } else { Err(allowed.to_owned()) }
}

/// Whether `text` is one `first` and then up to `most - 1` of `rest`.
pub(crate) fn shaped(
    text: &str,
    first: fn(char) -> bool,
    rest: fn(char) -> bool,
    most: usize,
) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(first) && chars.clone().all(rest) && chars.count() < most
}

/// A lower-case ASCII letter.
pub(crate) fn lower(c: char) -> bool {
    c.is_ascii_lowercase()
}

/// A lower-case ASCII letter or a digit.
pub(crate) fn lower_or_digit(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// A lower-case ASCII letter, a digit or a hyphen.
pub(crate) fn lower_digit_or_hyphen(c: char) -> bool {
    lower_or_digit(c) || c == '-'
}

/// Whether every hyphen stands between two other characters.
pub(crate) fn hyphens_between(text: &str) -> bool {
    !text.ends_with('-') && !text.starts_with('-') && !text.contains("--")
}

/// A character which AWS allows in tag keys and values.
pub(crate) fn tag_character(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}
