//! Where live drills are played, and what is kept of them.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use drill::Site;

/// What the folder of a Region's database keeps beside its data.
const LOG: &str = "log";

/// How the folders begin of data that could not be read.
const UNREAD: &str = "unread-";

/// The folder of all drills of one command.
pub(super) struct Folder {
    path: PathBuf,
    keeps_all: bool,
    has_kept: Cell<bool>,
}

impl Folder {
    /// The one that was named, or a new one that is gone in the end if there is nothing to keep in it.
    pub(super) fn make(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = match named {
            Some(named) => named.to_owned(),
            None => {
                let bits = service::Source::system().bits() & 0xffff_ffff;
                std::env::temp_dir().join(format!("tideover-drill-{bits:08x}"))
            }
        };
        fs::create_dir_all(&path).with_context(|| format!("cannot make `{}`", path.display()))?;
        let path = path.canonicalize()?;
        Ok(Self { path, keeps_all: named.is_some(), has_kept: Cell::new(false) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where one drill is played.
    pub(super) fn of_drill(&self, scenario: &str, seed: u64) -> PathBuf {
        self.path.join(format!("{scenario}-{seed}"))
    }

    /// Keeps of a drill what tells of it, if anybody wants that; never the data of its databases.
    pub(super) fn sort(&self, drill: &Path, is_whole: bool) -> anyhow::Result<()> {
        if is_whole && !self.keeps_all {
            return remove(drill);
        }
        self.has_kept.set(true);
        for site in Site::ALL {
            let region = drill.join(site.role());
            let database = region.join("pg");
            let log = database.join(LOG);
            if log.exists() {
                fs::rename(log, region.join("postgresql.log"))?;
            }
            move_unread(&database, &region)?;
            remove(&database)?;
        }
        Ok(())
    }

    /// What is left of all drills; none when nothing is.
    pub(super) fn close(&self) -> Option<PathBuf> {
        let _ = remove(&self.path.join("template"));
        if self.keeps_all || self.has_kept.get() {
            return Some(self.path.clone());
        }
        let _ = remove(&self.path);
        None
    }
}

/// What a writer that was replaced had, and nobody could read, is all that there is of it.
fn move_unread(database: &Path, region: &Path) -> anyhow::Result<()> {
    let Ok(entries) = fs::read_dir(database) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNREAD) {
            fs::rename(entry.path(), region.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}
