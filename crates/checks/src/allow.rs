//! What the user allows, taken out of a report.

use std::collections::BTreeSet;

use crate::report::{Finding, Report};
use crate::settings::{Allowance, Settings};

impl Report {
    /// The report with what the settings allow set apart. A finding whose allowance has ended stays, and says so.
    pub(crate) fn allow(mut self, settings: &Settings) -> Self {
        let mut used = BTreeSet::new();
        for finding in std::mem::take(&mut self.findings) {
            let covering =
                settings.allowances.iter().filter(|allowance| allowance.covers(&finding));
            let covering: Vec<&Allowance> = covering.collect();
            used.extend(covering.iter().copied());
            let standing =
                covering.iter().find(|one| one.expires.days_over(settings.today).is_none());
            match standing {
                Some(allowance) => self.allowed.push((finding, (*allowance).clone())),
                None => self.findings.push(with_note(finding, &covering, settings)),
            }
        }
        let judged = |allowance: &&Allowance| self.subjects.contains_key(allowance.rule);
        let idle = settings.allowances.iter().filter(|allowance| !used.contains(allowance));
        self.unused = idle.filter(judged).cloned().collect();
        self
    }
}

/// The finding, which says which of its allowances ended last, if one did.
fn with_note(finding: Finding, ended: &[&Allowance], settings: &Settings) -> Finding {
    let note = ended.iter().max_by_key(|allowance| allowance.expires).map(|allowance| {
        let days = allowance.expires.days_over(settings.today).unwrap_or_default();
        let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        format!(
            "allowed until {}, which is {days} ago, by {}:{}: {}",
            allowance.expires, allowance.file, allowance.line, allowance.reason
        )
    });
    Finding { note: note.or(finding.note), ..finding }
}
