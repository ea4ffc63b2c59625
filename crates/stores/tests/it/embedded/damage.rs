//! Files that are not whole, or not ours: refused by name, and left as they are.

use std::path::Path;

use payments::{Committed, Epoch, Ledger as _, Read};
use redb::{Database, TableDefinition};
use stores::{EmbeddedStore, StoreError, Syncing};

use super::open;
use crate::samples::{payment_id, posts};

const PAYMENTS: u8 = 20;

/// What the file of some payments holds when it is closed.
async fn closed(file: &Path) -> Vec<u8> {
    let store = open(file, Syncing::Always).expect("the file is new");
    store.raise_epoch(Epoch::new(1), "us-east-1").await.expect("it answers");
    for number in 1..=PAYMENTS {
        assert_eq!(store.commit(&posts(number, 1)).await, Committed::Done);
    }
    drop(store);
    std::fs::read(file).expect("it is there")
}

/// Whether a file that holds this is refused as damaged. It must not be changed then, and must be whole otherwise.
async fn is_refused(file: &Path, contents: &[u8], what: &str) -> bool {
    std::fs::write(file, contents).expect("the folder is writable");
    match open(file, Syncing::Always) {
        Err(StoreError::Damaged(_)) => {
            assert!(
                std::fs::read(file).expect("it is there") == contents,
                "{what}: it was changed"
            );
            true
        }
        Err(error) => panic!("{what}: {error:?}"),
        Ok(store) => {
            is_whole(&store, what).await;
            false
        }
    }
}

async fn is_whole(store: &EmbeddedStore, what: &str) {
    assert_eq!(store.audit().await.expect("it is read"), [], "{what}");
    for number in 1..=PAYMENTS {
        let found = store.read(payment_id(number)).await;
        assert!(matches!(found, Read::Found(_)), "{what}: payment {number}: {found:?}");
    }
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let whole = closed(&file).await;
    let pages = (1..whole.len() / 4_096).map(|page| page * 4_096);
    for length in [1, 100, 319, 320, 4_095, whole.len() - 1].into_iter().chain(pages) {
        let what = format!("{length} bytes");
        assert!(is_refused(&file, &whole[..length], &what).await, "{what}");
    }
}

/// A byte that was changed is one of the header, of a page, or of what nobody uses any more.
#[tokio::test]
async fn a_byte_that_was_changed_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let whole = closed(&file).await;
    let mut refused = 0;
    for at in (0..whole.len()).step_by(8_191).chain((0..320).step_by(5)) {
        let mut contents = whole.clone();
        contents[at] ^= 0x55;
        refused += u32::from(is_refused(&file, &contents, &format!("byte {at}")).await);
    }
    assert!(refused > 20, "{refused} were refused");
    assert!(!is_refused(&file, &whole, "no byte").await);
}

#[tokio::test]
async fn a_file_of_somebody_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    assert!(is_refused(&file, b"account,amount\n", "a table").await);
    std::fs::remove_file(&file).unwrap();
    let other = TableDefinition::<&str, &str>::new("payments");
    let database = Database::create(&file).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(other).unwrap().insert("a", "b").unwrap();
    write.commit().unwrap();
    drop(database);
    let opened = open(&file, Syncing::Always);
    assert!(matches!(opened, Err(StoreError::Damaged(_))), "{opened:?}");
    let nowhere = open(&folder.path().join("no folder").join("store"), Syncing::Always);
    assert!(matches!(nowhere, Err(StoreError::Unavailable(_))), "{nowhere:?}");
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    closed(&file).await;
    let set_layout = |version| {
        let database = Database::create(&file).unwrap();
        let write = database.begin_write().unwrap();
        let layout = TableDefinition::<(), u64>::new("layout");
        write.open_table(layout).unwrap().insert((), version).unwrap();
        write.commit().unwrap();
    };
    set_layout(2);
    let newer = open(&file, Syncing::Always);
    assert!(matches!(newer, Err(StoreError::Newer { found: 2, known: 1 })), "{newer:?}");
    set_layout(1);
    is_whole(&open(&file, Syncing::Always).unwrap(), "as it was").await;
}

/// A file whose making was cut short by a kill is made when it is opened again.
#[tokio::test]
async fn a_file_that_was_not_finished_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    std::fs::write(&file, b"").unwrap();
    drop(open(&file, Syncing::Always).unwrap());
    std::fs::remove_file(&file).unwrap();
    drop(Database::create(&file).unwrap());
    let store = open(&file, Syncing::Always).unwrap();
    assert_eq!(store.current_epoch().await.unwrap(), Epoch::new(0));
}
