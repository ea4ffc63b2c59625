//! An old writer comes back after a failover that did not wait for it: what it alone has is read and written down, and
//! then it is rewound to where the new writer took over, and follows it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use stores::PgLedger;
use tokio::time::{sleep, timeout};

use super::admin::{Admin, Who};
use super::cluster::{Audience, Cluster};
use super::configuration::{LEDGER_DATABASE, connection};
use super::error::ClusterError;
use super::programs::run;
use super::server::{LOOK, StopMode};
use super::tail::{Content, Tail, TailRead};
use super::watch::commits;

/// How long the new writer may take to come to its first checkpoint.
const CHECKPOINT_TIME: Duration = Duration::from_secs(10);

/// Whether the new writer's control file names the history that it writes: until its first checkpoint, that is the one
/// of the old writer, with which a rewind would find nothing to do.
const HAS_CHECKPOINT: &str = "SELECT timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int \
    FROM pg_control_checkpoint()";

/// What came of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejoined {
    /// How it got the new writer's data.
    pub how: How,
    /// What it alone had.
    pub tail: TailRead,
    /// How long all of it took.
    pub took: Duration,
}

/// How an old writer gets the new one's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By `pg_rewind`.
    Rewound,
    /// By a copy of everything.
    Rebuilt {
        /// Why it was not rewound.
        why: String,
    },
}

impl Cluster {
    /// Makes an old writer a standby of the new one, which is reached at this address. What it has committed and the new
    /// one has not is read first, and is written to the file `evidence` before anything is given up.
    ///
    /// # Errors
    ///
    /// When the new writer is not reached, the evidence is not written, or the standby does not start. It may be asked
    /// for again.
    pub async fn rejoin(
        &self,
        primary: SocketAddr,
        evidence: &Path,
    ) -> Result<Rejoined, ClusterError> {
        let begun = Instant::now();
        let new = self.content_of(primary).await?;
        // Nothing that it has committed is lost by that, and nobody waits for a standby that no longer is one.
        self.stop(StopMode::Immediate).await;
        let (tail, how) = match self.read_alone(&new).await {
            Ok(tail) => {
                self.write_evidence(evidence, &tail)?;
                (TailRead::Read(tail), self.rewind_or_copy(primary).await?)
            }
            Err(error) => {
                let why = told(&error);
                let kept = self.keep_unread()?;
                self.copy_from(primary).await?;
                let how = How::Rebuilt { why: format!("its own data were not read: {why}") };
                (TailRead::Unread { why, kept }, how)
            }
        };
        self.start_as_standby(primary).await?;
        Ok(Rejoined { how, tail, took: begun.elapsed() })
    }

    /// What is in the ledger of the writer at this address.
    async fn content_of(&self, primary: SocketAddr) -> Result<Content, ClusterError> {
        let ledger = PgLedger::new(&self.settings_at(primary));
        let admin = Admin::over_tcp(primary, Who::Ledger, &self.settings.password).await?;
        content(&ledger.map_err(ClusterError::ledger("opened"))?, &admin).await
    }

    /// What it has and the new writer has not. It is started for that, for us alone.
    async fn read_alone(&self, new: &Content) -> Result<Tail, ClusterError> {
        self.forget_upstream()?;
        self.start_for(Audience::UsLooking).await?;
        let mut settings = self.settings();
        settings.host = self.home.socket().display().to_string();
        let ledger = PgLedger::new(&settings).map_err(ClusterError::ledger("opened"))?;
        let old = content(&ledger, &self.admin(LEDGER_DATABASE).await?).await;
        ledger.close();
        // In order, which a rewind needs.
        self.stop(StopMode::Fast).await;
        Ok(Tail::between(old?, new))
    }

    fn write_evidence(&self, file: &Path, tail: &Tail) -> Result<(), ClusterError> {
        let text = format!("{:#}\n", tail.evidence());
        std::fs::write(file, text).map_err(|error| ClusterError::io("write", file, error))
    }

    async fn rewind_or_copy(&self, primary: SocketAddr) -> Result<How, ClusterError> {
        match self.rewind(primary).await {
            Ok(()) => Ok(How::Rewound),
            Err(error) => {
                self.copy_from(primary).await?;
                Ok(How::Rebuilt { why: told(&error) })
            }
        }
    }

    /// Without waiting for the disk, as everything here: what is in files survives the end of every process.
    async fn rewind(&self, primary: SocketAddr) -> Result<(), ClusterError> {
        let admin = Admin::over_tcp(primary, Who::Replication, &self.settings.password).await?;
        let checkpoint = timeout(CHECKPOINT_TIME, async {
            while !admin.value::<bool>("tell its last checkpoint", HAS_CHECKPOINT).await? {
                sleep(LOOK).await;
            }
            Ok(())
        });
        let late = |_| Err(self.slow("the new writer's first checkpoint", CHECKPOINT_TIME));
        checkpoint.await.unwrap_or_else(late)?;
        let mut command = self.programs.command("pg_rewind");
        command.arg("--no-sync").arg("-D").arg(self.home.data());
        command.arg("--source-server").arg(connection(&self.home, primary));
        run(command).await.map(drop)
    }

    /// Puts data aside that nobody has read: they may be the only place of a payment.
    fn keep_unread(&self) -> Result<PathBuf, ClusterError> {
        self.kill();
        let data = self.home.data();
        let place = (1..).map(|number| data.with_file_name(format!("unread-{number}")));
        let kept = place.into_iter().find(|path| !path.exists()).expect("numbers do not end");
        std::fs::rename(&data, &kept)
            .map_err(|error| ClusterError::io("put aside", &data, error))?;
        Ok(kept)
    }
}

async fn content(ledger: &PgLedger, admin: &Admin) -> Result<Content, ClusterError> {
    let (payments, postings) = ledger.everything().await.map_err(ClusterError::ledger("read"))?;
    Ok(Content { payments, postings, commits: commits(admin).await? })
}

/// An error with its causes, in one line.
fn told(error: &ClusterError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
