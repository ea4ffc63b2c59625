//! A log that waits for nobody: lines go to a thread of their own, which writes as many at once as
//! there are. A reader that is slow costs lines, which are counted, and never requests.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::log::Log;

/// How many lines may wait.
const LINES_MAX: usize = 8_192;
/// How many bytes are written at once, about.
const BYTES_MAX: usize = 64 * 1024;
/// How long a line waits for others. To wake the thread for each line costs a request more than to
/// write the line would.
const GATHERING: Duration = Duration::from_millis(5);
/// How long the end waits for what is not written yet.
const END_MAX: Duration = Duration::from_secs(1);

/// A log that a thread of its own writes. When it is dropped, what waits is written, unless that takes
/// more than a second.
#[derive(Debug)]
pub struct QueuedLines {
    /// Nothing once it is being dropped.
    lines: Option<SyncSender<String>>,
    lost: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl QueuedLines {
    /// Writes lines to this.
    ///
    /// # Errors
    ///
    /// The system has no further thread.
    pub fn new(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(LINES_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let seen = lost.clone();
        let work = move || write_all(writer, &receiver, &seen);
        let thread = Builder::new().name("log".to_owned()).spawn(work)?;
        Ok(Self { lines: Some(sender), lost, thread: Some(thread) })
    }
}

impl Log for QueuedLines {
    fn line(&self, line: &str) {
        let is_taken =
            self.lines.as_ref().is_some_and(|lines| lines.try_send(line.to_owned()).is_ok());
        if !is_taken {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for QueuedLines {
    fn drop(&mut self) {
        drop(self.lines.take());
        let Some(thread) = self.thread.take() else { return };
        let end = Instant::now() + END_MAX;
        while !thread.is_finished() && Instant::now() < end {
            sleep(GATHERING);
        }
    }
}

/// Writes until nobody can send lines any more.
fn write_all(mut writer: impl Write, lines: &Receiver<String>, lost: &AtomicU64) {
    let mut bytes: Vec<u8> = Vec::with_capacity(BYTES_MAX);
    while let Ok(first) = lines.recv() {
        let is_behind = bytes.len() >= BYTES_MAX;
        if !is_behind {
            sleep(GATHERING);
        }
        bytes.clear();
        add(&mut bytes, &first);
        while bytes.len() < BYTES_MAX
            && let Ok(next) = lines.try_recv()
        {
            add(&mut bytes, &next);
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let line = format!(r#"{{"level":"warn","message":"lines lost","lines":{lost}}}"#);
            add(&mut bytes, &line);
        }
        // There is nobody to tell that the log cannot be written.
        let _ = writer.write_all(&bytes).and_then(|()| writer.flush());
    }
}

fn add(bytes: &mut Vec<u8>, line: &str) {
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
}
