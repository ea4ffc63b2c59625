//! Two clusters of the tests' own, gone when they are dropped and when the tests are killed.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use local::Place;
use local::postgres::{Cluster, ClusterSettings, Programs, Template};
use payments::{Committed, Epoch, Looked, Transaction};
use stores::{PgLedger, Raised};

use crate::programs::Watchdog;
use crate::samples::payment_id;

/// What ends the servers below a folder.
const END: &str = "for lock in \"$0\"/*/volume/data/postmaster.pid; do kill -9 \"$(head -n 1 \"$lock\")\"; done; \
                   umount -l \"$0\"/*/volume";

/// Two clusters, the first one's server started, the second one's following it.
pub(crate) struct Pair {
    pub(crate) one: Cluster,
    pub(crate) other: Cluster,
    pub(crate) template: Template,
    /// Ends the servers, if they are still there, and removes the folder.
    _watchdog: Watchdog,
    pub(crate) folder: PathBuf,
}

impl Pair {
    /// Two clusters of which nothing is there yet.
    pub(crate) async fn absent(disk_limit: Option<u64>) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep();
        // The user of PostgreSQL is to find its own folders in it.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711)).unwrap();
        let mut end = Command::new("sh");
        end.arg("-c").arg(END).arg(&folder);
        let watchdog = Watchdog::start(&end, &folder);
        let programs = Programs::find().unwrap();
        let password = "it's: a \\ secret/@";
        let template = Template::make(&programs, &folder.join("template"), password).await.unwrap();
        let [one, other] =
            [("one", Place::ALL[0]), ("other", Place::ALL[1])].map(|(name, place)| {
                let settings = ClusterSettings {
                    directory: folder.join(name),
                    address: free_address(place.address()),
                    name: name.to_owned(),
                    password: password.to_owned(),
                    disk_limit,
                    namespace: None,
                };
                Cluster::new(&programs, settings)
            });
        Self { one, other, template, _watchdog: watchdog, folder }
    }

    /// A writer with a standby, in epoch 1.
    pub(crate) async fn started() -> Self {
        let pair = Self::absent(None).await;
        pair.one.create(&pair.template).await.unwrap();
        pair.one.start().await.unwrap();
        pair.other.follow(pair.one.address()).await.unwrap();
        raise(&pair.one, 1).await;
        pair
    }
}

fn free_address(of: Ipv4Addr) -> SocketAddr {
    TcpListener::bind((of, 0)).unwrap().local_addr().unwrap()
}

pub(crate) fn ledger(cluster: &Cluster) -> PgLedger {
    PgLedger::new(&cluster.settings()).unwrap()
}

/// Raises the epoch of a writer: its first write after a change of roles.
pub(crate) async fn raise(cluster: &Cluster, epoch: u64) {
    let raised = ledger(cluster).raise_epoch(Epoch::new(epoch), cluster.name()).await;
    assert_eq!(raised.unwrap(), Raised::Done);
}

/// Commits transactions that a writer must take.
pub(crate) async fn commit(cluster: &Cluster, transactions: &[Transaction]) {
    use payments::Ledger as _;
    let ledger = ledger(cluster);
    for transaction in transactions {
        assert_eq!(ledger.commit(transaction).await, Committed::Done);
    }
}

/// Which of the payments with these numbers a server has.
pub(crate) async fn has(cluster: &Cluster, numbers: std::ops::Range<u8>) -> Vec<u8> {
    use payments::Books as _;
    let (ledger, mut found) = (ledger(cluster), Vec::new());
    for number in numbers {
        match ledger.payment(payment_id(number)).await {
            Looked::Found(_) => found.push(number),
            Looked::Absent | Looked::NotHere => {}
            Looked::Unavailable => panic!("{} is not read", cluster.name()),
        }
    }
    found
}

/// Waits until a standby has all that its writer has.
pub(crate) async fn level(standby: &Cluster, writer: &Cluster) {
    while standby.lag(writer).await.is_none_or(|lag| lag.bytes > 0) {
        tokio::task::yield_now().await;
    }
}

/// What the superuser is told when a statement fails; nothing when it succeeds.
pub(crate) async fn ask(pair: &Pair, cluster: &Cluster, sql: &str) -> String {
    let mut config = tokio_postgres::Config::new();
    config.host_path(pair.folder.join(cluster.name()).join("socket"));
    config.port(cluster.address().port()).user("postgres").dbname("payments");
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let said = client
        .batch_execute(sql)
        .await
        .map_or_else(|error| format!("{error:?}"), |()| String::new());
    connection.abort();
    said
}

/// Shows how long things took, to whoever asks for the output of tests.
pub(crate) fn tell(figures: &[(&str, Duration)]) {
    let mut out = std::io::stdout();
    for (what, took) in figures {
        writeln!(out, "{what}: {} ms", took.as_millis()).unwrap();
    }
}
