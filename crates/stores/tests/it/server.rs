//! A PostgreSQL server of the tests' own, in its own folder, behind a socket of its own; gone when it is dropped.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use stores::{PgLedger, PgSettings};
use tempfile::TempDir;

/// The server that tests share which do not stop it; the last of them to end stops it.
static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// A running server.
pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
    superuser: String,
    databases: AtomicU32,
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
        let folder = tempfile::Builder::new().prefix("pg").tempdir().expect("a folder is made");
        let name =
            folder.path().file_name().expect("it has a name").to_string_lossy().to_lowercase();
        let server =
            Self { programs: programs(), superuser: name, databases: AtomicU32::new(0), folder };
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(server.folder.path()));
        }
        let initialize = ["-A", "trust", "--no-sync", "-k", "-E", "UTF8", "--locale=C", "-U"];
        run(server.program("initdb").args(initialize).arg(&server.superuser).arg(server.data()));
        server.start();
        server
    }

    /// Starts it, and returns when it takes connections.
    pub(crate) fn start(&self) {
        let socket = self.folder.path().display();
        let options = format!(
            "-k {socket} -c listen_addresses='' -c fsync=off -c max_connections=120 -c shared_buffers=16MB"
        );
        let log = self.folder.path().join("log");
        run(self.control().args(["-w", "-t", "60", "-o", &options, "-l"]).arg(log).arg("start"));
    }

    /// Ends it as a loss of power would.
    pub(crate) fn crash(&self) {
        run(self.control().args(["-m", "immediate", "-w", "-t", "60", "stop"]));
    }

    /// How to reach a database that nobody else has.
    pub(crate) fn database(&self) -> PgSettings {
        let name = format!("d{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let socket = self.folder.path();
        let mut create = self.program("createdb");
        run(create.arg("-h").arg(socket).args(["-U", &self.superuser, &name]));
        let socket = socket.to_str().expect("the folder's name is a text");
        PgSettings::new(socket, 5432, &self.superuser, &name)
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
        psql.arg("-h").arg(self.folder.path()).args(["-U", &self.superuser]);
        run(psql.args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, &settings.database]))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn control(&self) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg("-D").arg(self.data());
        control
    }

    /// The server refuses to run as root, and so its programs run as the user that its package makes.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be down already; then there is nothing to stop.
        let mut stop = self.control();
        stop.args(["-m", "immediate", "-w", "-t", "60", "stop"]);
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// Where Debian, or whoever set the path, keeps the programs of a server; the newest of several.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path));
    found
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .expect("there is no PostgreSQL server: run `cargo xtask test`, which installs PostgreSQL")
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

/// What a program says, which must succeed. It works in a folder that every user may enter.
fn run(command: &mut Command) -> String {
    // The output goes to a file, because a server that is started would hold a pipe open.
    let mut output = tempfile::tempfile().expect("a file is made");
    let stdout = output.try_clone().expect("the file is shared");
    let stderr = output.try_clone().expect("the file is shared");
    command.current_dir(Path::new("/")).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let status = command.status().expect("the program is there");
    let said = {
        use std::io::{Read as _, Seek as _};
        let mut said = String::new();
        output.rewind().expect("the file is read again");
        output.read_to_string(&mut said).expect("the program says text");
        said
    };
    assert!(status.success(), "{command:?}: {said}");
    said
}
