//! The disk of a cluster, when it is limited: a small file system of its own, which is full when its limit is set to
//! what is on it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rustix::fs::statvfs;

use super::cluster::Cluster;
use super::error::ClusterError;
use super::programs::run;
use super::user::ServerUser;
use crate::process::{OWN_DISK, unmount};

/// How much the disk of a database holds that can be full, in bytes. It takes as much memory as is on it.
pub const DISK_LIMIT: u64 = 1 << 30;

/// How often a disk is filled on which something is written at the same time.
const FILL_TRIES: u32 = 100;

/// Whether disks can be limited here: only root may mount a file system, and not in every container. It is tried once.
#[must_use]
pub fn disks_can_be_limited() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| rustix::process::geteuid().is_root() && a_disk_can_be_mounted())
}

fn a_disk_can_be_mounted() -> bool {
    let place = std::env::temp_dir().join(format!("tideover-disk-{}", std::process::id()));
    if std::fs::create_dir(&place).is_err() {
        return false;
    }
    let mounted = mount("size=4k", &place).output();
    let is_mounted = mounted.is_ok_and(|output| output.status.success());
    if is_mounted {
        unmount(&place);
    }
    // It is empty, and in nobody's way.
    let _ = std::fs::remove_dir(&place);
    is_mounted
}

fn mount(options: &str, place: &Path) -> Command {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, OWN_DISK]).arg(place);
    command
}

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
        let options = format!("size={bytes},mode=0700,uid={uid},gid={gid}");
        let mounted = run(mount(&options, &self.home.volume())).await;
        mounted.map(drop).map_err(|error| ClusterError::NotPermitted(error.to_string()))
    }

    /// Takes the file system away, with the data.
    pub(super) fn unlimit_disk(&self) {
        if self.settings.disk_limit.is_some() && self.home.has_own_disk() {
            unmount(&self.home.volume());
        }
    }

    /// Whether its disk has a limit, so that it can be full.
    #[must_use]
    pub fn has_limited_disk(&self) -> bool {
        self.settings.disk_limit.is_some()
    }

    /// Fills the disk up to its last byte, by a limit that is what is on it. What PostgreSQL does then is what happens:
    /// transactions fail as soon as their tables need another page, and the server ends itself when it needs a new file
    /// of its log.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoLimit`] when the disk has no limit.
    pub async fn fill_disk(&self) -> Result<(), ClusterError> {
        if self.settings.disk_limit.is_none() {
            return Err(ClusterError::NoLimit);
        }
        let mut filled = Ok(());
        for _ in 0..FILL_TRIES {
            // A limit below what is on it is refused: somebody has written something since.
            filled = self.set_limit(self.bytes_on_disk()?).await;
            if filled.is_ok() {
                break;
            }
        }
        filled
    }

    /// Gives the space back. A server that ended for the lack of it is started as ever.
    ///
    /// # Errors
    ///
    /// Those of `mount`.
    pub async fn free_disk(&self) -> Result<(), ClusterError> {
        match self.settings.disk_limit {
            Some(bytes) => self.set_limit(bytes).await,
            None => Err(ClusterError::NoLimit),
        }
    }

    fn bytes_on_disk(&self) -> Result<u64, ClusterError> {
        let volume: PathBuf = self.home.volume();
        let found = statvfs(&volume);
        let found = found.map_err(|error| ClusterError::io("measure", &volume, error.into()))?;
        Ok((found.f_blocks - found.f_bfree) * found.f_frsize)
    }

    async fn set_limit(&self, bytes: u64) -> Result<(), ClusterError> {
        let mut command = Command::new("mount");
        command.args(["-o", &format!("remount,size={bytes}")]).arg(self.home.volume());
        run(command).await.map(drop)
    }
}
