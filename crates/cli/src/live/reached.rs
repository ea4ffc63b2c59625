//! Reaching the two Regions that `tideover up` runs.

use std::path::PathBuf;

use fence::RunId;
use local::{Place, Reach, Unreachable};
use tokio::runtime::Builder;

use crate::args::UpFolder;
use crate::failure::with_hint;

/// The folder that is meant.
pub(crate) fn folder(up: &UpFolder) -> PathBuf {
    let folder = up.folder.clone().unwrap_or_else(local::usual_folder);
    // PostgreSQL's programs run elsewhere.
    std::path::absolute(&folder).unwrap_or(folder)
}

/// The two Regions, from outside.
pub(crate) async fn reach(up: &UpFolder) -> anyhow::Result<Reach> {
    let folder = folder(up);
    // People carry no run on: they order, and runners do.
    let none = RunId::new("none");
    let reached = Reach::from(&local::socket_in(&folder), Place::Outside, &none).await;
    reached.map_err(|error| match error {
        Unreachable::Supervisor => with_hint(
            format!("no two Regions run in `{}`", folder.display()),
            "type `tideover up` in another terminal, or say `--on aws`",
        ),
        other => other.into(),
    })
}

/// Does something that waits.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    Builder::new_current_thread().enable_all().build()?.block_on(work)
}
