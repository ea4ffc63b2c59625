//! The store in one file: the contract, and that what was acknowledged is there after a kill.

mod leases;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::task::Poll;

use payments::{Committed, Epoch, Ledger, Read, Time};
use stores::{EmbeddedSettings, EmbeddedStore, StoreError, Syncing};

use crate::samples::{START_MS, payment_id, posts};
use crate::{contract, telling};

fn open(file: &Path, syncing: Syncing) -> Result<EmbeddedStore, StoreError> {
    let settings = EmbeddedSettings::new(|| Time::from_ms(START_MS));
    EmbeddedStore::open(file, EmbeddedSettings { syncing, ..settings })
}

macro_rules! promises {
    ($($room:ident::$name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("store");
            $room::$name(open(&file, Syncing::Never).unwrap()).await;
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
    telling::leases_events
    telling::obeys_its_epoch
}

/// Tells the child which file to write.
const FILE: &str = "TIDEOVER_TEST_STORE";

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let this = std::env::current_exe().unwrap();
    let mut child = Command::new(this)
        .args(["--exact", "embedded::writes_until_it_is_killed", "--nocapture"])
        .env(FILE, &file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    let numbers =
        said.map_while(Result::ok).filter_map(|line| line.strip_prefix("done ")?.parse().ok());
    let acknowledged: Vec<u8> = numbers.take(20).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let store = open(&file, Syncing::Always).unwrap();
    assert_eq!(acknowledged.len(), 20);
    for number in acknowledged {
        let found = Ledger::read(&store, payment_id(number)).await;
        assert!(matches!(found, Read::Found(_)), "payment {number}: {found:?}");
    }
    assert_eq!(store.audit().await.unwrap(), []);
}

/// The child of the test above; does nothing in a run of its own.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let store = open(Path::new(&file), Syncing::Always).unwrap();
    store.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    for number in 1..=u8::MAX {
        assert_eq!(store.commit(&posts(number, 1)).await, Committed::Done);
        writeln!(std::io::stdout(), "\ndone {number}").unwrap();
    }
}

#[tokio::test]
async fn a_file_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let owner = open(&file, Syncing::Always).unwrap();
    owner.raise_epoch(Epoch::new(3), "us-east-1").await.unwrap();
    let other = open(&file, Syncing::Always);
    assert!(matches!(other, Err(StoreError::Unavailable(_))), "{other:?}");
    drop(owner);
    let next = open(&file, Syncing::Always).unwrap();
    assert_eq!(next.current_epoch().await.unwrap(), Epoch::new(3));
}

/// Whoever does not wait for an answer loses that only, and the store closes when it has written what waits.
#[tokio::test]
async fn what_nobody_waits_for_is_written_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let store = open(&file, Syncing::Always).unwrap();
    store.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    for number in 1..=100 {
        let transaction = posts(number, 1);
        let mut commit = std::pin::pin!(store.commit(&transaction));
        // It has a place then, and most often no answer.
        let asked = std::future::poll_fn(|context| Poll::Ready(commit.as_mut().poll(context)));
        let _ = asked.await;
    }
    drop(store);
    let store = open(&file, Syncing::Always).unwrap();
    for number in 1..=100 {
        let found = Ledger::read(&store, payment_id(number)).await;
        assert!(matches!(found, Read::Found(_)), "payment {number}: {found:?}");
    }
    assert_eq!(store.audit().await.unwrap(), []);
}
