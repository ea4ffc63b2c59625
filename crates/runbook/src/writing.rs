//! Writing one entry so that it is known whether it is written.

use fence::NoAnswer;
use planted::{Bug, is_planted};

use crate::journal::Entry;
use crate::ports::{Appended, Journal};

/// How often a journal that does not answer is asked.
const ATTEMPTS_MAX: u32 = 5;

/// What became of an entry.
pub(crate) enum Written {
    /// It is the last one.
    Yes,
    /// It is among these, which are all.
    Among(Vec<Entry>),
    /// Another has its number; these are all.
    No(Vec<Entry>),
}

/// Writes `entry`. After an unclear answer the journal says what became of it; and an entry that is
/// not there is written again under the same number, which takes place once.
///
/// # Errors
/// When the journal does not answer. The entry may then still come to be.
pub(crate) async fn write<P: Future<Output = ()>>(
    journal: &impl Journal,
    entry: &Entry,
    pause: impl Fn() -> P,
) -> Result<Written, NoAnswer> {
    let mut silence = NoAnswer { cause: "it answers neither yes nor no".to_owned() };
    for attempt in 0..ATTEMPTS_MAX {
        if attempt > 0 {
            pause().await;
        }
        let appended = journal.append(entry).await;
        if appended == Appended::Written || is_planted(Bug::EntryTakenForWritten) {
            return Ok(Written::Yes);
        }
        match journal.read().await {
            Err(no_answer) => silence = no_answer,
            Ok(entries) => match entries.get(place(entry)) {
                Some(found) if found == entry => return Ok(Written::Among(entries)),
                Some(_) => return Ok(Written::No(entries)),
                None => {}
            },
        }
    }
    Err(silence)
}

fn place(entry: &Entry) -> usize {
    usize::try_from(entry.position).expect("a journal fits into memory")
}

/// Reads all entries.
///
/// # Errors
/// When the journal does not answer, however often it is asked within reason.
pub(crate) async fn read<P: Future<Output = ()>>(
    journal: &impl Journal,
    pause: impl Fn() -> P,
) -> Result<Vec<Entry>, NoAnswer> {
    let mut attempt = 1;
    loop {
        match journal.read().await {
            Err(_) if attempt < ATTEMPTS_MAX => {
                attempt += 1;
                pause().await;
            }
            read => return read,
        }
    }
}
