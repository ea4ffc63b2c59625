//! The database servers behind the clusters of an emulator: real ones, of which one follows the other, made and moved when
//! the emulator tells of clusters that are made and of roles that change.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::server::Server;

/// The database of the ledger, which the file names.
const DATABASE: &str = "payments";

/// A server for each Region that has a cluster. They end with this value.
pub(crate) struct Databases {
    kept: Arc<Kept>,
    url: String,
}

#[derive(Default)]
struct Kept {
    servers: Mutex<BTreeMap<String, Arc<Server>>>,
    /// The Region that is lost.
    lost: Mutex<Option<String>>,
    found: Condvar,
}

impl Databases {
    /// Begins to listen to an emulator; there are no servers yet.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let kept = Arc::<Kept>::default();
        let listening = Arc::clone(&kept);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&listening);
                std::thread::spawn(move || kept.listen(stream.expect("it connects")));
            }
        });
        Self { kept, url }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Nothing that is committed from now on comes to the server of this Region.
    pub(crate) fn hold_back(&self, region: &str) {
        self.ask(region, "ALTER SYSTEM SET primary_conninfo = ''");
        self.ask(region, "SELECT pg_reload_conf()");
        while self.ask(region, "SELECT count(*) FROM pg_stat_wal_receiver") != "0" {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Loses the server of this Region, as a loss of power would.
    pub(crate) fn lose(&self, region: &str) {
        *lock(&self.kept.lost) = Some(region.to_owned());
        self.kept.server(region).crash();
    }

    /// What was lost is there again, and follows the other once the emulator wants it to.
    pub(crate) fn find(&self) {
        *lock(&self.kept.lost) = None;
        self.kept.found.notify_all();
    }

    /// What a statement answers in the ledger of this Region.
    pub(crate) fn ask(&self, region: &str, sql: &str) -> String {
        let server = self.kept.server(region);
        server.ask(&server.settings(DATABASE), sql).trim().to_owned()
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        lock(&self.kept.servers).clear();
    }
}

impl Kept {
    fn server(&self, region: &str) -> Arc<Server> {
        Arc::clone(lock(&self.servers).get(region).expect("the Region has a cluster"))
    }

    fn other(&self, region: &str) -> Arc<Server> {
        let servers = lock(&self.servers);
        let other = servers.iter().find(|(name, _)| *name != region);
        Arc::clone(other.expect("the other Region has a cluster").1)
    }

    /// Hears what the emulator tells, and answers it when that is done.
    fn listen(&self, mut stream: TcpStream) {
        let told = read(&stream);
        let text = |name: &str| told[name].as_str().unwrap_or_default();
        let answer = match text("Event") {
            "Made" => self.make(text("Region"), &told),
            "SwitchoverGlobalCluster" => self.switch(text("From"), text("To")),
            "FailoverGlobalCluster" => self.promote(text("To")),
            "Follow" => self.follow(text("Region")),
            other => panic!("the emulator tells of `{other}`"),
        };
        let length = answer.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}"
        );
        // An emulator that is gone needs no answer.
        let _ = stream.write_all(answer.as_bytes());
    }

    /// The first server is a writer, with the user and the database that the template wants; the second follows it.
    fn make(&self, region: &str, told: &Value) -> String {
        let server = match told["MasterUsername"].as_str() {
            Some(user) => writer(user, told["MasterUserPassword"].as_str().unwrap_or_default()),
            None => self.other(region).start_standby(),
        };
        let folder = server.folder().display().to_string();
        lock(&self.servers).insert(region.to_owned(), Arc::new(server));
        folder
    }

    fn switch(&self, from: &str, to: &str) -> String {
        let (old, new) = (self.server(from), self.server(to));
        old.stop();
        new.promote();
        old.start_behind(&new);
        String::new()
    }

    fn promote(&self, to: &str) -> String {
        self.server(to).promote();
        String::new()
    }

    /// A Region that is lost follows when it is there again.
    fn follow(&self, region: &str) -> String {
        let lost = lock(&self.lost);
        let is_lost = |lost: &mut Option<String>| lost.as_deref() == Some(region);
        drop(self.found.wait_while(lost, is_lost).unwrap_or_else(PoisonError::into_inner));
        self.server(region).start_as_copy(&self.other(region));
        String::new()
    }
}

/// A server that knows this user by this password only.
fn writer(user: &str, password: &str) -> Server {
    let server = Server::start_with(&["fsync=off", "wal_keep_size=64MB"], |data| {
        let access = format!(
            "local all {user} scram-sha-256\nlocal all all trust\nlocal replication all trust\n"
        );
        std::fs::write(data.join("pg_hba.conf"), access).expect("the folder is ours");
    });
    let first = server.settings("postgres");
    let password = password.replace('\'', "''");
    server.ask(&first, &format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'"));
    server.ask(&first, &format!("CREATE DATABASE {DATABASE} OWNER {user}"));
    server
}

/// The body of a request, which is JSON.
fn read(stream: &TcpStream) -> Value {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).expect("it asks") > 2 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().expect("it is a number");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("it says all of it");
    serde_json::from_slice(&body).expect("it is JSON")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
