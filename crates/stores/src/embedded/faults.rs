//! Tests: a disk that fails at each of its operations in turn, before or after it has done it. Whatever was answered
//! is what is found, by the next process and after a failure of power.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use payments::Time;
use redb::{
    ReadTransaction, ReadableTable as _, StorageBackend, TableDefinition, WriteTransaction,
};
use tokio::task::JoinSet;

use super::{Change, EmbeddedSettings, EmbeddedStore, file};
use crate::error::StoreError;

const NUMBERS: TableDefinition<'_, u64, ()> = TableDefinition::new("numbers");
const ROUNDS: u64 = 3;
const WRITERS: u64 = 6;

/// When the operation fails that fails.
#[derive(Clone, Copy, Debug)]
enum Fails {
    Before,
    After,
}

/// A disk in memory, and whoever asks it: a clone is the same disk.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    written: Vec<u8>,
    /// What a failure of power leaves.
    synced: Vec<u8>,
    /// After how many operations one fails, and how.
    fault: Option<(u64, Fails)>,
    has_failed: bool,
}

impl Disk {
    fn holding(bytes: &[u8]) -> Self {
        let (written, synced) = (bytes.to_vec(), bytes.to_vec());
        Self(Arc::new(Mutex::new(Contents { written, synced, ..Contents::default() })))
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn operate(&self, effect: impl FnOnce(&mut Contents)) -> Result<(), Error> {
        let mut contents = self.contents();
        let fails = match &mut contents.fault {
            Some((0, fails)) => Some(*fails),
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        };
        contents.has_failed |= fails.is_some();
        if !matches!(fails, Some(Fails::Before)) {
            effect(&mut contents);
        }
        fails.map_or(Ok(()), |_| Err(Error::other("the disk failed")))
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.contents().written.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let from = place(offset)?;
        let contents = self.contents();
        let found = contents.written.get(from..from + out.len());
        out.copy_from_slice(found.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        let length = place(length)?;
        self.operate(|contents| contents.written.resize(length, 0))
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.operate(|contents| contents.synced.clone_from(&contents.written))
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let from = place(offset)?;
        self.operate(|contents| contents.written[from..from + data.len()].copy_from_slice(data))
    }
}

fn place(offset: u64) -> Result<usize, Error> {
    usize::try_from(offset).map_err(Error::other)
}

fn open(disk: Disk) -> EmbeddedStore {
    let database = file::builder().create_with_backend(disk).expect("the disk is whole");
    let database = file::ready(database).expect("the disk works");
    let settings = EmbeddedSettings::new(|| Time::from_ms(0));
    EmbeddedStore::over(database, settings).expect("a thread is started")
}

/// What the disk of a new store holds.
async fn new_disk() -> Vec<u8> {
    let disk = Disk::default();
    let store = open(disk.clone());
    store.change(|open| put(open, 0)).await.expect("the disk works");
    drop(store);
    let contents = disk.contents();
    contents.written.clone()
}

/// Writes the number, if it is not there.
fn put(open: &WriteTransaction, number: u64) -> Result<Change<Answer>, StoreError> {
    let mut table = open.open_table(NUMBERS)?;
    if table.get(number)?.is_some() {
        return Ok(Change::Refused(Answer::IsThere));
    }
    table.insert(number, ())?;
    Ok(Change::Made(Answer::Written))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Written,
    IsThere,
}

type Answers = Vec<(u64, Result<Answer, StoreError>)>;

/// Lets writers write each number twice, all at once, so that they share turns.
async fn write_all(store: &EmbeddedStore) -> Answers {
    let mut answers = Vec::new();
    for round in 0..ROUNDS {
        let mut tasks = JoinSet::new();
        for writer in 0..2 * WRITERS {
            let number = 1 + round * WRITERS + writer / 2;
            let store = store.clone();
            tasks.spawn(async move { (number, store.change(move |open| put(open, number)).await) });
        }
        answers.extend(tasks.join_all().await);
    }
    answers
}

fn numbers(open: &ReadTransaction) -> Result<Vec<u64>, StoreError> {
    open.open_table(NUMBERS)?.iter()?.map(|row| Ok(row?.0.value())).collect()
}

async fn agrees(answers: &Answers, bytes: &[u8], what: &str) {
    let store = open(Disk::holding(bytes));
    let found = store.look(numbers).await.expect("the disk works");
    for (number, answer) in answers {
        let is_there = found.contains(number);
        match answer {
            Ok(_) => assert!(is_there, "{what}: {number} is gone, and was {answer:?}"),
            Err(StoreError::Unavailable(_)) => {
                let is_anothers = answers.iter().any(|(other, answer)| {
                    other == number && !matches!(answer, Err(StoreError::Unavailable(_)))
                });
                assert!(!is_there || is_anothers, "{what}: {number} is there, and was {answer:?}");
            }
            Err(StoreError::Unknown(_)) => {}
            Err(error) => panic!("{what}: {number}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn whatever_the_disk_fails_at_no_answer_is_a_lie() {
    let whole = new_disk().await;
    let (mut unknown, mut unavailable) = (0, 0);
    for fails in [Fails::Before, Fails::After] {
        for after in 0.. {
            let disk = Disk::holding(&whole);
            let store = open(disk.clone());
            disk.contents().fault = Some((after, fails));
            let answers = write_all(&store).await;
            drop(store);
            let (written, synced, has_failed) = {
                let contents = disk.contents();
                (contents.written.clone(), contents.synced.clone(), contents.has_failed)
            };
            let what = format!("{fails:?} operation {after}");
            agrees(&answers, &written, &format!("{what}, next process")).await;
            agrees(&answers, &synced, &format!("{what}, failure of power")).await;
            let count = |is: fn(&StoreError) -> bool| {
                answers.iter().filter(|(_, answer)| answer.as_ref().is_err_and(is)).count()
            };
            unknown += count(|error| matches!(error, StoreError::Unknown(_)));
            unavailable += count(|error| matches!(error, StoreError::Unavailable(_)));
            if !has_failed {
                break;
            }
        }
    }
    assert!(unknown > 0 && unavailable > 0, "{unknown} unknown, {unavailable} unavailable");
}
