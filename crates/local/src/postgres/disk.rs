//! The disk of a cluster, when it is limited: a small file system of its own, and a file that fills it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::process::Command;

use super::cluster::Cluster;
use super::error::ClusterError;
use super::files::remove_file;
use super::leftovers::unmount;
use super::programs::run;
use super::user::ServerUser;

impl Cluster {
    /// Gives the data a file system of their own, unless they have it.
    pub(super) async fn limit_disk(&self) -> Result<(), ClusterError> {
        let Some(bytes) = self.settings.disk_limit else { return Ok(()) };
        let ServerUser::Other { uid, gid } = self.programs.user else {
            return Err(ClusterError::NotPermitted("only root may do that".to_owned()));
        };
        if self.home.has_own_disk() {
            return Ok(());
        }
        let mut mount = Command::new("mount");
        let options = format!("size={bytes},mode=0700,uid={uid},gid={gid}");
        mount.args(["-t", "tmpfs", "-o", &options, "tideover"]).arg(self.home.volume());
        run(mount).await.map(drop).map_err(|error| ClusterError::NotPermitted(error.to_string()))
    }

    /// Takes the file system away, with the data.
    pub(super) fn unlimit_disk(&self) {
        if self.settings.disk_limit.is_some() && self.home.has_own_disk() {
            unmount(&self.home);
        }
    }

    /// Fills the disk up to its last byte. What PostgreSQL does then is what happens: transactions fail as soon as their
    /// tables need another page, and the server ends itself when it needs a new file of its log.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoLimit`] when the disk has no limit.
    pub fn fill_disk(&self) -> Result<(), ClusterError> {
        if self.settings.disk_limit.is_none() {
            return Err(ClusterError::NoLimit);
        }
        let path = self.home.filler();
        let failed = |error| ClusterError::io("fill the disk with", &path, error);
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        let mut file = opened.map_err(failed)?;
        // What does not fit as a whole may fit in small pieces.
        for size in [1 << 20, 1 << 12] {
            let piece = vec![0; size];
            loop {
                match file.write_all(&piece) {
                    Ok(()) => {}
                    Err(full) if full.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(failed(error)),
                }
            }
        }
        Ok(())
    }

    /// Gives the space back. A server that ended for the lack of it is started as ever.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn free_disk(&self) -> Result<(), ClusterError> {
        remove_file(&self.home.filler())
    }
}
