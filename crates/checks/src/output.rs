//! A report in the forms that people and programs read. Functions from values to text: nothing is printed here.

mod fold;
mod github;
mod json;
mod lines;
mod page;
mod sarif;
mod terminal;
mod text;
mod uri;
mod validation;
mod wrap;

pub use github::github;
pub use json::json;
pub use lines::Lines;
pub use page::{UnknownRule, explain, index, page};
pub use sarif::sarif;
pub use text::{Colour, Detail, TextOptions, text};
pub use validation::{VALIDATION_REPORT_FILE, ValidationReportFault, validation_report};
