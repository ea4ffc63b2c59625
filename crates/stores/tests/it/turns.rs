//! Transactions that wait go together, and are answered each for itself.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use notify::Outbox as _;
use payments::{Committed, Epoch, Ledger as _, Read, Version};
use stores::{PgLedger, PgSettings};
use tokio::task::JoinSet;

use crate::samples::{payment_id, posts, succeeds};
use crate::server::{Server, connect};

/// A ledger in epoch 1, and how to reach it.
async fn ledger(server: &Server) -> (PgLedger, PgSettings) {
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    (ledger, settings)
}

/// Lets it begin, and no more.
async fn begin(future: impl Future<Output = Committed>) {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        assert_eq!(future.as_mut().poll(context), Poll::Pending);
        Poll::Ready(())
    })
    .await;
}

/// How many transactions of the database wrote the payments that there are.
fn transactions(server: &Server, settings: &PgSettings) -> u32 {
    server.ask(settings, "SELECT count(DISTINCT xmin::text) FROM payments").trim().parse().unwrap()
}

#[tokio::test]
async fn those_that_wait_go_together() {
    let server = Server::shared();
    let (ledger, settings) = ledger(&server).await;
    let (one, two, three) = (posts(1, 1), posts(2, 1), posts(3, 1));
    let late = posts(4, 7);
    let orphan = succeeds(&posts(5, 1));
    // The first goes at once; the others wait for it, the last of them for the others as well.
    let answers = tokio::join!(
        biased;
        ledger.commit(&one),
        ledger.commit(&two),
        ledger.commit(&late),
        ledger.commit(&orphan),
        ledger.commit(&three),
        ledger.commit(&two)
    );
    let expected = (
        Committed::Done,
        Committed::Done,
        Committed::Fenced(Epoch::new(1)),
        Committed::Conflict(None),
        Committed::Done,
        Committed::Conflict(Some(Version(1))),
    );
    assert_eq!(answers, expected);
    assert_eq!(transactions(&server, &settings), 2);
    let hour = Duration::from_secs(3_600);
    let told = ledger.claim_events(Epoch::new(1), 9, hour).await.unwrap();
    let numbers: Vec<_> = told.iter().map(|row| row.event.account_sequence).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(ledger.audit().await.unwrap(), []);
}

#[tokio::test]
async fn one_at_fault_takes_no_other_along() {
    let server = Server::shared();
    let (ledger, _) = ledger(&server).await;
    let (one, two, four) = (posts(1, 1), posts(2, 1), posts(4, 1));
    let mut bad = posts(3, 1);
    // Two payments of one intent: the schema refuses it, whatever the core does.
    bad.record.key = one.record.key;
    let answers = tokio::join!(
        biased;
        ledger.commit(&one),
        ledger.commit(&two),
        ledger.commit(&bad),
        ledger.commit(&four)
    );
    let done = Committed::Done;
    assert_eq!(answers, (done, done, Committed::Unavailable, done));
    assert_eq!(ledger.read(bad.record.id).await, Read::Absent);
    assert_eq!(ledger.audit().await.unwrap(), []);
}

#[tokio::test]
async fn who_gives_up_holds_nobody_up() {
    let server = Server::shared();
    let (ledger, settings) = ledger(&server).await;
    let (one, two) = (posts(1, 1), posts(2, 1));
    let first = ledger.commit(&one);
    let mut first = Box::pin(first);
    begin(first.as_mut()).await;
    begin(ledger.commit(&two)).await;
    let third = posts(3, 1);
    let mut third = Box::pin(ledger.commit(&third));
    begin(third.as_mut()).await;
    // Whoever is being written gives up, and whoever waits gets its turn.
    drop(first);
    assert_eq!(third.await, Committed::Done);
    assert_eq!(ledger.read(two.record.id).await, Read::Absent, "nobody waited for it");
    // The first may be written or not, as by a program that dies.
    let again = ledger.commit(&one).await;
    assert!(matches!(again, Committed::Done | Committed::Conflict(Some(Version(1)))), "{again:?}");
    assert!(transactions(&server, &settings) >= 2);
    assert_eq!(ledger.audit().await.unwrap(), []);
}

/// However they came, so that two programs that write the same payments do not wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_go_together_lock_payments_in_order() {
    let server = Server::shared();
    let (ledger, settings) = ledger(&server).await;
    let (one, two, three) = (posts(1, 1), posts(2, 1), posts(3, 1));
    let (first, second) = (succeeds(&one), succeeds(&two));
    assert_eq!(ledger.commit(&one).await, Committed::Done);
    assert_eq!(ledger.commit(&two).await, Committed::Done);
    let (other, connection) = connect(&settings).await;
    let connection = tokio::spawn(connection);
    let lock = |payment| format!("SELECT FROM payments WHERE id = '{payment}' FOR UPDATE NOWAIT");
    other.batch_execute(&format!("BEGIN; {}", lock(payment_id(1)))).await.unwrap();
    let writes = async {
        tokio::join!(biased; ledger.commit(&three), ledger.commit(&second), ledger.commit(&first))
    };
    let looks = async {
        let blocks = "SELECT FROM pg_locks \
                      WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
        while other.query(blocks, &[]).await.unwrap().is_empty() {}
        other.batch_execute(&lock(payment_id(2))).await.expect("nobody who waits holds it");
        other.batch_execute("COMMIT").await.unwrap();
    };
    let (answers, ()) = tokio::join!(biased; writes, looks);
    assert_eq!(answers, (Committed::Done, Committed::Done, Committed::Done));
    drop(other);
    connection.await.unwrap();
}

/// Some of those that come at once give up somewhere; the others are answered, and nobody waits for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_come_and_go() {
    let server = Server::shared();
    let (ledger, _) = ledger(&server).await;
    let mut tasks = JoinSet::new();
    let mut given_up = Vec::new();
    for number in 1..=200 {
        let ledger = ledger.clone();
        let task = tasks.spawn(async move { (number, ledger.commit(&posts(number, 1)).await) });
        if number % 3 == 0 {
            given_up.push(task);
        }
        if number % 7 == 0 {
            tokio::task::yield_now().await;
            given_up.drain(..).for_each(|task| task.abort());
        }
    }
    while let Some(joined) = tasks.join_next().await {
        if let Ok((number, answer)) = joined {
            assert_eq!(answer, Committed::Done);
            assert!(matches!(ledger.read(payment_id(number)).await, Read::Found(_)));
        }
    }
    assert_eq!(ledger.commit(&posts(201, 1)).await, Committed::Done);
    assert_eq!(ledger.audit().await.unwrap(), []);
}

/// Somebody else holds the account for longer than anybody is to wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_good() {
    let server = Server::shared();
    let (ledger, settings) = ledger(&server).await;
    assert_eq!(ledger.commit(&posts(1, 1)).await, Committed::Done);
    let (other, connection) = connect(&settings).await;
    let connection = tokio::spawn(connection);
    other.batch_execute("BEGIN; SELECT FROM accounts FOR UPDATE").await.unwrap();
    let transaction_timeout = Duration::from_millis(100);
    let hasty = PgLedger::new(&PgSettings { transaction_timeout, ..settings }).unwrap();
    let mut tasks = JoinSet::new();
    for number in 2..10 {
        let hasty = hasty.clone();
        tasks.spawn(async move { hasty.commit(&posts(number, 1)).await });
    }
    for answer in tasks.join_all().await {
        assert_eq!(answer, Committed::Unavailable);
    }
    drop(other);
    connection.await.unwrap();
    for number in 2..10 {
        assert_eq!(ledger.read(payment_id(number)).await, Read::Absent);
    }
    assert_eq!(ledger.commit(&posts(2, 1)).await, Committed::Done);
}
