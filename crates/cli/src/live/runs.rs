//! The runs that there are, and which of them is meant.

use std::collections::BTreeSet;

use anyhow::Context as _;
use fence::{Millis, RunId};
use runbook::{Entry, Event, Next, PlanKind, next};
use service::Source;

use crate::failure::with_hint;
use crate::live::on::On;
use crate::serve::clock;

/// A run with its journal.
pub(crate) struct Known {
    pub(crate) run: RunId,
    pub(crate) entries: Vec<Entry>,
}

impl Known {
    /// What is due in it.
    pub(crate) fn next(&self) -> Next<'_> {
        next(&self.entries, Millis(clock().as_ms()))
    }

    /// What a person may leave out of it, by name.
    pub(crate) fn skippable(&self) -> String {
        let plan = self.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Planned { plan, .. } => Some(plan),
            _ => None,
        });
        let actions = plan.into_iter().flat_map(|plan| plan.actions.iter().chain(&plan.way_back));
        let names = actions.filter(|action| action.is_skippable).map(|action| action.name.as_str());
        names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.next(), Next::Finished | Next::TurnedBack | Next::Superseded)
    }
}

/// A name for a run that no other has.
pub(crate) fn new_run(kind: PlanKind) -> RunId {
    RunId::new(format!("{kind}-{:08x}", Source::system().bits() & 0xffff_ffff))
}

/// The run of this name.
pub(crate) async fn find(reach: &On, run: &str) -> anyhow::Result<Known> {
    let run = RunId::new(run);
    let entries = reach.entries(&run).await.context("the journal is not read")?;
    if entries.is_empty() {
        let text = format!("there is no run `{run}`");
        return Err(with_hint(text, "type `tideover runs` for those that there are"));
    }
    Ok(Known { run, entries })
}

/// The run that was named, or the only one that is not over.
pub(crate) async fn meant(reach: &On, named: Option<&String>) -> anyhow::Result<Known> {
    if let Some(named) = named {
        return find(reach, named).await;
    }
    let mut open = Vec::new();
    for run in reach.runs().await? {
        let known = find(reach, run.as_str()).await?;
        if !known.is_over() {
            open.push(known);
        }
    }
    match open.len() {
        1 => Ok(open.remove(0)),
        0 => Err(with_hint("no run is open", "type `tideover runs` for those that there were")),
        _ => {
            let names: Vec<&str> = open.iter().map(|known| known.run.as_str()).collect();
            let text = format!("several runs are not over: {}", names.join(", "));
            Err(with_hint(text, "name the one that you mean"))
        }
    }
}
