//! The ledger in PostgreSQL: the contract, and what only a server can do to it.

use std::error::Error as _;
use std::time::Duration;

use payments::{Committed, Epoch, Fate, Ledger, PaymentId, Read, Refusal, Version};
use stores::{PgLedger, PgSettings, Raised, StoreError};
use tokio::task::JoinSet;

use crate::samples::{payment_id, posts, refund, succeeds};
use crate::server::{Server, connect};
use crate::{contract, telling};

macro_rules! promises {
    ($($room:ident::$name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let server = Server::shared();
            $room::$name(server.ledger().await).await;
        }
    )*};
}

promises! {
    contract::commits_conflicts_and_fences
    contract::lists_and_balances
    contract::raises_the_epoch
    contract::takes_a_payment_once
    contract::writes_nothing_after_the_epoch
    telling::calls_whom_it_may
    telling::gives_each_row_to_one
    telling::keeps_endpoints
    telling::leases_callbacks
    telling::leaves_room_for_every_endpoint
    telling::leases_events
    telling::obeys_its_epoch
}

#[tokio::test]
async fn migrations_are_done_once_and_guarded() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    let (one, other) = tokio::join!(ledger.migrate(), ledger.migrate());
    one.and(other).unwrap();
    server.ask(&settings, "INSERT INTO schema_migrations VALUES (7, '')");
    let newer = ledger.migrate().await;
    assert!(matches!(newer, Err(StoreError::Newer { found: 7, known: 6 })), "{newer:?}");
    server.ask(&settings, "UPDATE schema_migrations SET checksum = ''");
    let changed = ledger.migrate().await;
    assert!(matches!(changed, Err(StoreError::Changed(1))), "{changed:?}");
}

/// A migration, too, may wait for another program's, or work on a large table.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_has_more_time_than_a_payment() {
    let server = Server::shared();
    let settings = server.database();
    let (other, connection) = connect(&settings).await;
    let connection = tokio::spawn(connection);
    let lock = i64::from_be_bytes(*b"tideover");
    other.batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({lock})")).await.unwrap();
    let transaction_timeout = Duration::from_millis(500);
    let hasty = PgLedger::new(&PgSettings { transaction_timeout, ..settings }).unwrap();
    let holds = async {
        let blocks = "SELECT FROM pg_locks \
                      WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
        while other.query(blocks, &[]).await.unwrap().is_empty() {}
        // The wait goes on for longer than a payment's.
        other.batch_execute("SELECT pg_sleep(1); COMMIT").await.unwrap();
    };
    let (migrated, ()) = tokio::join!(biased; hasty.migrate(), holds);
    migrated.unwrap();
    drop(other);
    connection.await.unwrap();
}

/// Aurora says it only to those who have logical replication on.
#[tokio::test]
async fn the_epoch_is_raised_where_the_log_does_not_say_its_position() {
    let server = Server::shared();
    let settings = server.database();
    let owner = format!("owner_of_{}", settings.database);
    server.ask(&settings, &format!("CREATE ROLE {owner} LOGIN"));
    server.ask(&settings, &format!("ALTER DATABASE {} OWNER TO {owner}", settings.database));
    let ledger = PgLedger::new(&PgSettings { user: owner, ..settings.clone() }).unwrap();
    ledger.migrate().await.unwrap();
    let positions = "SELECT epoch, lsn IS NULL FROM dr_epoch_history ORDER BY epoch";
    assert_eq!(ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap(), Raised::Done);
    assert_eq!(server.ask(&settings, positions), "1|f\n");
    server.ask(&settings, "REVOKE EXECUTE ON FUNCTION pg_current_wal_insert_lsn() FROM PUBLIC");
    assert_eq!(ledger.raise_epoch(Epoch::new(2), "us-west-2").await.unwrap(), Raised::Done);
    assert_eq!(server.ask(&settings, positions), "1|f\n2|t\n");
}

#[tokio::test]
async fn a_cause_is_said_once() {
    let nowhere = PgSettings::new("127.0.0.1", 1, "user", "payments");
    let failed = PgLedger::new(&nowhere).unwrap().migrate().await.unwrap_err();
    let mut said = vec![failed.to_string()];
    let mut cause = failed.source();
    while let Some(error) = cause {
        said.push(error.to_string());
        cause = error.source();
    }
    assert_eq!(
        said,
        [
            "the store is not available",
            "the server did not take the connection",
            "error connecting to server",
            "Connection refused (os error 111)",
        ]
    );
}

#[tokio::test]
async fn transfers_are_never_changed() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    let refused = "DO $$ BEGIN UPDATE transfers SET amount = 1; RAISE 'it may'; \
                   EXCEPTION WHEN raise_exception THEN IF SQLERRM = 'it may' THEN RAISE; END IF; END $$";
    server.ask(&settings, refused);
    server
        .ask(&settings, &refused.replace("UPDATE transfers SET amount = 1", "TRUNCATE transfers"));
}

/// However many refunds a payment has.
#[tokio::test]
async fn a_commit_neither_writes_nor_locks_what_stays() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let refused = Fate::Refused(Refusal::PaymentOpen);
    let posted = posts(1, 1);
    let first = refund(&posted, 1, refused);
    let second = refund(&first, 2, refused);
    for transaction in [&posted, &first, &second, &succeeds(&second)] {
        assert_eq!(ledger.commit(transaction).await, Committed::Done);
    }
    assert_eq!(server.ask(&settings, "SELECT count(*) FROM refunds WHERE xmax = 0"), "2\n");
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_not_available() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let alter =
        format!("ALTER DATABASE {} SET default_transaction_read_only = on", settings.database);
    server.ask(&settings, &alter);
    let later = PgLedger::new(&settings).unwrap();
    assert_eq!(later.commit(&posts(1, 1)).await, Committed::Unavailable);
    assert_eq!(ledger.read(payment_id(1)).await, Read::Absent);
}

/// Of sixteen programs that move the same payment, one does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_race_move_a_payment_once() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    assert_eq!(ledger.commit(&posts(1, 1)).await, Committed::Done);
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let other = PgLedger::new(&settings).unwrap();
        tasks.spawn(async move { other.commit(&succeeds(&posts(1, 1))).await });
    }
    let answers = tasks.join_all().await;
    let done = answers.iter().filter(|answer| **answer == Committed::Done).count();
    let lost = answers.iter().filter(|answer| **answer == Committed::Conflict(Some(Version(2))));
    assert_eq!((done, lost.count()), (1, 15), "{answers:?}");
    assert_eq!(ledger.audit().await.unwrap(), []);
}

/// Writers of whom one is always at work do not keep the epoch from being raised.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn traffic_does_not_hold_the_epoch_down() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (writer, connection) = connect(&settings).await;
        tasks.spawn(connection);
        tasks.spawn(async move {
            let write = "BEGIN; SELECT held_epoch(); SELECT pg_sleep(0.01); COMMIT";
            while writer.batch_execute(write).await.is_ok() {}
        });
    }
    for epoch in 1..=5 {
        let raised = ledger.raise_epoch(Epoch::new(epoch), "us-east-1").await;
        assert_eq!(raised.unwrap(), Raised::Done);
    }
    tasks.shutdown().await;
}

/// More payments than are read at a time.
#[tokio::test]
async fn everything_is_read_as_it_was_written() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    assert_eq!(ledger.everything().await.unwrap(), (vec![], vec![]));
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let (first, second) = (posts(1, 1), posts(2, 1));
    let refused = refund(&second, 1, Fate::Refused(Refusal::PaymentOpen));
    for transaction in [&second, &first, &refused] {
        assert_eq!(ledger.commit(transaction).await, Committed::Done);
    }
    let (records, postings) = ledger.everything().await.unwrap();
    assert_eq!(records, [first.record.clone(), refused.record.clone()]);
    let written = [&first, &second].map(|posted| posted.transfers[0].postings()).concat();
    assert_eq!(postings.len(), written.len());
    assert!(written.iter().all(|posting| postings.contains(posting)), "{postings:?}");
    let copies = "INSERT INTO payments SELECT left(id, -4) || to_char(n, 'FM0000'), \
                  translate(repeat(md5(n::text), 2), '0123456789abcdef', 'abcdefghijklmnop'), account, amount, \
                  currency, token, description, metadata, accepted, version, state \
                  FROM payments, generate_series(1001, 3000) AS n WHERE id = (SELECT max(id) FROM payments)";
    server.ask(&settings, copies);
    let (records, _) = ledger.everything().await.unwrap();
    assert_eq!(records.len(), 2_002);
    assert!(records.is_sorted_by(|one, next| one.id < next.id), "each is there once");
}

#[tokio::test]
async fn an_order_of_older_rules_is_read() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    assert_eq!(ledger.commit(&posts(1, 1)).await, Committed::Done);
    server.ask(&settings, "UPDATE payments SET description = repeat('a', 501)");
    let Read::Found(record) = ledger.read(payment_id(1)).await else { panic!("it is not read") };
    assert_eq!(record.order.description().map(str::len), Some(501));
}

/// However small the tables are, and whatever the server knows of them: no plan is one that grows with them.
#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let explain =
        ["fsync=off", "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0"];
    let server = Server::start_with(&explain, |_| {});
    let log = || std::fs::read_to_string(server.folder().join("log")).unwrap();
    let mut ledgers = Vec::new();
    for _ in 0..6 {
        ledgers.push(server.ledger().await);
    }
    // What makes the tables may look through them.
    let made = log().len();
    let mut next = || ledgers.pop().unwrap();
    contract::commits_conflicts_and_fences(next()).await;
    contract::lists_and_balances(next()).await;
    telling::calls_whom_it_may(next()).await;
    telling::keeps_endpoints(next()).await;
    telling::leaves_room_for_every_endpoint(next()).await;
    telling::leases_events(next()).await;
    let log = log().split_off(made);
    let scanned = |table: &str| log.contains(&format!("Seq Scan on {table}"));
    let tables = ["payments", "refunds", "transfers", "accounts", "outbox", "webhook_deliveries"];
    assert!(log.contains("Index Scan using payments_pkey on payments"), "plans are written down");
    assert_eq!(tables.into_iter().filter(|table| scanned(table)).collect::<Vec<_>>(), [""; 0]);
}

/// Servers die under sixteen writers, again and again. Whatever was answered is what is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_never_a_lie() {
    let server = Server::start_new();
    let ledger = server.ledger().await;
    assert_eq!(ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap(), Raised::Done);
    let mut certain = Vec::new();
    for round in 0..3_u8 {
        let mut tasks = JoinSet::new();
        for number in round * 48 + 1..=round * 48 + 48 {
            let ledger = ledger.clone();
            tasks.spawn(async move { (number, ledger.commit(&posts(number, 1)).await) });
        }
        // In the middle of it, by the writers' own progress.
        let first = tasks.join_next().await.unwrap().unwrap();
        tokio::task::block_in_place(|| server.crash());
        certain.push(first);
        certain.extend(tasks.join_all().await);
        tokio::task::block_in_place(|| server.start());
    }
    for (number, answer) in certain {
        agrees(&ledger, payment_id(number), answer).await;
    }
    assert_eq!(ledger.audit().await.unwrap(), []);
}

async fn agrees(ledger: &PgLedger, payment: PaymentId, answer: Committed) {
    let found = matches!(ledger.read(payment).await, Read::Found(_));
    match answer {
        Committed::Done => assert!(found, "{payment} was acknowledged"),
        Committed::Unavailable => assert!(!found, "{payment} was refused"),
        Committed::Unknown => {}
        Committed::Fenced(_) | Committed::Conflict(_) => panic!("{payment}: {answer:?}"),
    }
}
