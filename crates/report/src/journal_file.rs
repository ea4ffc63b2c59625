//! A journal that was kept: one entry in its written form on each line.

use runbook::wire::{self, Unreadable};
use runbook::{Entry, Event};

/// Why a text is no journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAJournal {
    /// There is nothing in it.
    #[error("it has no entries")]
    Empty,
    /// A line is no entry.
    #[error("line {line}: {cause}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        cause: Unreadable,
    },
    /// The last line is no whole entry and has no end: the file was cut off.
    #[error("line {line}, the last, is cut off; the entries before it are whole")]
    CutOff {
        /// Its number, from 1.
        line: usize,
    },
    /// An entry is missing, or stands elsewhere.
    #[error("line {line} is entry {found} where entry {expected} belongs: a journal has no gaps")]
    Gap {
        /// The number of the line, from 1.
        line: usize,
        /// The entry that stands there.
        found: u64,
        /// The one that belongs there.
        expected: u64,
    },
    /// The first entry is no plan.
    #[error("its first entry is no plan: it is not the beginning of a journal")]
    NoPlan,
    /// Another plan is another run's.
    #[error("line {line} plans run `{found}`, and the journal is that of `{expected}`")]
    OtherRun {
        /// The number of the line, from 1.
        line: usize,
        /// The run that it plans.
        found: String,
        /// The run of the journal.
        expected: String,
    },
}

/// The entries of a journal's text.
///
/// # Errors
/// When it is not the whole beginning of one run's journal.
pub fn journal(text: &str) -> Result<Vec<Entry>, NotAJournal> {
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let is_cut = !text.ends_with('\n') && text.lines().count() == number;
        let entry = wire::decode(line).map_err(|cause| match cause {
            Unreadable::NotJson { .. } if is_cut => NotAJournal::CutOff { line: number },
            cause => NotAJournal::Line { line: number, cause },
        })?;
        check(&entry, &entries, number)?;
        entries.push(entry);
    }
    if entries.is_empty() { Err(NotAJournal::Empty) } else { Ok(entries) }
}

fn check(entry: &Entry, before: &[Entry], line: usize) -> Result<(), NotAJournal> {
    let expected = before.len() as u64;
    if entry.position != expected {
        return Err(NotAJournal::Gap { line, found: entry.position, expected });
    }
    let Event::Planned { plan, .. } = &entry.event else {
        return if before.is_empty() { Err(NotAJournal::NoPlan) } else { Ok(()) };
    };
    match before.first().map(|first| &first.event) {
        Some(Event::Planned { plan: first, .. }) if first.run != plan.run => {
            Err(NotAJournal::OtherRun {
                line,
                found: plan.run.to_string(),
                expected: first.run.to_string(),
            })
        }
        _ => Ok(()),
    }
}

/// The text of a journal.
#[must_use]
pub fn journal_text(entries: &[Entry]) -> String {
    entries.iter().map(|entry| wire::encode(entry) + "\n").collect()
}
