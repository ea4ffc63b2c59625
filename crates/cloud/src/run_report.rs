//! The report of a run, and what it is made of, kept in the bucket of the Region that serves: by the run itself while it is
//! open, and once more when it is over.

use fence::{RegionName, RunId};
use report::{Report, journal_text};
use runbook::{ActionName, Entry, Heading, KeptNote, summary};

use crate::account::Account;
use crate::reach::{Reach, now};
use crate::report_object::Kept;

/// What is not asked for by whoever writes the report of a run from within it.
const NOT_ASKED: [(&str, &str); 2] = [
    ("/alarms", "this was written by the run itself, which has looked at them before"),
    ("/templates", "this was written by the run itself, which does not see templates"),
];

/// The folder of what is kept of a run that is over.
const CLOSED: &str = "closed/";

/// Why the report of a run that is over was not kept as it is now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the report of run {run} as it is now is not stored: {said}")]
pub struct ReportNotKept {
    run: RunId,
    said: String,
}

impl Reach {
    /// Keeps the report of a run that is over, beside what `write-report` has kept while the run was open: the journal has
    /// the digests of that.
    ///
    /// # Errors
    /// When whoever is asked does not answer, or does not take it.
    pub async fn keep_last_report(&self, run: &RunId) -> Result<Vec<KeptNote>, ReportNotKept> {
        let failed = |said: String| ReportNotKept { run: run.clone(), said };
        let account = self.account().await.map_err(|error| failed(error.to_string()))?;
        let entries = self.entries(run).await.map_err(|error| failed(error.to_string()))?;
        let region = region(&entries).ok_or_else(|| failed("its plan keeps none".to_owned()))?;
        self.keep_report((run, CLOSED), region, account, &entries).await.map_err(failed)
    }

    /// Keeps the report of a run as it can be made now, in a folder of the run's.
    pub(crate) async fn keep_report(
        &self,
        (run, folder): (&RunId, &str),
        region: &RegionName,
        account: &Account,
        entries: &[Entry],
    ) -> Result<Vec<KeptNote>, String> {
        let mut known = self.known(entries).await;
        known.why.extend(NOT_ASKED.map(|(what, why)| (what.to_owned(), why.to_owned())));
        let report = Report::of(entries, &known, now(), env!("CARGO_PKG_VERSION"));
        let report = report.ok_or("the journal has no plan")?;
        let files = [
            ("journal.jsonl", "application/jsonl", journal_text(entries)),
            ("report.html", "text/html; charset=utf-8", report.html()),
            ("report.json", "application/json", report.json()),
        ];
        let mut notes = Vec::new();
        for (name, media_type, text) in files {
            let file = Kept { name: format!("{folder}{name}"), media_type, text };
            notes.push(self.store(region, account, run.as_str(), &file, now()).await?);
        }
        Ok(notes)
    }
}

/// Where the run keeps its report.
fn region(entries: &[Entry]) -> Option<&RegionName> {
    let summary = summary(entries)?;
    let heading = match summary.turned_back {
        Some(_) => Heading::Back,
        None => Heading::Forward,
    };
    let mut way = summary.plan.way(heading).iter();
    Some(&way.find(|action| action.name == ActionName::WriteReport)?.region)
}
