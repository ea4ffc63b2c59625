//! A PostgreSQL server of the tests' own, in its own folder, behind a socket of its own; gone when it is dropped, and
//! when the tests are killed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use stores::{PgLedger, PgSettings};
use tempfile::TempDir;

use crate::programs::{Watchdog, give_away, program, programs, run};

/// The server that tests share which do not stop it; the last of them to end stops it.
static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// A running server.
pub(crate) struct Server {
    /// Stops the server, and so comes before the folder.
    _watchdog: Watchdog,
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    superuser: String,
    options: Vec<String>,
    databases: AtomicU32,
}

/// A connection of no ledger's, and what carries it.
pub(crate) async fn connect(
    settings: &PgSettings,
) -> (tokio_postgres::Client, impl Future<Output = ()> + Send + 'static) {
    let mut config = tokio_postgres::Config::new();
    config.host(&settings.host).port(settings.port).user(&settings.user).dbname(&settings.database);
    let (client, connection) =
        config.connect(tokio_postgres::NoTls).await.expect("the server takes it");
    (client, async move { drop(connection.await) })
}

impl Server {
    /// The server that is shared.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start_new());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// A server for one test.
    pub(crate) fn start_new() -> Self {
        Self::start_with(&["fsync=off"], |_| {})
    }

    /// A server with these settings, whose folder of data is prepared before it starts.
    pub(crate) fn start_with(settings: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().expect("a folder is made");
        let superuser = folder.path().file_name().expect("it has a name").to_string_lossy();
        let server = Self::new(superuser.to_lowercase(), folder, settings);
        let initialize = ["-A", "trust", "--no-sync", "-k", "-E", "UTF8", "--locale=C", "-U"];
        run(server.program("initdb").args(initialize).arg(&server.superuser).arg(server.data()));
        prepare(&server.data());
        give_away(&server.data());
        server.start();
        server
    }

    /// A standby of this server, which has all that was committed before and is sent what comes later.
    pub(crate) fn start_standby(&self) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().expect("a folder is made");
        let standby = Self::new(self.superuser.clone(), folder, &["fsync=off"]);
        standby.start_as_copy(self);
        standby
    }

    /// Starts it as a standby that is a copy of this server, whatever it was before.
    pub(crate) fn start_as_copy(&self, writer: &Self) {
        run(Command::new("rm").arg("-rf").arg(self.data()));
        let mut copy = writer.program("pg_basebackup");
        let copy =
            writer.reach(&mut copy).args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-D"]);
        run(copy.arg(self.data()));
        self.start();
    }

    /// Starts it as a standby of this server, which had all of its commits when it was stopped.
    #[allow(dead_code, reason = "for the tests of the program")]
    pub(crate) fn start_behind(&self, writer: &Self) {
        let (socket, user) = (writer.folder().display(), &writer.superuser);
        let follows = format!("primary_conninfo = 'host={socket} user={user}'\n");
        let (settings, signal) =
            (self.data().join("postgresql.auto.conf"), self.data().join("standby.signal"));
        let before = std::fs::read_to_string(&settings).expect("the folder is ours");
        std::fs::write(&settings, before + &follows).expect("the folder is ours");
        std::fs::write(&signal, "").expect("the folder is ours");
        give_away(&signal);
        self.start();
    }

    /// Makes a standby take writes.
    pub(crate) fn promote(&self) {
        run(self.control().args(["-w", "-t", "60", "promote"]));
    }

    fn new(superuser: String, folder: TempDir, settings: &[&str]) -> Self {
        give_away(folder.path());
        let programs = programs();
        let mut stop = program(&programs.join("pg_ctl"));
        stop.arg("-D").arg(folder.path().join("data"));
        stop.args(["-m", "immediate", "-w", "-t", "60", "stop"]);
        let port = settings.iter().find_map(|setting| setting.strip_prefix("port="));
        Self {
            port: port.map_or(5432, |port| port.parse().expect("it is a number")),
            _watchdog: Watchdog::start(&stop, folder.path()),
            options: settings.iter().map(|setting| (*setting).to_owned()).collect(),
            databases: AtomicU32::new(0),
            folder,
            programs,
            superuser,
        }
    }

    /// Starts it, and returns when it takes connections.
    pub(crate) fn start(&self) {
        let socket = self.folder.path().display();
        let fixed = format!(
            "-k {socket} -c listen_addresses='' -c max_connections=120 -c shared_buffers=16MB"
        );
        let options = self.options.iter().fold(fixed, |all, option| format!("{all} -c {option}"));
        let log = self.folder.path().join("log");
        run(self.control().args(["-w", "-t", "60", "-o", &options, "-l"]).arg(log).arg("start"));
    }

    /// Ends it, once its standby has all of its commits.
    #[allow(dead_code, reason = "for the tests of the program")]
    pub(crate) fn stop(&self) {
        run(self.control().args(["-m", "fast", "-w", "-t", "60", "stop"]));
    }

    /// Ends it as a loss of power would.
    pub(crate) fn crash(&self) {
        run(self.control().args(["-m", "immediate", "-w", "-t", "60", "stop"]));
    }

    /// How to reach a database that nobody else has.
    pub(crate) fn database(&self) -> PgSettings {
        let name = format!("d{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut create = self.program("createdb");
        run(self.reach(&mut create).arg(&name));
        self.settings(&name)
    }

    /// How to reach the database of this name.
    pub(crate) fn settings(&self, database: &str) -> PgSettings {
        let socket = self.folder().to_str().expect("the folder's name is a text");
        PgSettings::new(socket, self.port, &self.superuser, database)
    }

    /// A ledger with its schema and in no epoch yet.
    pub(crate) async fn ledger(&self) -> PgLedger {
        let ledger = PgLedger::new(&self.database()).expect("the settings make a pool");
        ledger.migrate().await.expect("the schema is made");
        ledger
    }

    /// What a statement answers in a database of this server, as its superuser.
    pub(crate) fn ask(&self, settings: &PgSettings, sql: &str) -> String {
        let mut psql = self.program("psql");
        let psql = self.reach(&mut psql).args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        run(psql.args(["-c", sql, &settings.database]))
    }

    fn reach<'c>(&self, client: &'c mut Command) -> &'c mut Command {
        let port = self.port.to_string();
        client.arg("-h").arg(self.folder()).args(["-p", &port, "-U", &self.superuser])
    }

    /// Where everything of it is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn control(&self) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg("-D").arg(self.data());
        control
    }

    fn program(&self, name: &str) -> Command {
        program(&self.programs.join(name))
    }
}
