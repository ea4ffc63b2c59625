//! The report of a run and its journal, as files in the folder of the Region that serves.

use std::fs;
use std::io;
use std::path::Path;

use drill::Site;
use report::{Report, journal_text};
use runbook::{KeptNote, Notes, Observed, Plan};
use sha2::{Digest as _, Sha256};

use crate::act::perform::{Attempt, again};
use crate::act::reach::{Reach, now};

/// Stores the report as it can be made now. A file is there whole or as it was before.
pub(crate) async fn write_report(reach: &Reach, plan: &Plan, site: Site) -> Attempt {
    let silent = |cause: &dyn ToString| again(&cause.to_string());
    let entries = reach.entries(&plan.run).await.map_err(|error| silent(&error))?;
    let known = reach.known(&entries).await;
    let report = Report::of(&entries, &known, now(), env!("CARGO_PKG_VERSION"));
    let report = report.ok_or_else(|| again("the journal has no plan"))?;
    let folder = reach.ways.runs[site as usize].join(plan.run.as_str());
    let files = [
        ("journal.jsonl", journal_text(&entries)),
        ("report.html", report.html()),
        ("report.json", report.json()),
    ];
    let kept = files.iter().map(|(name, text)| keep(&folder, name, text));
    let kept = kept.collect::<io::Result<Vec<_>>>().map_err(|error| silent(&error))?;
    Ok(Observed::Noted(Notes { kept, ..Notes::default() }))
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
