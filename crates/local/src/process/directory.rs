//! The directory of one world, which one supervisor has at a time.
//!
//! The claim is a lock of the operating system on a file in it, held by the supervisor and by its warden: when both are
//! gone it is free, so that it cannot be stale. Beside it stands who has it, for whoever comes second.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use payments::{Time, rfc3339};
use serde::{Deserialize, Serialize};

use crate::process::table::Identity;
use crate::process::warden::{Ended, end_leftovers};

/// The file that is locked. It stays: a lock on a file that somebody removed meanwhile would be none.
const LOCK: &str = "claim.lock";
/// Who has the lock.
const CLAIM: &str = "claim.json";
/// Where whoever has it can be asked.
const SOCKET: &str = "control.socket";

/// How long the warden of a supervisor that has died may take to end everything.
const WARDEN_TIME_MAX: Duration = Duration::from_secs(5);
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// Why a directory cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Claimed {
    /// Another supervisor has it.
    #[error("`{}` is in use by process {pid} since {}", directory.display(), rfc3339(*since))]
    By {
        /// The directory.
        directory: PathBuf,
        /// The process.
        pid: u32,
        /// When it claimed it.
        since: Time,
        /// Where it can be asked.
        socket: PathBuf,
    },
    /// Somebody has it who has not said yet who that is, or cannot end.
    #[error("`{}` is in use; try again in a moment, or choose another directory", .0.display())]
    BySomebody(PathBuf),
    /// Somebody else owns it, who could put into it what they like.
    #[error("`{}` is not yours; choose another directory", .0.display())]
    NotOurs(PathBuf),
    /// The directory cannot be written.
    #[error("cannot use the directory `{}`", directory.display())]
    Unusable {
        /// The directory.
        directory: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// A directory that this process has to itself.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    lock: File,
    is_known: bool,
    leftovers: Vec<Ended>,
}

/// What the file beside the lock says.
#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    pid: u32,
    /// So that another process with the same id is not taken for it.
    started: Option<u64>,
    since_ms: u64,
    socket: PathBuf,
}

impl Directory {
    /// Claims it; it is made when it is not there. What runs there still, of a supervisor that is gone with its warden,
    /// is ended; files stay, except the socket of whoever had it.
    ///
    /// # Errors
    /// When another has it, or when it cannot be written.
    pub fn claim(path: &Path) -> Result<Self, Claimed> {
        let unusable = |source| Claimed::Unusable { directory: path.to_owned(), source };
        make_passable(path).map_err(unusable)?;
        let path = fs::canonicalize(path).map_err(unusable)?;
        is_ours(&path)?;
        let is_known = path.join(LOCK).exists();
        let lock = locked(&path)?;
        let leftovers = end_leftovers(&path);
        let directory = Self { path, lock, is_known, leftovers };
        let _ = fs::remove_file(directory.socket());
        directory.say_who().map_err(unusable)?;
        Ok(directory)
    }

    /// Where it is, without links in it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a supervisor had it before.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// Where this process is to listen for whoever comes second.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket_in(&self.path)
    }

    /// What ran there when it was claimed, and was ended.
    #[must_use]
    pub fn leftovers(&self) -> &[Ended] {
        &self.leftovers
    }

    /// Where the supervisor that has this directory now can be asked; nothing when nobody has it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn socket_of(path: &Path) -> Result<Option<PathBuf>, Claimed> {
        match File::open(path.join(LOCK)) {
            Ok(lock) => match lock.try_lock_shared() {
                Ok(()) => Ok(None),
                Err(_) => Ok(read(path).map(|claim| claim.socket)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Claimed::Unusable { directory: path.to_owned(), source }),
        }
    }

    /// The lock once more, for a process that is to hold it as long as this one or longer.
    pub(crate) fn lock(&self) -> io::Result<File> {
        self.lock.try_clone()
    }

    fn say_who(&self) -> io::Result<()> {
        let pid = std::process::id();
        let started = Identity::of(pid).and_then(|process| process.started);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let claim = Claim { pid, started, since_ms, socket: self.socket() };
        let (aside, place) = (self.path.join("claim.json.new"), self.path.join(CLAIM));
        fs::write(&aside, serde_json::to_vec(&claim)?)?;
        fs::rename(aside, place)
    }
}

impl Drop for Directory {
    /// The warden, if there is one, holds the lock for a moment longer.
    fn drop(&mut self) {
        remove_claim(&self.path);
    }
}

/// The socket at which the supervisor of this directory is asked.
#[must_use]
pub fn socket_in(directory: &Path) -> PathBuf {
    directory.join(SOCKET)
}

/// Makes a folder, where there is none, that everybody passes through who knows the way, and nobody else looks into: the
/// user of PostgreSQL goes through it to what is its own.
pub(crate) fn make_passable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o711))
}

fn is_ours(path: &Path) -> Result<(), Claimed> {
    let found = fs::metadata(path);
    let found = found.map_err(|source| Claimed::Unusable { directory: path.to_owned(), source })?;
    let is_ours = found.uid() == rustix::process::geteuid().as_raw();
    is_ours.then_some(()).ok_or_else(|| Claimed::NotOurs(path.to_owned()))
}

/// Nobody has the directory any more, whatever ran there.
pub(crate) fn remove_claim(directory: &Path) {
    for name in [CLAIM, SOCKET] {
        let _ = fs::remove_file(directory.join(name));
    }
}

/// The lock, which the warden of somebody who has died may hold for a while.
fn locked(path: &Path) -> Result<File, Claimed> {
    let unusable = |source| Claimed::Unusable { directory: path.to_owned(), source };
    let lock = OpenOptions::new().create(true).append(true).open(path.join(LOCK));
    let lock = lock.map_err(unusable)?;
    let mut left = WARDEN_TIME_MAX;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
            Err(TryLockError::WouldBlock) => {}
        }
        match read(path).filter(Claim::runs) {
            Some(claim) => return Err(claim.into_fault(path)),
            None if left.is_zero() => return Err(Claimed::BySomebody(path.to_owned())),
            None => sleep(LOOK_INTERVAL),
        }
        left = left.saturating_sub(LOOK_INTERVAL);
    }
}

fn read(path: &Path) -> Option<Claim> {
    serde_json::from_slice(&fs::read(path.join(CLAIM)).ok()?).ok()
}

impl Claim {
    fn runs(&self) -> bool {
        Identity::of(self.pid).is_some_and(|process| process.started == self.started)
    }

    fn into_fault(self, path: &Path) -> Claimed {
        let (directory, since) = (path.to_owned(), Time::from_ms(self.since_ms));
        Claimed::By { directory, pid: self.pid, since, socket: self.socket }
    }
}
