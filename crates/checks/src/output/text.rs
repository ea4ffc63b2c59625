//! A report for people, grouped by what is lost and when.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::{Fold, folds};
use super::lines::Lines;
use super::wrap::{count, harmless, wrapped};
use crate::report::{Finding, Report, Spot};
use crate::rule::{Consequence, Severity};

/// How a report is written for people.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextOptions {
    /// How much of it.
    pub detail: Detail,
    /// Whether with colours.
    pub colour: Colour,
}

/// How much of a report is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// Findings, a few places of each; counts of the rest.
    #[default]
    Brief,
    /// Everything.
    Full,
}

/// Whether a terminal shows colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Colour {
    /// Letters only.
    #[default]
    Plain,
    /// With the sequences that colour a terminal's text.
    Ansi,
}

impl Colour {
    /// The text in bold letters.
    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// The report for people: what breaks by what it costs, then what is allowed, known, not judged and not seen, then
/// the sum.
#[must_use]
pub fn text(report: &Report, lines: &Lines, options: TextOptions) -> String {
    let page = Page { report, lines, options };
    let parts = [
        page.findings(),
        page.allowed(),
        page.unused(),
        page.known(),
        page.gone(),
        page.unjudged(),
        page.unseen(),
    ];
    let told = parts.into_iter().filter(|part| !part.is_empty()).map(|part| part + "\n");
    told.collect::<String>() + &page.sum()
}

/// A report being written.
struct Page<'r> {
    report: &'r Report,
    lines: &'r Lines,
    options: TextOptions,
}

/// How many places of one finding are written when not all are.
const FEW: usize = 5;

impl Page<'_> {
    fn findings(&self) -> String {
        let folds = folds(&self.report.findings);
        let mut parts = Vec::new();
        for consequence in Consequence::ALL {
            let of = folds.iter().filter(|fold| fold.first.consequence == consequence);
            let written: Vec<String> = of.map(|fold| self.finding(fold)).collect();
            if !written.is_empty() {
                parts.push(self.heading(consequence.heading()) + "\n" + &written.join("\n"));
            }
        }
        parts.join("\n")
    }

    fn finding(&self, fold: &Fold<'_>) -> String {
        let Finding { severity, rule, found, why, change, note, .. } = fold.first;
        let mut text = format!("{} {rule}\n", self.severity(*severity));
        text += &self.places("  at      ", &fold.spots);
        text += &wrapped("  found   ", found);
        text += &wrapped("  why     ", why);
        text += &wrapped("  change  ", change);
        text += &self.places("  also    ", &fold.related);
        if let Some(note) = note {
            text += &wrapped("  note    ", note);
        }
        text
    }

    fn places(&self, first: &str, spots: &[&Spot]) -> String {
        let blanks = " ".repeat(first.len());
        let firsts = std::iter::once(first).chain(std::iter::repeat(blanks.as_str()));
        let shown = if self.is_full() { spots.len() } else { FEW };
        let mut text = String::new();
        for (spot, first) in spots.iter().take(shown).zip(firsts) {
            text += &wrapped(first, &self.place(spot));
            // The path often is the stack and the name once more; where it is not, it leads to the code.
            if let Some(path) = &spot.construct_path {
                text += &wrapped(&blanks, &format!("construct {path}"));
            }
        }
        match spots.len().saturating_sub(shown) {
            0 => text,
            more => text + &wrapped(&blanks, &format!("and {more} more; `--full` lists them")),
        }
    }

    /// A place in one line: stack, resource and property, then the file.
    fn place(&self, spot: &Spot) -> String {
        let name = name(spot);
        match self.lines.of(spot) {
            _ if spot.file.is_empty() => name,
            Some(line) => format!("{name} in {}:{line}", spot.file),
            None => format!("{name} in {}", spot.file),
        }
    }

    fn allowed(&self) -> String {
        if self.report.allowed.is_empty() {
            return String::new();
        }
        let mut text = self.heading("Allowed") + "\n";
        for (finding, allowance) in &self.report.allowed {
            text += &format!("{} {}\n", self.severity(finding.severity), finding.rule);
            text += &self.places("  at      ", &[&finding.spot]);
            text += &wrapped("  reason  ", &allowance.reason);
            text += &wrapped("  until   ", &allowance.expires.to_string());
        }
        text
    }

    fn unused(&self) -> String {
        let unused = self.report.unused.iter().map(|allowance| {
            let at = allowance.resource.as_ref().map(|pattern| format!(" at `{pattern}`"));
            let what = format!(
                "{}:{} allows `{}`{}, and nothing needs it: remove it",
                allowance.file,
                allowance.line,
                allowance.rule,
                at.unwrap_or_default()
            );
            wrapped("  ", &what)
        });
        self.part("Allowances without use", unused)
    }

    fn known(&self) -> String {
        let known = &self.report.known;
        if known.is_empty() {
            return String::new();
        }
        if !self.is_full() {
            let findings = count(known.len(), "finding is", "findings are");
            return wrapped("", &format!("{findings} in the baseline; `--full` lists them"));
        }
        let lines = known.iter().map(|finding| {
            let what =
                format!("{} {} at {}", finding.severity, finding.rule, self.place(&finding.spot));
            wrapped("  ", &what)
        });
        self.part("In the baseline", lines)
    }

    fn gone(&self) -> String {
        let lines = self.report.gone.iter().map(|(one, number)| {
            let place = [&one.stack, &one.resource, &one.property].map(String::as_str);
            let times = if *number == 1 { String::new() } else { format!(" ({number} times)") };
            wrapped("  ", &format!("{} at {}{times}", one.rule, joined(&place)))
        });
        self.part("In the baseline and gone; write the baseline again", lines)
    }

    fn unjudged(&self) -> String {
        let unjudged = &self.report.unjudged;
        if unjudged.is_empty() {
            return String::new();
        }
        if !self.is_full() {
            let rules: BTreeSet<&str> = unjudged.iter().map(|one| one.rule).collect();
            let questions = count(unjudged.len(), "question", "questions");
            let rules = count(rules.len(), "rule", "rules");
            let text = format!(
                "{questions} of {rules} could not be judged from the templates; `--full` lists them"
            );
            return wrapped("", &text);
        }
        let lines = unjudged.iter().map(|one| {
            wrapped("  ", &format!("{} at {}: {}", one.rule, self.place(&one.spot), one.why))
        });
        self.part("Not judged", lines)
    }

    fn unseen(&self) -> String {
        let mut by_reason: BTreeMap<&str, Vec<&Spot>> = BTreeMap::new();
        for unseen in &self.report.unseen {
            by_reason.entry(&unseen.why).or_default().push(&unseen.spot);
        }
        let lines = by_reason
            .into_iter()
            .map(|(why, spots)| wrapped("  ", why) + &self.places("    at    ", &spots));
        self.part("Seen by no rule", lines)
    }

    /// The last lines: how much of what.
    fn sum(&self) -> String {
        let report = self.report;
        let counts = Severity::ALL.map(|severity| {
            count(report.count(severity), severity.word(), &format!("{severity}s"))
        });
        let beside = [("allowed", report.allowed.len()), ("in the baseline", report.known.len())];
        let beside = beside.into_iter().filter(|(_, number)| *number > 0);
        let beside: String = beside.map(|(word, number)| format!(", {number} {word}")).collect();
        let rules = count(report.subjects.len(), "rule", "rules");
        let things = count(report.subjects.values().sum(), "thing", "things");
        let verdict = format!("{}{beside}; {rules} looked at {things}", counts.join(", "));
        wrapped("", &verdict) + &wrapped("", &self.regions()) + &self.recovery_time()
    }

    /// What a takeover takes at least; what says so only where everything is written.
    fn recovery_time(&self) -> String {
        let known = self.report.recovery_time.as_ref().filter(|time| time.seconds() > 0);
        let Some(time) = known else { return String::new() };
        let sum = wrapped("takeover: ", &time.sum());
        let parts = time.parts.iter().filter(|_| self.is_full());
        sum + &parts
            .map(|part| wrapped(&format!("  {:<8}", part.name), &part.source))
            .collect::<String>()
    }

    fn regions(&self) -> String {
        match &self.report.regions {
            Some([primary, standby]) if self.report.roles_are_guessed => format!(
                "primary {primary}, standby {standby}: a guess, so that what rests on it was not judged; \
                     name both under `[regions]` in `tideover-check.toml`"
            ),
            Some([primary, standby]) => format!("primary {primary}, standby {standby}"),
            None => {
                "no pair of Regions was found, so that rules about the pair were not judged; name \
                     both under `[regions]` in `tideover-check.toml`"
                    .to_owned()
            }
        }
    }

    fn part(&self, heading: &str, lines: impl Iterator<Item = String>) -> String {
        let text: String = lines.collect();
        if text.is_empty() { text } else { self.heading(heading) + "\n" + &text }
    }

    fn heading(&self, text: &str) -> String {
        self.options.colour.bold(text)
    }

    fn severity(&self, severity: Severity) -> String {
        let code = match severity {
            Severity::Blocker => "1;31",
            Severity::Error => "31",
            Severity::Warning => "33",
        };
        self.options.colour.with(code, severity.word())
    }

    fn is_full(&self) -> bool {
        self.options.detail == Detail::Full
    }
}

/// A place by its names.
pub(super) fn name(spot: &Spot) -> String {
    joined(&[&spot.stack, &spot.resource, &spot.property])
}

fn joined(parts: &[&str]) -> String {
    let named = parts.iter().filter(|part| !part.is_empty()).map(|part| harmless(part));
    named.collect::<Vec<_>>().join(" / ")
}
