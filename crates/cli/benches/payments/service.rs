//! The service as a process of its own, with its processor.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::server::Server;

/// Where its ledger is.
pub(crate) enum Store<'s> {
    /// In a file.
    Embedded,
    /// In a database of this server.
    Postgres(&'s Server),
}

/// A service that runs.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    _folder: TempDir,
}

impl Running {
    pub(crate) fn start(store: Store<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tideover"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"));
        if let Store::Postgres(server) = store {
            let settings = server.database();
            let host = settings.host.replace('/', "%2F");
            let url = format!(
                "postgresql://{}@{host}:{}/{}",
                settings.user, settings.port, settings.database
            );
            command.env("TIDEOVER_POSTGRES_URL", url);
        }
        let log = File::create(folder.path().join("log")).expect("the folder is writable");
        command.stdin(Stdio::null()).stdout(log).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        let stderr = child.stderr.take().expect("it is a pipe");
        let mut lines = BufReader::new(stderr).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split("http://").nth(1)?.split_whitespace().next()?.parse().ok())
            .expect("it says where it serves");
        std::thread::spawn(move || lines.count());
        Self { child, address, _folder: folder }
    }

    /// Its resident memory.
    pub(crate) fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kib.expect("Linux tells it") / 1_024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().expect("it runs until here");
        self.child.wait().expect("it is ours");
    }
}
