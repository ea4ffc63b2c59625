//! An old writer comes back after a failover that did not wait for it: what it alone has is read and written down, and
//! then it is rewound to where the new writer took over, and follows it.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
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
        let _turn = self.turn.lock().await;
        let earlier = self.unfinished();
        let is_first = earlier.is_none();
        let tail = match earlier {
            Some(tail) => tail,
            None => self.find_tail(primary).await?,
        };
        let text = format!("{:#}\n", tail.evidence());
        write_whole(evidence, &text).map_err(|error| ClusterError::io("write", evidence, error))?;
        let how = if is_first {
            self.take_data(&tail, primary).await?
        } else {
            self.copy_from(primary).await?;
            How::Rebuilt { why: "an earlier return was not finished".to_owned() }
        };
        self.begin_as_standby(primary).await?;
        Ok(Rejoined { how, tail, took: begun.elapsed() })
    }

    /// Reads the tail. From then on the server does not start but by another return.
    async fn find_tail(&self, primary: SocketAddr) -> Result<TailRead, ClusterError> {
        let new = self.content_of(primary).await?;
        // Nothing that it has committed is lost by that, and nobody waits for a standby that no longer is one.
        self.stop(StopMode::Immediate).await;
        let tail = match self.read_tail(&new).await {
            Ok(tail) => TailRead::Read(tail),
            Err(error) => TailRead::Unread { why: told(&error), kept: self.keep_unread()? },
        };
        self.set_unfinished(Some(tail.clone()));
        Ok(tail)
    }

    async fn take_data(&self, tail: &TailRead, primary: SocketAddr) -> Result<How, ClusterError> {
        let why = match tail {
            TailRead::Unread { why, .. } => format!("its own data were not read: {why}"),
            TailRead::Read(_) => match self.rewind(primary).await {
                Ok(()) => return Ok(How::Rewound),
                Err(error) => told(&error),
            },
        };
        self.copy_from(primary).await?;
        Ok(How::Rebuilt { why })
    }

    /// What is in the ledger of the writer at this address.
    async fn content_of(&self, primary: SocketAddr) -> Result<Content, ClusterError> {
        let ledger = PgLedger::new(&self.settings_at(primary));
        let admin = Admin::over_tcp(primary, Who::Ledger, &self.settings.password).await?;
        content(&ledger.map_err(ClusterError::ledger("opened"))?, &admin).await
    }

    /// What it has and the new writer has not; at the second try when the server is ended by others at the first.
    async fn read_tail(&self, new: &Content) -> Result<Tail, ClusterError> {
        if let Ok(tail) = self.read_alone(new).await {
            return Ok(tail);
        }
        self.kill();
        self.read_alone(new).await
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
        Ok(Tail::between(&old?, new))
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

/// Written aside, so that what is there is whole; only we may read it.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(aside, path)
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
