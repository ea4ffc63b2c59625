//! The topic of one machine: a file that gets each event as a line of JSON, to be followed with `tail -f`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Handed, Topic};
use payments::Event;

/// A file of events.
#[derive(Clone, Debug)]
pub(crate) struct EventFile(Arc<Mutex<Open>>);

#[derive(Debug)]
struct Open {
    file: File,
    /// Whether the last line may not be whole; of a process before this one, nobody knows.
    is_torn: bool,
}

impl EventFile {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let is_torn = file.metadata()?.len() > 0;
        Ok(Self(Arc::new(Mutex::new(Open { file, is_torn }))))
    }

    /// On the disk when it returns, because the outbox then forgets it. A write that fails may have left a part of its
    /// line: the next one begins on a line of its own.
    fn append(&self, json: &str) -> io::Result<()> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = if open.is_torn { "\n" } else { "" };
        open.is_torn = true;
        open.file.write_all(format!("{start}{json}\n").as_bytes())?;
        open.file.sync_data()?;
        open.is_torn = false;
        Ok(())
    }
}

impl Topic for EventFile {
    async fn publish(&self, _event: &Event, json: &str) -> Handed {
        let (file, json) = (self.clone(), json.to_owned());
        match tokio::task::spawn_blocking(move || file.append(&json)).await {
            Ok(Ok(())) => Handed::Over,
            Ok(Err(_)) | Err(_) => Handed::NotKnown,
        }
    }
}
