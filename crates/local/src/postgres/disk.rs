//! The disk of a cluster, when it is limited: a small file system of its own, and a file that fills it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::process::Command;

use super::cluster::Cluster;
use super::error::ClusterError;
use super::files::remove_file;
use super::programs::run;
use super::user::ServerUser;

impl Cluster {
    /// Gives the data a file system of their own, unless they have it.
    pub(super) async fn limit_disk(&self) -> Result<(), ClusterError> {
        let Some(bytes) = self.settings.disk_limit else { return Ok(()) };
        let ServerUser::Other { uid, gid } = self.programs.user else {
            return Err(ClusterError::NotPermitted("only root may do that".to_owned()));
        };
        if self.has_own_disk() {
            return Ok(());
        }
        let mut mount = Command::new("mount");
        let options = format!("size={bytes},mode=0700,uid={uid},gid={gid}");
        mount.args(["-t", "tmpfs", "-o", &options, "tideover"]).arg(self.home.volume());
        run(mount).await.map(drop).map_err(|error| ClusterError::NotPermitted(error.to_string()))
    }

    /// Takes the file system away, with the data.
    pub(super) fn unlimit_disk(&self) {
        if self.settings.disk_limit.is_some() && self.has_own_disk() {
            // Nothing of the server is left, and whoever looks at the data now loses sight of them.
            let _ = Command::new("umount").arg("-l").arg(self.home.volume()).output();
        }
    }

    /// Whether the data are on another device than what is around them.
    fn has_own_disk(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let device = |path: &std::path::Path| path.metadata().map(|found| found.dev()).ok();
        device(&self.home.volume()) != device(&self.settings.directory)
    }

    /// Fills the disk up to its last byte. What PostgreSQL does then is what happens: it goes on until it needs a new
    /// file of its log, and then ends itself.
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
