//! A cluster: one server with its data, in one directory.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::admin::Admin;
use super::configuration::{FIRST_DATABASE, LEDGER_DATABASE, access, passwords, settings};
use super::error::ClusterError;
use super::files::{copy, last_lines, remove};
use super::home::Home;
use super::programs::Programs;
use super::server::{LOOK, Server, StopMode};
use super::tail::TailRead;
use super::template::Template;
use crate::network::Namespace;

/// How long a server may take to start, with whatever it has to recover.
const START_TIME: Duration = Duration::from_secs(60);

/// How long a server may take to stop before it is stopped at once.
const STOP_TIME: Duration = Duration::from_secs(10);

/// What a cluster is to be.
#[derive(Clone)]
pub struct ClusterSettings {
    /// Where everything of it is. Its path has at most 78 bytes, for the sake of sockets.
    pub directory: PathBuf,
    /// Where it listens: in 127.0.0.0/8, or at an address of its namespace in 10.77.0.0/16.
    pub address: SocketAddr,
    /// What it is called in messages.
    pub name: String,
    /// The password of the ledger's owner and of its follower: that of the template, of ASCII signs, made of chance.
    pub password: String,
    /// How much its disk holds, in bytes; none: as much as the machine's. Only root may limit it.
    pub disk_limit: Option<u64>,
    /// The network namespace of its server; none: the machine's own.
    pub namespace: Option<Namespace>,
}

impl fmt::Debug for ClusterSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { directory, address, name, .. } = self;
        write!(f, "ClusterSettings({name} at {address}, in {})", directory.display())
    }
}

/// A cluster. Its server ends when this is dropped, and its files stay, unless its disk is limited.
#[derive(Debug)]
pub struct Cluster {
    pub(super) programs: Programs,
    pub(super) settings: ClusterSettings,
    pub(super) home: Home,
    server: Mutex<Option<Arc<Server>>>,
    pub(super) observer: tokio::sync::Mutex<Option<Admin>>,
    /// Held by whoever changes what the cluster is: a server that starts in the middle of a rewind would spoil its data.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// What was read of its tail by a return that has not come to its end.
    unfinished: Mutex<Option<TailRead>>,
}

/// For whom a server starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// For everybody.
    Everybody,
    /// For us alone, who are making it: there is no ledger yet.
    Us,
    /// For us alone, and we only look.
    UsLooking,
}

impl Cluster {
    /// A cluster of which nothing is there yet, or what an earlier one of the same directory left.
    #[must_use]
    pub fn new(programs: &Programs, settings: ClusterSettings) -> Self {
        let home = Home::new(&settings.directory);
        Self {
            programs: programs.clone(),
            settings,
            home,
            server: Mutex::default(),
            observer: tokio::sync::Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            unfinished: Mutex::default(),
        }
    }

    /// Makes its data: those of the template, in place of what was there. Two clusters that are made of one template are
    /// copies of each other, so that one may follow the other at once.
    ///
    /// # Errors
    ///
    /// Those of the file system; [`ClusterError::NotPermitted`] when its disk cannot be limited.
    pub async fn create(&self, template: &Template) -> Result<(), ClusterError> {
        let _turn = self.turn.lock().await;
        self.prepare().await?;
        remove(&self.home.data())?;
        copy(&self.programs, template.data(), &self.home.data()).await?;
        self.set_unfinished(None);
        Ok(())
    }

    /// Makes what is around the data.
    pub(super) async fn prepare(&self) -> Result<(), ClusterError> {
        self.home.make(self.programs.user)?;
        self.limit_disk().await
    }

    /// Starts the server, and returns when it takes connections: as a writer, or as a standby, as it was when it ended.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Ended`] with the last lines of its log; [`ClusterError::Unfinished`] after a return that failed.
    pub async fn start(&self) -> Result<(), ClusterError> {
        let _turn = self.turn.lock().await;
        if self.unfinished().is_some() {
            return Err(ClusterError::Unfinished);
        }
        self.start_as_it_is().await
    }

    pub(super) async fn start_as_it_is(&self) -> Result<(), ClusterError> {
        if self.is_running() {
            return Ok(());
        }
        self.start_for(Audience::Everybody).await?;
        self.keep_slot().await
    }

    pub(super) async fn start_for(&self, audience: Audience) -> Result<(), ClusterError> {
        self.configure()?;
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(self.home.data());
        command.arg("-c").arg(format!("config_file={}", self.home.configuration().display()));
        if audience != Audience::Everybody {
            command.args(["-c", "listen_addresses=", "-c", "autovacuum=off"]);
        }
        if audience == Audience::UsLooking {
            command.args(["-c", "default_transaction_read_only=on"]);
        }
        let server =
            Arc::new(Server::spawn(command, &self.home, self.settings.namespace.as_ref())?);
        *self.lock() = Some(server.clone());
        let database = if audience == Audience::Us { FIRST_DATABASE } else { LEDGER_DATABASE };
        self.wait_for_connections(&server, database).await
    }

    pub(super) fn configure(&self) -> Result<(), ClusterError> {
        let files = [
            (self.home.configuration(), settings(&self.home, &self.settings)),
            (self.home.access(), access()),
            (self.home.passwords(), passwords(&self.settings.password)),
        ];
        for (path, text) in files {
            self.home.write(&path, &text, self.programs.user)?;
        }
        Ok(())
    }

    async fn wait_for_connections(
        &self,
        server: &Server,
        database: &str,
    ) -> Result<(), ClusterError> {
        let deadline = Instant::now() + START_TIME;
        while self.admin(database).await.is_err() {
            if server.has_ended() {
                let last = last_lines(&self.home.log(), 10);
                return Err(ClusterError::Ended { log: self.home.log(), last });
            }
            if Instant::now() >= deadline {
                return Err(self.slow("the start", START_TIME));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Stops the server; at once when it does not stop in ten seconds, as one does not whose standby is out of reach.
    /// One that is frozen goes on for that.
    pub async fn stop(&self, mode: StopMode) {
        let Some(server) = self.server() else { return };
        server.ask_to_stop(mode);
        if !server.ends_within(STOP_TIME).await {
            server.kill();
        }
    }

    /// Ends all its processes at once, as the loss of its machine would.
    pub fn kill(&self) {
        if let Some(server) = self.server() {
            server.kill();
        }
    }

    /// Stops all its processes where they are; connections stay open, and nobody answers.
    pub fn freeze(&self) {
        if let Some(server) = self.server() {
            server.freeze();
        }
    }

    /// Lets them go on, as if nothing had been.
    pub fn thaw(&self) {
        if let Some(server) = self.server() {
            server.thaw();
        }
    }

    /// The numbers of its processes, the server's own first.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        let pids = self.server().map(|server| server.pids()).unwrap_or_default();
        pids.into_iter().map(|pid| pid.as_raw_pid().unsigned_abs()).collect()
    }

    /// Whether the server has not ended, by itself or not. One that is frozen has not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.server().is_some_and(|server| !server.has_ended())
    }

    /// Whether nobody starts it, stops it or changes what it is just now.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.turn.try_lock().is_ok()
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where the server writes what it does.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    pub(super) fn unfinished(&self) -> Option<TailRead> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_unfinished(&self, tail: Option<TailRead>) {
        *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner) = tail;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Server>>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn server(&self) -> Option<Arc<Server>> {
        self.lock().clone()
    }

    pub(super) async fn admin(&self, database: &str) -> Result<Admin, ClusterError> {
        let (socket, port) = (self.home.socket(), self.settings.address.port());
        let connected = Admin::over_socket(&socket, port, database).await;
        connected.map_err(ClusterError::sql("take a connection of the supervisor's"))
    }

    pub(super) fn slow(&self, what: &'static str, within: Duration) -> ClusterError {
        ClusterError::Slow { what, within, log: self.home.log() }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
        self.unlimit_disk();
    }
}
