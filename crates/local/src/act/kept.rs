//! The report of a run and its journal, as files in the folder of the Region that serves.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use drill::Site;
use fence::RunId;
use report::{Report, journal_text};
use runbook::{Entry, KeptNote, Notes, Observed, Plan};
use sha2::{Digest as _, Sha256};

use crate::act::perform::{Attempt, again};
use crate::act::reach::{Reach, now};

/// Stores the report as it can be made now. A file is there whole or as it was before.
pub(crate) async fn write_report(reach: &Reach, plan: &Plan, site: Site) -> Attempt {
    let entries = reach.entries(&plan.run).await.map_err(|error| again(&error.to_string()))?;
    let kept = keep_report(reach, &folder(reach, &plan.run, site), &entries).await;
    let kept = kept.map_err(|error| again(&error.to_string()))?;
    Ok(Observed::Noted(Notes { kept, ..Notes::default() }))
}

/// Stores the report of a run that is over, beside what was stored while the run was open: the journal has the digests of
/// that.
pub(crate) async fn keep_last_report(reach: &Reach, run: &RunId) -> io::Result<()> {
    let entries = reach.entries(run).await.map_err(io::Error::other)?;
    let folders = Site::ALL.map(|site| folder(reach, run, site));
    for had in folders.iter().filter(|folder| folder.is_dir()) {
        keep_report(reach, &had.join("closed"), &entries).await?;
    }
    Ok(())
}

/// What is kept of a run in a Region.
fn folder(reach: &Reach, run: &RunId, site: Site) -> PathBuf {
    reach.ways.runs[site as usize].join(run.as_str())
}

async fn keep_report(reach: &Reach, folder: &Path, entries: &[Entry]) -> io::Result<Vec<KeptNote>> {
    let known = reach.known(entries).await;
    let report = Report::of(entries, &known, now(), env!("CARGO_PKG_VERSION"));
    let report = report.ok_or_else(|| io::Error::other("the journal has no plan"))?;
    let files = [
        ("journal.jsonl", journal_text(entries)),
        ("report.html", report.html()),
        ("report.json", report.json()),
    ];
    files.iter().map(|(name, text)| keep(folder, name, text)).collect()
}

fn keep(folder: &Path, name: &str, text: &str) -> io::Result<KeptNote> {
    let (place, aside) = (folder.join(name), folder.join(format!("{name}.new")));
    fs::create_dir_all(folder)?;
    fs::write(&aside, text)?;
    fs::rename(&aside, &place)?;
    let digest = Sha256::digest(text);
    Ok(KeptNote {
        place: place.display().to_string(),
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        locked_until: None,
    })
}
