//! The books on the disk: one line of JSON for each change, appended. The last line of a key counts. A line that a death
//! cut off was never answered for, and is taken away.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use payments::Time;
use processor::{CardToken, Decided, Entry, Wanted};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::processor_wire::{WireMoney, WireVerdict, WireWanted};

/// Why the books cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BooksFault {
    /// The file.
    #[error("the books of the processor cannot be read or written")]
    File(#[from] io::Error),
    /// Another process has them.
    #[error("another process has the books of the processor open")]
    InUse,
    /// A line that is not the last one.
    #[error("line {0} of the processor's books makes no sense")]
    Line(usize),
}

/// A line of the file. There is no `Debug`: tokens are not shown.
#[derive(Serialize, Deserialize)]
struct StoredLine {
    key: String,
    entry: StoredEntry,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum StoredEntry {
    Unseen {
        asked_since: Option<StoredTime>,
        not_taken: u32,
    },
    Closed,
    Decided {
        wanted: WireWanted,
        money: WireMoney,
        at: StoredTime,
        verdict: WireVerdict,
        pending: u32,
    },
}

/// Seconds and milliseconds apart, because thirteen digits in a row can look like a card number.
#[derive(Serialize, Deserialize)]
struct StoredTime(u64, u64);

impl From<Time> for StoredTime {
    fn from(time: Time) -> Self {
        Self(time.as_ms() / 1_000, time.as_ms() % 1_000)
    }
}

impl StoredTime {
    fn time(&self) -> Time {
        Time::from_ms(self.0.saturating_mul(1_000).saturating_add(self.1))
    }
}

impl From<&Entry> for StoredEntry {
    fn from(entry: &Entry) -> Self {
        match entry {
            Entry::Unseen { asked_since, not_taken } => {
                Self::Unseen { asked_since: asked_since.map(Into::into), not_taken: *not_taken }
            }
            Entry::Closed => Self::Closed,
            Entry::Decided(Decided { wanted, money, at, verdict, pending }) => Self::Decided {
                wanted: match wanted {
                    Wanted::Charge(token) => {
                        WireWanted::Charge { token: token.as_str().to_owned() }
                    }
                    Wanted::Refund(of) => WireWanted::Refund { of: of.clone() },
                },
                money: (*money).into(),
                at: (*at).into(),
                verdict: (*verdict).into(),
                pending: *pending,
            },
        }
    }
}

impl StoredEntry {
    /// The entry, if it makes sense.
    fn entry(self) -> Option<Entry> {
        Some(match self {
            Self::Unseen { asked_since, not_taken } => {
                Entry::Unseen { asked_since: asked_since.as_ref().map(StoredTime::time), not_taken }
            }
            Self::Closed => Entry::Closed,
            Self::Decided { wanted, money, at, verdict, pending } => Entry::Decided(Decided {
                wanted: match wanted {
                    WireWanted::Charge { token } => Wanted::Charge(CardToken::new(&token)),
                    WireWanted::Refund { of } => Wanted::Refund(of),
                },
                money: money.money()?,
                at: at.time(),
                verdict: verdict.into(),
                pending,
            }),
        })
    }
}

/// The file, open for appending. Lines that come while the disk is busy share the next wait for it.
pub(super) struct BookFile {
    /// There until this is dropped.
    jobs: Option<Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

struct Job {
    line: Vec<u8>,
    kept: oneshot::Sender<()>,
}

/// A line that is on its way to the disk: something when it is there, with everything before it; an error when it
/// cannot be written.
pub(super) type Written = oneshot::Receiver<()>;

impl BookFile {
    /// Opens the file, and says what is in it.
    pub(super) fn open(path: &Path) -> Result<(Self, BTreeMap<String, Entry>), BooksFault> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        file.try_lock().map_err(|fault| match fault {
            TryLockError::WouldBlock => BooksFault::InUse,
            TryLockError::Error(error) => BooksFault::File(error),
        })?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let entries = read(&text[..whole])?;
        file.set_len(u64::try_from(whole).expect("it was read into memory"))?;
        file.sync_all()?;
        sync_folder(path)?;
        let (jobs, receiver) = channel();
        let writer = thread::Builder::new()
            .name("processor-books".to_owned())
            .spawn(move || write_all(file, &receiver))?;
        Ok((Self { jobs: Some(jobs), writer: Some(writer) }, entries))
    }

    /// Appends the entry of a key. Without one there is nothing to append, and yet to wait for what was before.
    pub(super) fn write(&mut self, key: &str, entry: Option<&Entry>) -> Written {
        let line = entry.map(|entry| line(key, entry)).unwrap_or_default();
        let (kept, written) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            // When nobody writes any more, `kept` is dropped, and with it the answer.
            let _ = jobs.send(Job { line, kept });
        }
        written
    }
}

impl Drop for BookFile {
    /// Waits until what was begun is on the disk and the file is free.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has closed the file too.
            let _ = writer.join();
        }
    }
}

fn line(key: &str, entry: &Entry) -> Vec<u8> {
    let stored = StoredLine { key: key.to_owned(), entry: entry.into() };
    let mut line = serde_json::to_vec(&stored).expect("an entry is texts and numbers");
    line.push(b'\n');
    line
}

fn read(text: &[u8]) -> Result<BTreeMap<String, Entry>, BooksFault> {
    let lines = text.split_inclusive(|byte| *byte == b'\n').enumerate();
    let entries = lines.map(|(index, line)| {
        let entry = serde_json::from_slice(line)
            .ok()
            .and_then(|StoredLine { key, entry }| Some((key, entry.entry()?)));
        entry.ok_or(BooksFault::Line(index + 1))
    });
    entries.collect()
}

/// A new file is there after a loss of power only when its folder is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Writes what comes, until the books are dropped or the disk fails: after half a line nothing may follow.
fn write_all(mut file: File, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let batch: Vec<_> = std::iter::once(first).chain(jobs.try_iter()).collect();
        let lines: Vec<u8> = batch.iter().flat_map(|job| job.line.iter().copied()).collect();
        let is_kept =
            lines.is_empty() || file.write_all(&lines).and_then(|()| file.sync_data()).is_ok();
        if !is_kept {
            return;
        }
        for job in batch {
            // Whoever asked may have gone.
            let _ = job.kept.send(());
        }
    }
}
