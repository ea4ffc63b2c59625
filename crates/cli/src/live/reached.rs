//! Reaching the two Regions that `tideover up` runs.

use std::path::PathBuf;

use fence::RunId;
use local::{Place, Reach};
use tokio::runtime::Builder;

use crate::args::UpFolder;
use crate::failure::with_hint;

/// The folder that is meant.
pub(crate) fn folder(up: &UpFolder) -> PathBuf {
    up.folder.clone().unwrap_or_else(local::usual_folder)
}

/// The two Regions, from outside, to act on a run.
pub(crate) async fn reach(up: &UpFolder, run: &RunId) -> anyhow::Result<Reach> {
    let folder = folder(up);
    let reached = Reach::from(&local::socket_in(&folder), Place::Outside, run).await;
    reached.map_err(|_| {
        with_hint(
            format!("no two Regions run in `{}`", folder.display()),
            "type `tideover up` in another terminal; AWS is not acted on by this version",
        )
    })
}

/// Does something that waits.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// A name for a run that no other has.
pub(crate) fn new_run(kind: runbook::PlanKind) -> RunId {
    let bits = service::Source::system().bits();
    RunId::new(format!("{kind}-{:08x}", bits & 0xffff_ffff))
}

/// The run that was named, or the one that is open.
pub(crate) async fn open_run(up: &UpFolder, named: Option<&String>) -> anyhow::Result<RunId> {
    if let Some(named) = named {
        return Ok(RunId::new(named.clone()));
    }
    let reach = reach(up, &RunId::new("none")).await?;
    let open = reach.status().await?.record.and_then(|record| record.run);
    open.map(RunId::new).ok_or_else(|| {
        with_hint("no run is open", "type `tideover runs` for those that there were")
    })
}
