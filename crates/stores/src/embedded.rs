//! A store in one file, for one process on one machine, which needs nothing installed: ledger, intents, control record
//! and outbox.
//!
//! Here is what each of its parts needs: the file, a turn to write it, and the time. What is kept, and on which
//! conditions, is told in the parts: each has its own tables, and whoever reads sees one moment of all of them.

mod agenda;
mod books;
mod control;
mod deliveries;
mod epoch;
#[cfg(test)]
mod faults;
mod file;
mod intents;
mod ledger;
mod outbox;
mod settings;
mod writer;

use std::path::Path;
use std::sync::Arc;

use payments::Read;
use redb::{Database, ReadTransaction, ReadableDatabase as _, WriteTransaction};
use tokio::time::timeout;

pub use self::settings::{Clock, EmbeddedSettings, Syncing};
use self::writer::Writer;
use crate::error::StoreError;

/// A store in one file. Its clones are the same store; the file is free again when the last is dropped, which waits
/// for the writes that are under way.
#[derive(Clone)]
pub struct EmbeddedStore {
    inner: Arc<Inner>,
}

struct Inner {
    /// Ends before the file is closed.
    writer: Writer,
    database: Arc<Database>,
    settings: EmbeddedSettings,
}

/// What a part of the store made of a write.
enum Change<T> {
    /// It wrote, and answers this.
    Made(T),
    /// It wrote nothing, and answers this.
    Refused(T),
}

impl EmbeddedStore {
    /// Opens the file, or makes it when it is not there or empty. One process at a time can. All of it is read and
    /// checked; one that was not closed, because its process died, is repaired.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when another process has it open, or it cannot be read or made;
    /// [`StoreError::Damaged`] when it is no such file, or not whole; [`StoreError::Newer`] when a newer program made
    /// it. Nothing is overwritten then.
    pub fn open(path: &Path, settings: EmbeddedSettings) -> Result<Self, StoreError> {
        Self::over(file::open(path)?, settings)
    }

    fn over(database: Database, settings: EmbeddedSettings) -> Result<Self, StoreError> {
        let database = Arc::new(database);
        let writer = Writer::start(Arc::clone(&database), &settings)?;
        Ok(Self { inner: Arc::new(Inner { writer, database, settings }) })
    }

    fn clock(&self) -> Clock {
        Arc::clone(&self.inner.settings.clock)
    }

    /// Answers from one moment of the file, where nobody else waits for the disk with it.
    async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = timeout(self.inner.settings.wait_max, self.look_long(work)).await;
        done.map_err(StoreError::unavailable)?
    }

    /// The same, for however long it takes.
    async fn look_long<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.inner);
        let done = tokio::task::spawn_blocking(move || work(&inner.database.begin_read()?)).await;
        done.map_err(StoreError::unavailable)?
    }

    /// Carries out what `work` writes, whole or not at all. It may be begun more than once.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnMut(&WriteTransaction) -> Result<Change<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let wait_max = self.inner.settings.wait_max;
        let answer = timeout(wait_max, self.inner.writer.wait(work)).await;
        let answer = answer.map_err(StoreError::unavailable)??;
        let answered = timeout(wait_max, answer).await.map_err(StoreError::unknown)?;
        answered.map_err(StoreError::unknown)?
    }
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedStore")
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

/// What a port of the core is told of a read.
fn answered<T>(read: Result<Option<T>, StoreError>) -> Read<T> {
    match read {
        Ok(Some(found)) => Read::Found(found),
        Ok(None) => Read::Absent,
        Err(_) => Read::Unavailable,
    }
}
