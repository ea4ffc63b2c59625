//! Journals: each entry under a key of its own, which is written once.

use std::collections::BTreeSet;

use fence::{NoAnswer, RunId};
use runbook::{Appended, Entry, Journal, wire};

use super::super::ask::Condition;
use super::super::keys::{self, Kind};
use super::StoreClient;
use super::settle::Settled;

/// The journal of one run.
#[derive(Debug, Clone)]
pub struct RunJournal {
    store: StoreClient,
    run: RunId,
}

impl StoreClient {
    /// The journal of this run.
    #[must_use]
    pub fn journal(&self, run: &RunId) -> RunJournal {
        RunJournal { store: self.clone(), run: run.clone() }
    }

    /// The runs that have a journal.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn runs(&self) -> Result<Vec<RunId>, NoAnswer> {
        let items = self.list(keys::ENTRIES).await.map_err(|cause| NoAnswer { cause })?;
        let runs = items.iter().filter_map(|(key, _)| match keys::kind(key)? {
            Kind::Entry(run) => Some(run),
            _ => None,
        });
        Ok(runs.collect::<BTreeSet<_>>().into_iter().collect())
    }
}

impl Journal for RunJournal {
    /// Entries are listed one after the other while somebody may write: one that came when its place
    /// had been looked at is missing, and so what follows it is left out.
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        let prefix = keys::entries(&self.run);
        let items = self.store.list(&prefix).await.map_err(|cause| NoAnswer { cause })?;
        let own =
            items.iter().filter(|(key, _)| keys::kind(key) == Some(Kind::Entry(self.run.clone())));
        let numbered = own.zip(0_u64..);
        let gapless =
            numbered.take_while(|((key, _), number)| *key == keys::entry(&self.run, *number));
        let read = gapless.map(|((_, text), _)| wire::decode(text));
        read.collect::<Result<_, _>>().map_err(|error| NoAnswer { cause: error.to_string() })
    }

    async fn append(&self, entry: &Entry) -> Appended {
        let key = keys::entry(&self.run, entry.position);
        // What is there stays there, so that ours has never been before it.
        let put =
            self.store.put(key, Condition::Absent, wire::encode(entry), |_| Some(()), |()| true);
        match put.await {
            Settled::Written => Appended::Written,
            Settled::Refused(_) => Appended::Taken,
            Settled::NotDone | Settled::Unknown => Appended::Unknown,
        }
    }
}
