//! The pages of the rules that `tideover check` judges by, from the doc comments of the rules.

use checks::{output, rules};

use crate::output::Outputs;

/// Folder of the pages.
const PAGES: &str = "docs/rules";

/// A page for each rule, and the table of all.
pub(crate) fn pages(outputs: &mut Outputs) {
    outputs.own(PAGES);
    outputs.insert(format!("{PAGES}/README.md"), output::index());
    for rule in rules::all() {
        outputs.insert(format!("{PAGES}/{}.md", rule.code), output::page(rule));
    }
}
