//! Where the journal of a run is read, and what else is known there: one function for each place.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use fence::Millis;
use report::{Known, Probe, has_asked_dns, journal};
use runbook::Entry;

use crate::args::ReportArgs;
use crate::failure::WrongInput;
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::find;
use crate::serve::clock;

/// What a place tells of a run.
pub(super) struct Told {
    pub(super) entries: Vec<Entry>,
    pub(super) known: Known,
    /// Whether the run is one in AWS, where templates are deployed.
    pub(super) is_in_aws: bool,
}

/// What there is of the run that is meant.
pub(super) fn told(args: &ReportArgs) -> anyhow::Result<Told> {
    match (&args.journal, &args.run) {
        (Some(file), _) => kept(file),
        (None, Some(run)) => block_on(asked(args, run)),
        (None, None) => unreachable!("the command line asks for one of them"),
    }
}

/// A journal that was kept: nothing else is known.
fn kept(file: &Path) -> anyhow::Result<Told> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let entries = journal(&text).map_err(|fault| WrongInput {
        faults: format!("{name}: {fault}"),
        hint: Some("a journal has one entry on each line, from the plan on"),
    })?;
    Ok(Told { entries, known: Known::default(), is_in_aws: false })
}

/// A run on the two Regions that are meant.
async fn asked(args: &ReportArgs, run: &str) -> anyhow::Result<Told> {
    let reach = on(&args.on, &args.input, None).await?;
    let entries = find(&reach, run).await?.entries;
    let known = match &reach {
        On::Here(reach) => on_this_machine(reach, &entries).await,
        On::Aws(reach) => in_aws(reach, &entries).await,
    };
    Ok(Told { entries, known, is_in_aws: matches!(reach, On::Aws(_)) })
}

/// Here DNS says where it leads now, where the run has not asked it.
async fn on_this_machine(reach: &local::Reach, entries: &[Entry]) -> Known {
    let mut known = reach.known(entries).await;
    if has_asked_dns(entries) {
        return known;
    }
    let (name, answer) = reach.look_up().await;
    known.dns.after = Some(vec![Probe {
        at: Millis(clock().as_ms()).0,
        asked: "the authoritative server, when the report was made".to_owned(),
        name,
        answer,
    }]);
    known
}

/// In AWS alarms are asked how they stand now, besides what the control table and the ledger say.
async fn in_aws(reach: &cloud::Reach, entries: &[Entry]) -> Known {
    let mut known = reach.known(entries).await;
    reach.alarms_now(&mut known).await;
    reach.dns_now(entries, &mut known).await;
    known
}
