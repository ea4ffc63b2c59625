//! Asking and answering over a connection: one JSON object on each line, many questions under way at once.
//!
//! What is asked, and what an answer means, is the business of whoever speaks so.

mod caller;
mod listener;

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::sync::{Semaphore, mpsc};

pub use caller::Caller;
pub(crate) use listener::serve_all;

/// The longest line, in bytes: whoever sends a longer one is not listened to any more.
const LINE_MAX: u64 = 16 * 1024 * 1024;

/// How many questions of one connection are worked on at a time.
const UNDER_WAY_MAX: usize = 1024;

/// How many bytes are gathered before they are written.
const GATHERED_MAX: usize = 64 * 1024;

/// A question did not come back with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnswered {
    /// It was not sent, and will not be.
    NotSent,
    /// It may have been heard, or come to be.
    Silence,
}

impl fmt::Display for NotAnswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent => "no connection could be made",
            Self::Silence => "no answer came in time",
        })
    }
}

impl std::error::Error for NotAnswered {}

/// The line of a question.
#[derive(Serialize, Deserialize)]
struct Question<Q> {
    id: u64,
    ask: Q,
}

/// The line of an answer to the question of this number.
#[derive(Serialize, Deserialize)]
struct Answered<A> {
    id: u64,
    answer: A,
}

/// Answers what is asked over this connection until it ends, or until something comes that is no question. Questions
/// are worked on side by side, and to their end even if nobody waits for the answer any more.
async fn serve<S, Q, A, F, Fut>(stream: S, handle: F)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
    Q: DeserializeOwned + Send + 'static,
    A: Serialize + Send + 'static,
    F: Fn(Q) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = A> + Send + 'static,
{
    let (reading, writing) = tokio::io::split(stream);
    let (answers, lines) = mpsc::channel(UNDER_WAY_MAX);
    tokio::spawn(write_lines(writing, lines));
    let (handle, under_way) = (Arc::new(handle), Arc::new(Semaphore::new(UNDER_WAY_MAX)));
    let mut reading = BufReader::new(reading);
    while let Some(Question { id, ask }) = read_line(&mut reading).await {
        let Ok(permit) = Arc::clone(&under_way).acquire_owned().await else { return };
        let (handle, answers) = (Arc::clone(&handle), answers.clone());
        tokio::spawn(async move {
            let line = line(&Answered { id, answer: handle(ask).await });
            // Nobody is there any more who would hear it.
            let _ = answers.send(line).await;
            drop(permit);
        });
    }
}

/// The next line as a value; nothing at the end, and nothing when it is none.
async fn read_line<T: DeserializeOwned>(reading: &mut (impl AsyncBufRead + Unpin)) -> Option<T> {
    let mut line = Vec::new();
    reading.take(LINE_MAX).read_until(b'\n', &mut line).await.ok()?;
    line.ends_with(b"\n").then(|| serde_json::from_slice(&line).ok())?
}

fn line<T: Serialize>(value: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("shapes of this crate have names for all keys");
    line.push(b'\n');
    line
}

/// Writes lines as they come, those that have gathered in one go.
async fn write_lines(mut writing: impl AsyncWrite + Unpin, mut lines: mpsc::Receiver<Vec<u8>>) {
    while let Some(mut bytes) = lines.recv().await {
        while bytes.len() < GATHERED_MAX {
            let Ok(line) = lines.try_recv() else { break };
            bytes.extend(line);
        }
        if writing.write_all(&bytes).await.is_err() {
            return;
        }
    }
    // What is left is closed anyway.
    let _ = writing.shutdown().await;
}

#[cfg(test)]
mod tests;
