//! `tideover up` in a folder of a test's own, and the commands that act on it.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::alone::Alone;
use super::processes::{processes_in, signal, until};
use crate::place::{Outcome, Place};

/// A folder that the user of PostgreSQL can pass through.
pub(super) fn folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("tideover-test-")
        .permissions(Permissions::from_mode(0o711))
        .tempdir()
        .expect("a temporary directory can be made")
}

/// Both Regions; they end with this at the latest.
pub(super) struct TwoRegions {
    place: Place,
    folder: PathBuf,
    supervisor: Child,
    _alone: Alone,
}

impl TwoRegions {
    /// Brings them up in this folder, and waits until the primary takes payments.
    pub(super) fn up(folder: &Path) -> Self {
        Self::up_with(folder, &[])
    }

    /// The same with more words behind `up`.
    pub(super) fn up_with(folder: &Path, more: &[&str]) -> Self {
        let alone = Alone::wait();
        let supervisor = Command::new(env!("CARGO_BIN_EXE_tideover"))
            .args(["up", "--rate", "10"])
            .args(more)
            .arg("--folder")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program can be started");
        let (place, folder) = (Place::new(), folder.to_owned());
        let mut regions = Self { place, folder, supervisor, _alone: alone };
        until("both Regions run", || {
            let ended = regions.supervisor.try_wait().expect("it can be waited for");
            assert_eq!(ended, None, "{}", regions.tideover("up"));
            (regions.status()["regions"][0]["readiness"] == "ready").then_some(())
        });
        regions
    }

    pub(super) fn supervisor(&self) -> u32 {
        self.supervisor.id()
    }

    /// A command about them; words are separated by spaces, and nobody types anything.
    pub(super) fn tideover(&self, words: &str) -> Outcome {
        let folder = self.folder.display().to_string();
        self.place.tideover(words).env("TIDEOVER_UP", &folder).outcome()
    }

    /// A command about them that goes on beside the test.
    pub(super) fn begin(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tideover"));
        command.args(words.split_whitespace()).current_dir(self.place.path(""));
        command.env("TIDEOVER_UP", &self.folder).stdin(Stdio::null());
        command
    }

    /// What a command says that is refused so.
    #[track_caller]
    pub(super) fn refused(&self, words: &str, exit_code: i32) -> String {
        let outcome = self.tideover(words);
        assert_eq!(outcome.exit_code, Some(exit_code), "{words}: {outcome}");
        outcome.stderr
    }

    /// What a command prints that succeeds.
    #[track_caller]
    pub(super) fn done(&self, words: &str) -> String {
        let outcome = self.tideover(words);
        assert_eq!(outcome.exit_code, Some(0), "{words}: {outcome}");
        outcome.stdout
    }

    /// How everything is; null when nobody answers.
    pub(super) fn status(&self) -> Value {
        serde_json::from_str(&self.tideover("status --output json").stdout).unwrap_or_default()
    }

    /// Waits until a Region is active under an epoch, and no run is open if none is to be.
    #[track_caller]
    pub(super) fn until_active(&self, region: &str, epoch: u64, run: Option<&str>) {
        until(&format!("{region} is active under epoch {epoch} with run {run:?}"), || {
            let record = &self.status()["record"];
            let is_so = record["active"] == region && record["epoch"] == epoch;
            (is_so && record["run"].as_str() == run).then_some(())
        });
    }

    /// Where the service of a Region answers.
    pub(super) fn service(&self, region: usize) -> SocketAddr {
        let status = self.status();
        let url = status["regions"][region]["service"].as_str().expect("it is told");
        url.strip_prefix("http://").and_then(|address| address.parse().ok()).expect("an address")
    }

    /// What runs in their folder.
    pub(super) fn processes(&self) -> Vec<String> {
        processes_in(&self.folder)
    }

    /// Sends the supervisor a signal, and waits for its end.
    pub(super) fn end(&mut self, name: &str) -> ExitStatus {
        signal(self.supervisor.id(), name);
        self.supervisor.wait().expect("it can be waited for")
    }

    /// Waits until nothing of them runs.
    pub(super) fn until_nothing_runs(&self) {
        until("nothing runs any more", || self.processes().is_empty().then_some(()));
    }
}

impl Drop for TwoRegions {
    fn drop(&mut self) {
        let _ = self.supervisor.kill();
        let _ = self.supervisor.wait();
        if !std::thread::panicking() {
            self.until_nothing_runs();
        }
    }
}
