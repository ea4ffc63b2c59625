//! Journals of runs: entry after entry, each an item `dr#run#<run>#<position>` that is written once; the list of runs,
//! `dr#runs#<number>`; and the calls of each attempt, `dr#calls#<run>#<position>`, by the entry with which it began: the
//! numbers of attempts begin again on the way back, and when a switchover goes on as a failover.
//!
//! All are read by their keys, one by one, because a table of many intents is not scanned while a Region is lost. What
//! was read stays as it is and is not read again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fence::{NoAnswer, RunId};
use runbook::{Appended, Entry, Journal, wire};
use tokio::task::JoinSet;

use super::ControlTable;
use super::item::{DOCUMENT, Item, Unreadable};
use super::write::{Expected, Put, Settled, settle};
use crate::calls::Call;
use crate::sorted::Said;

/// How many items are asked for at once at first, where nothing is known of how many there are; then twice as many.
const AT_ONCE: u64 = 8;
/// The most that are asked for at once.
const AT_ONCE_MAX: u64 = 64;
/// How often a place in the list of runs is looked for that nobody else takes.
const PLACES_MAX: u32 = 8;

/// How the keys of the list of runs begin.
const RUNS: &str = "dr#runs#";

/// The journal of one run. A clone is the same one.
#[derive(Clone, Debug)]
pub struct RunJournal {
    table: ControlTable,
    run: RunId,
    known: Arc<Mutex<Vec<Entry>>>,
}

impl ControlTable {
    /// The journal of this run. Reads nothing yet.
    #[must_use]
    pub fn journal(&self, run: &RunId) -> RunJournal {
        RunJournal { table: self.clone(), run: run.clone(), known: Arc::default() }
    }

    /// The runs that have a journal, or were about to have one, in the order in which they began.
    ///
    /// # Errors
    ///
    /// When the table does not answer.
    pub async fn runs(&self) -> Result<Vec<RunId>, NoAnswer> {
        let listed = self.listed(RUNS, 0).await.map_err(no_answer)?;
        Ok(listed.into_iter().map(RunId::new).collect())
    }

    /// Keeps the calls of the attempt that began with this entry, for reports; they may be lost.
    ///
    /// # Errors
    ///
    /// When it is not certain that they are kept.
    pub async fn keep_calls(&self, run: &RunId, began: u64, calls: &[Call]) -> Result<(), Said> {
        let document =
            serde_json::to_string(calls).map_err(|error| Said::new(error.to_string()))?;
        match self.write_once(numbered(&calls_prefix(run), began), &document).await {
            Settled::Written | Settled::Refused(_) => Ok(()),
            Settled::NotDone(said) | Settled::Unknown(said) => Err(said),
        }
    }

    /// The calls of the attempt that began with this entry; nothing when none are kept.
    ///
    /// # Errors
    ///
    /// When the table does not answer, or they cannot be read.
    pub async fn calls(&self, run: &RunId, began: u64) -> Result<Option<Vec<Call>>, Said> {
        let item = self.get(&numbered(&calls_prefix(run), began)).await.answer?;
        let text = item.map(|item| text_of(&item)).transpose();
        let text = text.map_err(|error| Said::new(error.to_string()))?;
        let read = text.map(|text| serde_json::from_str(&text)).transpose();
        read.map_err(|error| Said::new(error.to_string()))
    }

    /// The run is in the list, so that it can be found.
    async fn list_run(&self, run: &RunId) -> Result<(), Said> {
        let mut listed = Vec::new();
        for _ in 0..PLACES_MAX {
            let next = listed.len() as u64;
            listed.extend(self.listed(RUNS, next).await?);
            if listed.iter().any(|listed| listed == run.as_str()) {
                return Ok(());
            }
            match self.write_once(numbered(RUNS, listed.len() as u64), run.as_str()).await {
                Settled::Written => return Ok(()),
                Settled::Refused(_) => {}
                Settled::NotDone(said) | Settled::Unknown(said) => return Err(said),
            }
        }
        Err(Said::new("others begin runs all the time"))
    }

    /// The documents under the keys that begin so, from this number on and without a gap.
    async fn listed(&self, prefix: &str, from: u64) -> Result<Vec<String>, Said> {
        let mut documents = Vec::new();
        let mut at_once = if from == 0 { AT_ONCE } else { 1 };
        loop {
            let first = from + documents.len() as u64;
            let read = self.documents(prefix, first, at_once).await?;
            let found = read.len() as u64;
            documents.extend(read);
            if found < at_once {
                return Ok(documents);
            }
            at_once = AT_ONCE_MAX.min(at_once * 2);
        }
    }

    /// So many documents from this number on, up to the first that is not there.
    async fn documents(&self, prefix: &str, first: u64, at_once: u64) -> Result<Vec<String>, Said> {
        let mut asked = JoinSet::new();
        for number in first..first + at_once {
            let (table, id) = (self.clone(), numbered(prefix, number));
            asked.spawn(async move { (number, table.get(&id).await.answer) });
        }
        let mut answers = asked.join_all().await;
        answers.sort_by_key(|(number, _)| *number);
        let mut documents = Vec::new();
        for (_, answer) in answers {
            let Some(item) = answer? else { break };
            documents.push(text_of(&item).map_err(|error| Said::new(error.to_string()))?);
        }
        Ok(documents)
    }

    /// Writes a document under a key that has none. What is there stays there, so that ours was never before it.
    async fn write_once(&self, id: String, document: &str) -> Settled<String> {
        let document = document.to_owned();
        let put = Put {
            id,
            document: document.clone(),
            attributes: Vec::new(),
            expected: Expected::Nothing,
        };
        settle(self.put(&put).await, &document, text_of, |_| true)
    }
}

impl RunJournal {
    /// The entries that were read or written so far, without asking the table.
    #[must_use]
    pub fn known_entries(&self) -> Vec<Entry> {
        self.known().clone()
    }

    fn known(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn prefix(&self) -> String {
        format!("dr#run#{}#", self.run)
    }
}

impl Journal for RunJournal {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        let from = self.known().len();
        let listed = self.table.listed(&self.prefix(), from as u64).await.map_err(no_answer)?;
        let read = listed.iter().map(|text| wire::decode(text));
        let read: Result<Vec<Entry>, _> = read.collect();
        let read = read.map_err(|error| NoAnswer { cause: error.to_string() })?;
        let mut known = self.known();
        // Somebody else may have read on meanwhile.
        let already = known.len().saturating_sub(from);
        known.extend(read.into_iter().skip(already));
        Ok(known.clone())
    }

    async fn append(&self, entry: &Entry) -> Appended {
        if entry.position == 0
            && let Err(said) = self.table.list_run(&self.run).await
        {
            self.table.0.aws.notice(super::ABOUT, &said);
            return Appended::Unknown;
        }
        let id = numbered(&self.prefix(), entry.position);
        match self.table.write_once(id, &wire::encode(entry)).await {
            Settled::Written => {
                let mut known = self.known();
                if known.len() as u64 == entry.position {
                    known.push(entry.clone());
                }
                Appended::Written
            }
            Settled::Refused(_) => Appended::Taken,
            Settled::NotDone(said) | Settled::Unknown(said) => {
                self.table.0.aws.notice(super::ABOUT, &said);
                Appended::Unknown
            }
        }
    }
}

/// Keys are in the order of their numbers.
fn numbered(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:020}")
}

fn calls_prefix(run: &RunId) -> String {
    format!("dr#calls#{run}#")
}

fn text_of(item: &Item) -> Result<String, Unreadable> {
    let document = item.get(DOCUMENT).and_then(|document| document.as_s().ok());
    document.cloned().ok_or(Unreadable::NoDocument)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn no_answer(said: Said) -> NoAnswer {
    NoAnswer { cause: said.to_string() }
}
