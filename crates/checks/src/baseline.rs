//! What is known already of a live system: a file made from one report, which later reports are compared with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::{Finding, Report};
use crate::rules;

/// The format of the file, which this program writes and reads.
const FORMAT: &str = "tideover-check-baseline/1";

/// By what a finding is known again: nothing in it depends on lines or on the order of stacks, resources or items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The rule's code.
    pub rule: String,
    /// The stack's name for people.
    pub stack: String,
    /// Its Region; empty where it is not known.
    pub region: String,
    /// The resource's logical id; empty for the stack itself.
    pub resource: String,
    /// The property without the numbers of items, such as `Rules[].Status`.
    pub property: String,
}

impl Fingerprint {
    /// The fingerprint of a finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let spot = &finding.spot;
        Self {
            rule: finding.rule.to_owned(),
            stack: spot.stack.clone(),
            region: spot.region.clone(),
            resource: spot.resource.clone(),
            property: without_numbers(&spot.property),
        }
    }
}

/// A path whose items have no numbers, because those change when an item is put before them.
fn without_numbers(path: &str) -> String {
    let mut parts = path.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        plain.push('[');
        plain.push_str(if rest.starts_with(']') { rest } else { part });
    }
    plain
}

/// What is known already: how many findings there are of each fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<Fingerprint, u32>,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineFault {
    /// It is not what this program writes.
    #[error("the file is not a baseline")]
    NotOne(#[source] serde_json::Error),
    /// It has no format, or one that has nothing to do with baselines.
    #[error("the file is not a baseline: its `format` is {0}, not `{FORMAT}`")]
    OtherFile(String),
    /// Another version of the program wrote it.
    #[error(
        "the baseline has the format `{0}`, and this program reads `{FORMAT}`; write it again with this program"
    )]
    OtherVersion(String),
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    findings: Vec<Entry>,
}

/// A fingerprint and how many findings it stands for.
#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    fingerprint: Fingerprint,
    count: u32,
}

impl Baseline {
    /// Everything that a report finds, also what another baseline knew; not what is allowed.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let mut known: BTreeMap<Fingerprint, u32> = BTreeMap::new();
        for finding in report.findings.iter().chain(&report.known) {
            let count = known.entry(Fingerprint::of(finding)).or_default();
            *count = count.saturating_add(1);
        }
        Self { known }
    }

    /// How many findings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.values().map(|count| *count as usize).sum()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The text of the file, sorted, so that a change of it can be reviewed.
    #[must_use]
    pub fn to_json(&self) -> String {
        let entries = self
            .known
            .iter()
            .map(|(fingerprint, count)| Entry { fingerprint: fingerprint.clone(), count: *count });
        let document = Document { format: FORMAT.to_owned(), findings: entries.collect() };
        let text = serde_json::to_string_pretty(&document).expect("texts and numbers are JSON");
        text + "\n"
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    ///
    /// Why it is no baseline that this program can read.
    pub fn parse(text: &str) -> Result<Self, BaselineFault> {
        let json: serde_json::Value = serde_json::from_str(text).map_err(BaselineFault::NotOne)?;
        match &json["format"] {
            serde_json::Value::String(format) if format == FORMAT => {}
            serde_json::Value::String(format) if format.starts_with("tideover-check-baseline/") => {
                return Err(BaselineFault::OtherVersion(format.clone()));
            }
            serde_json::Value::String(format) => {
                return Err(BaselineFault::OtherFile(format!("`{format}`")));
            }
            _ => return Err(BaselineFault::OtherFile("missing".to_owned())),
        }
        let document: Document = serde_json::from_value(json).map_err(BaselineFault::NotOne)?;
        let entries = document.findings.into_iter().map(|entry| (entry.fingerprint, entry.count));
        Ok(Self { known: entries.collect() })
    }
}

impl Report {
    /// The report with what a baseline knows set apart, and with what is gone since.
    #[must_use]
    pub fn compare(mut self, baseline: &Baseline) -> Self {
        let mut left = baseline.known.clone();
        for finding in std::mem::take(&mut self.findings) {
            match left.get_mut(&Fingerprint::of(&finding)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    self.known.push(finding);
                }
                _ => self.findings.push(finding),
            }
        }
        // What was not judged this time, for want of a second Region, is not gone.
        let judged = |rule: &str| self.subjects.contains_key(rule) || rules::find(rule).is_none();
        let gone = left.into_iter().filter(|(one, count)| *count > 0 && judged(&one.rule));
        self.gone = gone.collect();
        self
    }
}
