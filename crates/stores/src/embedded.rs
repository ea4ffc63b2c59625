//! A store in one file, for one process on one machine, which needs nothing installed: ledger, intents, control record
//! and outbox.
//!
//! Here is what each of its parts needs: the file, a turn to write it, and the time. What is kept, and on which
//! conditions, is told in the parts: each has its own tables, and whoever reads sees one moment of all of them.

mod books;
mod control;
mod epoch;
mod file;
mod intents;
mod ledger;
mod settings;

use std::path::Path;
use std::sync::Arc;

use payments::Read;
use redb::{Database, Durability, ReadTransaction, ReadableDatabase as _, WriteTransaction};

pub use self::settings::{Clock, EmbeddedSettings, Syncing};
use crate::error::StoreError;

/// A store in one file. Its clones are the same store; the file is free again when the last is dropped.
#[derive(Clone)]
pub struct EmbeddedStore {
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
    /// Opens the file, or makes it. One process at a time can. A file that was not closed, because its process died,
    /// is repaired.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when another process has it open, or it cannot be read or made;
    /// [`StoreError::Damaged`] when it is no such file, or not whole; [`StoreError::Newer`] when a newer program made
    /// it. Nothing is overwritten then.
    pub fn open(path: &Path, settings: EmbeddedSettings) -> Result<Self, StoreError> {
        Ok(Self { database: Arc::new(file::open(path)?), settings })
    }

    /// Answers from one moment of the file, where nobody else waits for the disk with it.
    async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let database = Arc::clone(&self.database);
        let done = tokio::task::spawn_blocking(move || work(&database.begin_read()?)).await;
        done.map_err(StoreError::unavailable)?
    }

    /// Carries out what `work` writes, whole or not at all.
    async fn change<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&WriteTransaction) -> Result<Change<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut open = store.database.begin_write()?;
            if store.settings.syncing == Syncing::Never {
                open.set_durability(Durability::None).map_err(StoreError::unavailable)?;
            }
            match work(&open)? {
                Change::Refused(answer) => Ok(answer),
                Change::Made(answer) => {
                    // What fails from here on may be in the file or not.
                    open.commit().map_err(StoreError::unknown)?;
                    Ok(answer)
                }
            }
        });
        done.await.map_err(StoreError::unknown)?
    }
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedStore").field("settings", &self.settings).finish_non_exhaustive()
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
