//! The ledger in PostgreSQL: the contract, and what only a server can do to it.

use std::time::Duration;

use payments::{Committed, Epoch, Ledger, PaymentId, Read};
use stores::{Password, PgLedger, Raised, StoreError};
use tokio::task::JoinSet;

use crate::contract;
use crate::samples::{payment_id, posts};
use crate::server::Server;

macro_rules! promises {
    ($($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let server = Server::shared();
            contract::$name(server.ledger().await).await;
        }
    )*};
}

promises! {
    commits_conflicts_and_fences
    raises_the_epoch
    takes_a_payment_once
    writes_nothing_after_the_epoch
    lists_balances_and_tells
}

#[tokio::test]
async fn migrations_are_done_once_and_guarded() {
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    let (one, other) = tokio::join!(ledger.migrate(), ledger.migrate());
    one.and(other).unwrap();
    server.ask(&settings, "INSERT INTO schema_migrations VALUES (2, '')");
    let newer = ledger.migrate().await;
    assert!(matches!(newer, Err(StoreError::Newer { found: 2, known: 1 })), "{newer:?}");
    server.ask(&settings, "UPDATE schema_migrations SET checksum = ''");
    let changed = ledger.migrate().await;
    assert!(matches!(changed, Err(StoreError::Changed(1))), "{changed:?}");
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

#[tokio::test]
async fn a_failed_row_comes_back_and_a_published_one_does_not() {
    let server = Server::shared();
    let ledger = server.ledger().await;
    let epoch = Epoch::new(1);
    ledger.raise_epoch(epoch, "us-east-1").await.unwrap();
    assert_eq!(ledger.commit(&posts(1, 1)).await, Committed::Done);
    let lapsed = ledger.claim(epoch, 10, Duration::ZERO).await.unwrap()[0];
    let held = ledger.claim(epoch, 10, Duration::from_secs(3_600)).await.unwrap()[0];
    assert_eq!((lapsed.claims, held.claims), (1, 2));
    ledger.failed(epoch, &lapsed, Duration::ZERO).await.unwrap();
    assert_eq!(ledger.claim(epoch, 10, Duration::ZERO).await.unwrap(), [], "not its lease");
    ledger.failed(epoch, &held, Duration::ZERO).await.unwrap();
    assert_eq!(ledger.claim(epoch, 10, Duration::ZERO).await.unwrap().len(), 1);
    ledger.published(epoch, held.event.draft.id).await.unwrap();
    assert_eq!(ledger.claim(epoch, 10, Duration::ZERO).await.unwrap(), []);
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

#[test]
fn a_password_is_shown_to_nobody() {
    let mut settings = stores::PgSettings::new("host", 1, "user", "database");
    settings.password = Some(Password::new("hunter2hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"));
}
