//! Changes of roles: a standby becomes the writer, a writer hands over, and whoever is not the writer follows.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::cluster::Cluster;
use super::configuration::{LEDGER_DATABASE, SLOT, connection, upstream};
use super::control::last_checkpoint;
use super::error::ClusterError;
use super::files::{remove, remove_file};
use super::programs::run;
use super::replication::{Lsn, Role, position};
use super::server::StopMode;

/// How long a promotion may take.
const PROMOTION_TIME: Duration = Duration::from_secs(30);

/// From one look at a promotion to the next.
const PROMOTION_LOOK: Duration = Duration::from_millis(2);

/// How often a server is asked to keep the log for its follower.
const SLOT_TRIES: u32 = 10;
/// The pause between two tries.
const SLOT_PAUSE: Duration = Duration::from_millis(50);

/// A writer keeps the log for its follower; a standby has none, and would keep the log for nobody.
const KEEP_SLOT: &str = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots \
    WHERE slot_name = 'follower' AND pg_is_in_recovery() AND NOT active; \
    SELECT pg_create_physical_replication_slot('follower', true) WHERE NOT pg_is_in_recovery() \
    AND NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'follower')";

impl Cluster {
    /// Makes it a standby of the server at this address, by a copy of all of that one's data in place of its own.
    ///
    /// # Errors
    ///
    /// Those of `pg_basebackup` and of the start.
    pub async fn follow(&self, primary: SocketAddr) -> Result<(), ClusterError> {
        let _turn = self.turn.lock().await;
        self.prepare().await?;
        self.copy_from(primary).await?;
        self.begin_as_standby(primary).await
    }

    pub(super) async fn copy_from(&self, primary: SocketAddr) -> Result<(), ClusterError> {
        self.stop(StopMode::Immediate).await;
        remove(&self.home.data())?;
        self.write_upstream(primary)?;
        let mut command = self.programs.command("pg_basebackup");
        command.args(["-w", "-X", "stream", "-c", "fast", "--no-sync"]);
        command.arg("-d").arg(connection(&self.home, primary)).arg("-D").arg(self.home.data());
        run(command).await.map(drop)
    }

    /// Starts it as a standby of the server at this address, with the data that it has: those of a copy of the same
    /// template, of a standby, or of a writer that has handed over to that server.
    ///
    /// # Errors
    ///
    /// Those of the start.
    pub async fn start_as_standby(&self, primary: SocketAddr) -> Result<(), ClusterError> {
        let _turn = self.turn.lock().await;
        match self.unfinished() {
            Some(_) => Err(ClusterError::Unfinished),
            None => self.begin_as_standby(primary).await,
        }
    }

    pub(super) async fn begin_as_standby(&self, primary: SocketAddr) -> Result<(), ClusterError> {
        self.stop(StopMode::Fast).await;
        self.write_upstream(primary)?;
        self.home.write(&self.home.standby_signal(), "", self.programs.user)?;
        self.start_as_it_is().await?;
        self.set_unfinished(None);
        Ok(())
    }

    fn write_upstream(&self, primary: SocketAddr) -> Result<(), ClusterError> {
        let text = upstream(&self.home, primary);
        self.home.write(&self.home.upstream(), &text, self.programs.user)?;
        self.configure()
    }

    /// Makes a standby the writer, with all of the log that it has; of a writer, nothing is changed.
    ///
    /// Returns where in the log it was the writer.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Slow`] when it takes more than thirty seconds; it may still come about.
    pub async fn promote(&self) -> Result<Lsn, ClusterError> {
        let _turn = self.turn.lock().await;
        let promoted = timeout(PROMOTION_TIME, async {
            let admin = self.admin(LEDGER_DATABASE).await?;
            let ask = "SELECT pg_promote(false) WHERE pg_is_in_recovery()";
            admin.run("begin the promotion", ask).await?;
            let is_standby = "SELECT pg_is_in_recovery()";
            // PostgreSQL's own wait looks ten times a second.
            while admin.value::<bool>("say its role", is_standby).await? {
                sleep(PROMOTION_LOOK).await;
            }
            admin.run("keep the log for its follower", KEEP_SLOT).await?;
            Ok(position(&admin).await?.has)
        });
        promoted.await.unwrap_or_else(|_| Err(self.slow("the promotion", PROMOTION_TIME)))
    }

    /// Stops the writer when its standby has been sent all that it wrote, and returns where its last record begins.
    /// Nothing else is changed: [`Self::start`] makes it the writer again.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotHandedOver`] when that takes longer than the limit, as it does when the standby is out of
    /// reach. It is stopped then, too.
    pub async fn demote(&self, limit: Duration) -> Result<Lsn, ClusterError> {
        let _turn = self.turn.lock().await;
        if let Some(server) = self.server() {
            server.ask_to_stop(StopMode::Fast);
            if !server.ends_within(limit).await {
                server.kill();
                return Err(ClusterError::NotHandedOver(limit));
            }
        }
        last_checkpoint(&self.programs, &self.home).await
    }

    /// Waits until this standby has carried out the record that begins here, such as the last one of [`Self::demote`].
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotReceived`] when it has not after the limit.
    pub async fn reaches(&self, wanted: Lsn, limit: Duration) -> Result<(), ClusterError> {
        let deadline = Instant::now() + limit;
        loop {
            let position = self.position().await?;
            if position.carried_out > wanted || position.role == Role::Writer {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(ClusterError::NotReceived { has: position.has, wanted });
            }
            sleep(PROMOTION_LOOK).await;
        }
    }

    /// Whether its files say that it is a standby, as those do of one whose promotion did not come about. A stopped
    /// server starts as that, and forgets that it was asked to be more.
    #[must_use]
    pub fn is_left_standby(&self) -> bool {
        self.home.standby_signal().exists()
    }

    /// On a standby a statement is cancelled when it is in the way of what is carried out: it is asked again.
    pub(super) async fn keep_slot(&self) -> Result<(), ClusterError> {
        debug_assert!(KEEP_SLOT.contains(SLOT), "the statement names the slot");
        let keep = async || {
            let admin = self.admin(LEDGER_DATABASE).await?;
            admin.run("keep the log for its follower", KEEP_SLOT).await
        };
        for _ in 1..SLOT_TRIES {
            if keep().await.is_ok() {
                return Ok(());
            }
            sleep(SLOT_PAUSE).await;
        }
        keep().await
    }

    /// Makes it a server that follows nobody, when it starts.
    pub(super) fn forget_upstream(&self) -> Result<(), ClusterError> {
        remove_file(&self.home.standby_signal())
    }
}
