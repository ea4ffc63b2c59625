//! The renderings of a report: JSON, which is what is signed, and text, Markdown and a page made of the same sections.

mod markdown;
mod page;
mod sections;
mod text;

use crate::made::sha256;
use crate::report::Report;

impl Report {
    /// The report as JSON: these bytes are what is signed.
    ///
    /// # Panics
    /// Never: every member is a text, a number or a list.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report is JSON") + "\n"
    }

    /// SHA-256 of the JSON in hexadecimal, by which the other renderings name it.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.json().as_bytes())
    }

    /// The report as text for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        text::text(&sections::title(self), &sections::sections(self), &self.digest())
    }

    /// The report as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::markdown(&sections::title(self), &sections::sections(self), &self.digest())
    }

    /// The report as one page of HTML that needs nothing else.
    #[must_use]
    pub fn html(&self) -> String {
        page::page(self, &sections::title(self), &sections::sections(self), &self.digest())
    }
}
