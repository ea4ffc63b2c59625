//! `tideover report`: a run as evidence, printed, or written in every form and signed.

mod keys;
mod sources;
mod templates;

use std::fs;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::path::Path;

use anyhow::Context as _;
use fence::Millis;
use report::{Known, Objectives, Report, journal_text};
use runbook::Entry;
use topology::Topology;

use crate::args::{FILE, Paper, ReportArgs, Signer};
use crate::failure::WrongInput;
use crate::live::reached::block_on;
use crate::serve::clock;
use crate::{input, whole_file};

pub(crate) fn report(args: &ReportArgs) -> anyhow::Result<()> {
    if let Some(file) = &args.new_key {
        return keys::make(file);
    }
    if let (Some(file), Some(public_key)) = (&args.verify, &args.public_key) {
        return keys::check(file, args.signature.as_deref(), public_key);
    }
    let told = sources::told(args)?;
    let known = known(args, told.known, told.is_in_aws)?;
    let at = Millis(clock().as_ms());
    let report = Report::of(&told.entries, &known, at, env!("CARGO_PKG_VERSION"));
    let report = report.context("the journal has no plan")?;
    match &args.out {
        Some(folder) => write_all(folder, &report, &told.entries, args.key.as_ref()),
        None => Ok(stdout().lock().write_all(paper(&report, args.output).as_bytes())?),
    }
}

fn paper(report: &Report, form: Paper) -> String {
    match form {
        Paper::Text => report.text(),
        Paper::Json => report.json(),
        Paper::Markdown => report.markdown(),
        Paper::Html => report.html(),
    }
}

/// What is known of the run's source, besides what the file with more of it says, which counts before it.
fn known(args: &ReportArgs, of_source: Known, is_in_aws: bool) -> anyhow::Result<Known> {
    let mut known = match &args.known {
        Some(file) => read_known(file)?,
        None => Known::default(),
    };
    known.movements = known.movements.or(of_source.movements);
    known.calls = known.calls.or(of_source.calls);
    known.alarms = known.alarms.or(of_source.alarms);
    known.dns.before = known.dns.before.or(of_source.dns.before);
    known.dns.after = known.dns.after.or(of_source.dns.after);
    known.home = known.home.or(of_source.home);
    if let Some(topology) = topology(args)? {
        known.objectives = known.objectives.or_else(|| Some(objectives(&topology)));
        known.home = known.home.or_else(|| Some(stacks::homes(&topology).primary.to_string()));
    }
    if let Some(folder) = &args.assembly {
        let mut templates = templates::templates(folder)?;
        if is_in_aws {
            block_on(templates::look_in_aws(folder, &mut templates))?;
        }
        known.templates = Some(templates);
    }
    for (what, why) in of_source.why {
        known.why.entry(what).or_insert(why);
    }
    Ok(known)
}

fn read_known(file: &Path) -> anyhow::Result<Known> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let known = serde_json::from_str(&text);
    Ok(known.map_err(|fault| WrongInput::new(format!("{name}: {fault}")))?)
}

/// The file that was named, or the one that is here.
fn topology(args: &ReportArgs) -> anyhow::Result<Option<Topology>> {
    let file = &args.input.file;
    if file == Path::new(FILE) && !file.is_file() {
        return Ok(None);
    }
    input::topology(&args.input).map(Some)
}

fn objectives(topology: &Topology) -> Objectives {
    let ms = |seconds: u32| u64::from(seconds) * 1_000;
    let promised = &topology.objectives;
    Objectives { rto_ms: ms(promised.rto_seconds), rpo_ms: ms(promised.rpo_seconds) }
}

/// Writes every form, the journal that the report was made from, and with a key the signature.
fn write_all(
    folder: &Path,
    report: &Report,
    entries: &[Entry],
    key: Option<&Signer>,
) -> anyhow::Result<()> {
    let json = report.json();
    let signed = key.map(|key| keys::signed(key, json.as_bytes())).transpose()?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let mut files = vec![
        ("journal.jsonl", journal_text(entries).into_bytes()),
        ("report.md", report.markdown().into_bytes()),
        ("report.html", report.html().into_bytes()),
    ];
    files.extend(signed.into_iter().flatten());
    // What is signed comes last: whoever finds it finds the rest.
    files.push(("report.json", json.into_bytes()));
    // What an earlier report was signed by would be taken for this one's signature.
    for name in keys::FILES {
        remove(&folder.join(name))?;
    }
    for (name, bytes) in &files {
        whole_file::replace(&folder.join(name), bytes)?;
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    writeln!(stderr().lock(), "wrote {} to `{}`", names.join(", "), folder.display())?;
    Ok(())
}

fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", file.display()))
        }
        _ => Ok(()),
    }
}
