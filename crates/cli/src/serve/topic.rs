//! The topic of one machine: a file that gets each event as a line of JSON, to be followed with `tail -f`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::{Handed, Topic};
use payments::Event;

/// A file of events.
#[derive(Clone, Debug)]
pub(crate) struct EventFile(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    open: Mutex<Open>,
    /// How many lines are on the disk.
    synced: Mutex<u64>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// How many lines were written.
    written: u64,
    /// Whether the last line may not be whole; of a process before this one, nobody knows.
    is_torn: bool,
}

impl EventFile {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let is_torn = file.metadata()?.len() > 0;
        let open = Mutex::new(Open { file, written: 0, is_torn });
        Ok(Self(Arc::new(Shared { open, synced: Mutex::new(0) })))
    }

    /// On the disk when it returns, because the outbox then forgets it. Whoever comes while another waits for the disk
    /// waits for the next sync, and shares it with all who came meanwhile.
    fn append(&self, json: &str) -> io::Result<()> {
        let line = self.lock().write(json)?;
        let mut synced = self.0.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced < line {
            let (file, written) = self.lock().so_far()?;
            file.sync_data()?;
            *synced = written;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Writes a line, and says which one it is. A write that fails may have left a part of its line: the next one begins
    /// on a line of its own.
    fn write(&mut self, json: &str) -> io::Result<u64> {
        let start = if self.is_torn { "\n" } else { "" };
        self.is_torn = true;
        self.file.write_all(format!("{start}{json}\n").as_bytes())?;
        self.is_torn = false;
        self.written += 1;
        Ok(self.written)
    }

    /// The file, and how many lines it has.
    fn so_far(&self) -> io::Result<(File, u64)> {
        Ok((self.file.try_clone()?, self.written))
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
