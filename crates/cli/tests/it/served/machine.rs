//! A machine with one Region on it: the service, its database and its processor, each a real process that can die.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;

use serde_json::Value;
use stores::{EmbeddedSettings, EmbeddedStore, PgLedger, PgSettings};
use tempfile::TempDir;

use crate::served::client::Client;
use crate::served::points::Points;
use crate::server::Server;

/// Where the ledger of a machine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// In the file that needs nothing installed.
    Embedded,
    /// In a PostgreSQL server of the machine's own.
    Postgres,
}

impl Store {
    /// Every store that the service can use.
    pub(crate) const ALL: [Self; 2] = [Self::Embedded, Self::Postgres];
}

/// One machine.
pub(crate) struct Machine {
    folder: TempDir,
    pub(crate) database: Option<(Server, PgSettings)>,
    processor: Process,
    starts: AtomicU32,
}

impl Machine {
    /// A machine with its processor, and nothing that serves yet.
    pub(crate) fn new(store: Store) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = (store == Store::Postgres).then(|| {
            let server = Server::start_new();
            let settings = server.database();
            (server, settings)
        });
        let mut processor = Self::program();
        processor.args(["processor", "--listen", "127.0.0.1:0", "--book"]);
        processor.arg(folder.path().join("processor.jsonl"));
        let processor = Process::start(processor, &folder.path().join("processor.log"));
        Self { folder, database, processor, starts: AtomicU32::new(0) }
    }

    fn program() -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tideover"));
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    /// A path in the machine's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command that serves on this machine.
    pub(crate) fn serve(&self) -> Command {
        self.serve_at("127.0.0.1:0", "data")
    }

    /// The command that serves at this address, from this folder.
    pub(crate) fn serve_at(&self, address: &str, data: &str) -> Command {
        let mut command = Self::program();
        command.args(["serve", "--listen", address, "--data"]).arg(self.path(data));
        command.args(["--processor", &self.processor.url()]);
        if let Some((_, settings)) = &self.database {
            command.env("TIDEOVER_POSTGRES_URL", url(settings));
        }
        let webhooks = self.path("webhooks.json");
        if webhooks.exists() {
            command.arg("--webhooks").arg(webhooks);
        }
        command
    }

    /// Starts the service, or starts it again on the same data.
    pub(crate) fn start(&self) -> Process {
        self.start_with(self.serve())
    }

    /// Starts the service so that it stops at its crash points.
    pub(crate) fn start_with_points(&self) -> (Process, Points) {
        let start = self.starts.load(Ordering::Relaxed);
        let socket = self.path(&format!("points-{start}"));
        let points = Points::listen(&socket);
        let mut command = self.serve();
        command.env("TIDEOVER_CRASH_POINTS", socket);
        (self.start_with(command), points)
    }

    /// Starts the service by this command.
    pub(crate) fn start_with(&self, command: Command) -> Process {
        let start = self.starts.fetch_add(1, Ordering::Relaxed);
        Process::start(command, &self.path(&format!("service-{start}.log")))
    }

    /// Everything that the service has written to its logs, over all its starts.
    pub(crate) fn logs(&self) -> String {
        let starts = self.starts.load(Ordering::Relaxed);
        let read = |start| std::fs::read_to_string(self.path(&format!("service-{start}.log")));
        (0..starts).map(|start| read(start).unwrap()).collect()
    }

    /// What the processor has moved, by its key: how often.
    pub(crate) async fn charges(&self) -> Vec<Value> {
        let client = Client::new(self.processor.address);
        let answer = client.insist("GET /charges", None, "").await;
        answer.json()["charges"].as_array().expect("a list of charges").clone()
    }

    /// Everything wrong in the ledger, which nobody may be serving.
    pub(crate) async fn audit(&self) -> Vec<payments::BookFault> {
        match &self.database {
            Some((_, settings)) => PgLedger::new(settings).unwrap().audit().await.unwrap(),
            None => {
                let file = self.path("data").join("store.redb");
                let settings = EmbeddedSettings::new(|| payments::Time::from_ms(0));
                let store = EmbeddedStore::open(&file, settings).unwrap();
                store.audit().await.unwrap()
            }
        }
    }
}

/// The URL of a database that asks for no password.
pub(crate) fn url(settings: &PgSettings) -> String {
    let (host, port) = (settings.host.replace('/', "%2F"), settings.port);
    format!("postgresql://{}@{host}:{port}/{}", settings.user, settings.database)
}

/// A process that serves at an address, and is killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    stderr: Option<JoinHandle<String>>,
}

impl Process {
    /// Starts it, its log in a file, and waits until it says where it serves.
    fn start(mut command: Command, log: &Path) -> Self {
        command.stdin(Stdio::piped()).stdout(File::create(log).unwrap()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let from = said.len();
            let read = stderr.read_line(&mut said).unwrap();
            assert!(read > 0, "it ended before it served:\n{said}");
            let url = said[from..].split_whitespace().find_map(|word| word.strip_prefix("http://"));
            if let Some(address) = url.and_then(|address| address.parse().ok()) {
                break address;
            }
        };
        let rest = std::thread::spawn(move || {
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        Self { child, address, stderr: Some(rest) }
    }

    /// Where it serves.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What nobody supervises any more reads so.
    pub(crate) fn let_go(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let kill = format!("kill -s {name} {id}");
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended, and all it said to people.
    pub(crate) fn ended(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.stderr.take().expect("asked once").join().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
