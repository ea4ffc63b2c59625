//! The directory of a cluster: what is where in it.
//!
//! The configuration lies beside the data, because `pg_rewind` and base backups replace everything among the data by the
//! other server's.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::error::ClusterError;
use super::user::ServerUser;

/// The most signs in the path of a socket's folder: 107 go into the address of a socket on Linux, 103 on macOS, and the
/// name of the socket is to fit as well.
const SOCKET_FOLDER_MAX: usize = 85;

/// The directory of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Home(PathBuf);

impl Home {
    pub(super) fn new(directory: &Path) -> Self {
        Self(directory.to_owned())
    }

    /// What its disk holds, which may have a file system of its own.
    pub(super) fn volume(&self) -> PathBuf {
        self.0.join("volume")
    }

    /// Whether it has.
    pub(super) fn has_own_disk(&self) -> bool {
        let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
        self.volume().exists() && device(&self.volume()) != device(&self.0)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.volume().join("data")
    }

    pub(super) fn standby_signal(&self) -> PathBuf {
        self.data().join("standby.signal")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }

    pub(super) fn configuration(&self) -> PathBuf {
        self.0.join("postgresql.conf")
    }

    /// Whom it follows as a standby.
    pub(super) fn upstream(&self) -> PathBuf {
        self.0.join("upstream.conf")
    }

    pub(super) fn access(&self) -> PathBuf {
        self.0.join("access.conf")
    }

    /// The password that it shows to the other server.
    pub(super) fn passwords(&self) -> PathBuf {
        self.0.join("passwords")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// Makes the folders, for the server's user alone.
    pub(super) fn make(&self, user: ServerUser) -> Result<(), ClusterError> {
        if self.socket().as_os_str().len() > SOCKET_FOLDER_MAX {
            return Err(ClusterError::TooLong(self.socket()));
        }
        for folder in [self.0.clone(), self.socket(), self.volume()] {
            user.make_folder(&folder).map_err(|error| ClusterError::io("make", &folder, error))?;
        }
        match self.0.parent().and_then(|parent| user.barred(parent)) {
            Some(folder) => Err(ClusterError::Barred(folder)),
            None => Ok(()),
        }
    }

    /// Writes a file that only the server's user may read.
    pub(super) fn write(
        &self,
        path: &Path,
        text: &str,
        user: ServerUser,
    ) -> Result<(), ClusterError> {
        let written = || {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(path)?;
            file.write_all(text.as_bytes())?;
            user.give(path)
        };
        written().map_err(|error| ClusterError::io("write", path, error))
    }
}
