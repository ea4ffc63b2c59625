//! A report as commands of GitHub's workflows, which show it beside the lines of a pull request.
//!
//! GitHub shows ten errors and ten warnings of a step, so the gravest come first, and what says the same of many places
//! is one command.

use super::fold::{Fold, folds};
use super::lines::Lines;
use super::wrap::harmless;
use crate::report::{Report, Spot};
use crate::rule::Severity;

/// The findings that count, and allowances to look at again, one command a line.
#[must_use]
pub fn github(report: &Report, lines: &Lines) -> String {
    let mut folds = folds(&report.findings);
    folds.sort_by_key(|fold| fold.first.severity);
    let findings = folds.iter().map(|fold| finding(fold, lines));
    let unused = report.unused.iter().map(|allowance| {
        let message =
            format!("`{}` is allowed here, and nothing needs it: remove it", allowance.rule);
        command("warning", &allowance.file, Some(allowance.line), "allowance without use", &message)
    });
    findings.chain(unused).collect()
}

fn finding(fold: &Fold<'_>, lines: &Lines) -> String {
    let first = fold.first;
    let word = match first.severity {
        Severity::Blocker | Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut message = vec![
        format!("{}: {}", places(&fold.spots), first.found),
        format!("why: {}", first.why),
        format!("change: {}", first.change),
    ];
    if !fold.related.is_empty() {
        message.push(format!("also: {}", places(&fold.related)));
    }
    message.extend(first.note.as_ref().map(|note| format!("note: {note}")));
    let message: Vec<String> = message.iter().map(|line| harmless(line)).collect();
    let title = format!("{} {}", first.severity, first.rule);
    command(word, &first.spot.file, lines.of(&first.spot), &title, &message.join("\n"))
}

/// The first places, and how many more there are: the whole message is shown in one box.
fn places(spots: &[&Spot]) -> String {
    const FEW: usize = 5;
    let shown = spots.iter().take(FEW).map(|spot| super::text::name(spot));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match spots.len().saturating_sub(FEW) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn command(word: &str, file: &str, line: Option<usize>, title: &str, message: &str) -> String {
    let line = line.map(|line| format!(",line={line}")).unwrap_or_default();
    let file =
        if file.is_empty() { String::new() } else { format!("file={}{line},", property(file)) };
    format!("::{word} {file}title={}::{}\n", property(title), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
