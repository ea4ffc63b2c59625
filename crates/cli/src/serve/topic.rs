//! The topic of one machine: a file that gets each event as a line of JSON, to be followed with `tail -f`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Handed, Topic};
use payments::Event;

/// A file of events.
#[derive(Clone, Debug)]
pub(crate) struct EventFile(Arc<Mutex<File>>);

impl EventFile {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// One write, so that lines of a process that dies are whole or not there.
    fn append(&self, json: &str) -> io::Result<()> {
        let line = format!("{json}\n");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())
    }
}

impl Topic for EventFile {
    async fn publish(&self, _event: &Event, json: &str) -> Handed {
        match self.append(json) {
            Ok(()) => Handed::Over,
            Err(_) => Handed::NotKnown,
        }
    }
}
