//! Turns to write the file: all writes that wait at one moment share one transaction and one wait for the disk.
//!
//! One thread takes what waits, carries each write out in order, commits once and answers each. While it waits for the
//! disk the next ones gather, so that nobody waits for company. A write that is refused has written nothing; one that
//! fails takes no other along, because the others are begun anew without it.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::JoinHandle;

use redb::{CommitError, Database, Durability, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::Change;
use super::settings::{EmbeddedSettings, Syncing};
use crate::error::StoreError;

/// How many writes wait at most; who comes then waits for a place.
const WAITING_MAX: usize = 1_024;

/// The thread that writes.
pub(super) struct Writer {
    /// There until the writer is dropped.
    waiting: Option<mpsc::Sender<Box<dyn Waiting>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        database: Arc<Database>,
        settings: &EmbeddedSettings,
    ) -> Result<Self, StoreError> {
        let (waiting, turns) = mpsc::channel(WAITING_MAX);
        let file = File { database, syncing: settings.syncing };
        let batch_max = settings.batch_max;
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || file.serve(turns, batch_max));
        let thread = thread.map_err(StoreError::unavailable)?;
        Ok(Self { waiting: Some(waiting), thread: Some(thread) })
    }

    /// Waits for a place, and says where the answer will be.
    ///
    /// # Errors
    ///
    /// When the thread has died of a bug.
    pub(super) async fn wait<T: Send + 'static>(
        &self,
        work: impl FnMut(&WriteTransaction) -> Result<Change<T>, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let waiting = self.waiting.as_ref().expect("it is there until the writer is dropped");
        let (answer, answered) = oneshot::channel();
        let write = Write { work, made: None, answer };
        let sent = waiting.send(Box::new(write)).await;
        sent.map_err(|_| StoreError::unavailable("nobody writes the file any more"))?;
        Ok(answered)
    }
}

impl Drop for Writer {
    /// Answers all that waits, and closes the file.
    fn drop(&mut self) {
        self.waiting = None;
        if let Some(thread) = self.thread.take() {
            // A panic has told of itself, and its writes were answered by that.
            drop(thread.join());
        }
    }
}

/// A write that waits for its turn.
trait Waiting: Send {
    /// Writes it into the transaction; answers whether anything was written.
    fn carry_out(&mut self, open: &WriteTransaction) -> Result<bool, StoreError>;

    /// Tells whoever waits what came of it, or of the commit.
    fn settle(self: Box<Self>, failed: Option<&Arc<CommitError>>);

    /// Tells whoever waits that it was not written.
    fn fail(self: Box<Self>, error: StoreError);
}

struct Write<W, T> {
    work: W,
    made: Option<Change<T>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<W, T> Waiting for Write<W, T>
where
    W: FnMut(&WriteTransaction) -> Result<Change<T>, StoreError> + Send,
    T: Send,
{
    fn carry_out(&mut self, open: &WriteTransaction) -> Result<bool, StoreError> {
        let made = self.made.insert((self.work)(open)?);
        Ok(matches!(made, Change::Made(_)))
    }

    fn settle(self: Box<Self>, failed: Option<&Arc<CommitError>>) {
        let made = self.made.expect("it was carried out");
        let result = match (made, failed.map(Arc::clone)) {
            (Change::Made(answer) | Change::Refused(answer), None) => Ok(answer),
            (Change::Made(_), Some(error)) => Err(StoreError::unknown(error)),
            // It wrote nothing, but it may be refused for what is not in the file.
            (Change::Refused(_), Some(error)) => Err(StoreError::unavailable(error)),
        };
        // Whoever does not wait any more does without the answer.
        drop(self.answer.send(result));
    }

    fn fail(self: Box<Self>, error: StoreError) {
        drop(self.answer.send(Err(error)));
    }
}

struct File {
    database: Arc<Database>,
    syncing: Syncing,
}

impl File {
    fn serve(self, mut turns: mpsc::Receiver<Box<dyn Waiting>>, batch_max: NonZero<usize>) {
        let mut batch = Vec::new();
        while turns.blocking_recv_many(&mut batch, batch_max.get()) > 0 {
            self.write(std::mem::take(&mut batch));
        }
    }

    fn write(&self, mut batch: Vec<Box<dyn Waiting>>) {
        while !batch.is_empty() {
            match self.carry_out(&mut batch) {
                Ok(open) => return settle(batch, open),
                Err((place, error)) => batch.remove(place).fail(error),
            }
        }
    }

    /// Carries all out in one transaction, which is answered if they wrote anything; or says who failed.
    fn carry_out(
        &self,
        batch: &mut [Box<dyn Waiting>],
    ) -> Result<Option<WriteTransaction>, (usize, StoreError)> {
        let open = self.begin().map_err(|error| (0, error))?;
        let mut has_changed = false;
        for (place, write) in batch.iter_mut().enumerate() {
            has_changed |= write.carry_out(&open).map_err(|error| (place, error))?;
        }
        Ok(Some(open).filter(|_| has_changed))
    }

    fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut open = self.database.begin_write()?;
        if self.syncing == Syncing::Never {
            open.set_durability(Durability::None).map_err(StoreError::unavailable)?;
        }
        Ok(open)
    }
}

/// What fails here may be in the file or not.
fn settle(batch: Vec<Box<dyn Waiting>>, open: Option<WriteTransaction>) {
    let failed = open.and_then(|open| open.commit().err()).map(Arc::new);
    for write in batch {
        write.settle(failed.as_ref());
    }
}
