//! The statement that writes a payment, sent straight to PostgreSQL by as many connections as the service has.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use stores::{PgLedger, PgSettings};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls, Statement};

use crate::CONNECTIONS;
use crate::server::Server;

/// What the service sends for a payment.
const COMMIT: &str = include_str!("../../../stores/src/postgres/sql/commit.sql");

static PAYMENTS: AtomicU64 = AtomicU64::new(0);

/// Payments in a second, spread over these accounts.
pub(crate) async fn per_second(
    server: &Server,
    accounts: &Arc<Vec<String>>,
    time: Duration,
) -> f64 {
    let settings = server.database();
    let ledger = PgLedger::new(&settings).expect("the settings make a pool");
    ledger.migrate().await.expect("the schema is made");
    ledger.raise_epoch(payments::Epoch::new(1), "us-east-1").await.expect("the server answers");
    let pool = connect(&settings).await;
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..CONNECTIONS {
        let (pool, accounts) = (pool.clone(), accounts.clone());
        clients.spawn(async move {
            let mut written = 0_u32;
            for account in accounts.iter().cycle().skip(client * 7_919 % accounts.len()) {
                if begin.elapsed() >= time {
                    break;
                }
                pool.commit(&transaction(account)).await;
                written += 1;
            }
            written
        });
    }
    let written: u32 = clients.join_all().await.iter().sum();
    f64::from(written) / begin.elapsed().as_secs_f64()
}

/// Connections, taken in turn.
#[derive(Clone)]
struct Pool {
    free: Arc<Semaphore>,
    connections: Arc<std::sync::Mutex<Vec<(Client, Statement)>>>,
}

impl Pool {
    async fn commit(&self, transaction: &str) {
        let _one = self.free.acquire().await.expect("nobody closes it");
        let connection = self.connections.lock().expect("nobody panics").pop();
        let (client, commit) = connection.expect("one is free");
        let rows = client.query(&commit, &[&transaction]).await.expect("it is written");
        assert_eq!(rows[0].get::<_, Vec<&str>>(1).len(), 1, "it is written once");
        self.connections.lock().expect("nobody panics").push((client, commit));
    }
}

async fn connect(settings: &PgSettings) -> Pool {
    let mut connections = Vec::new();
    for _ in 0..settings.connections_max {
        let mut config = tokio_postgres::Config::new();
        config.host(&settings.host).port(settings.port).user(&settings.user);
        let (client, connection) =
            config.dbname(&settings.database).connect(NoTls).await.expect("the server answers");
        tokio::spawn(connection);
        let commit = client.prepare(COMMIT).await.expect("the schema is there");
        connections.push((client, commit));
    }
    let free = Arc::new(Semaphore::new(connections.len()));
    Pool { free, connections: Arc::new(std::sync::Mutex::new(connections)) }
}

/// A payment as the service would write it.
fn transaction(account: &str) -> String {
    let number = PAYMENTS.fetch_add(1, Ordering::Relaxed);
    let letters: String =
        format!("{number:064x}").bytes().map(|byte| char::from(b'a' + byte % 16)).collect();
    let (payment, event) =
        (format!("pay_01K9V3T5Q8ZJX6{number:012}"), format!("evt_01K9V3T5Q8ZJX6{number:012}"));
    format!(
        r#"[{{"epoch":1,"expects":null,"record":{{"id":"{payment}","intent_key":"{letters}{number}","accepted":1,"version":1,"state":"posted","account":"{account}","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh","description":null,"metadata":{{}},"refunds":[]}},"transfers":[{{"payment":"{payment}","refund":null,"version":1,"phase":"pending","debit":"clearing","credit":"{account}","amount":1234,"currency":"USD"}}],"events":[{{"id":"{event}","kind":"payment.posted","account":"{account}","account_sequence":0,"payment":"{payment}","refund":null,"amount":1234,"currency":"USD","epoch":1}}]}}]"#
    )
}
