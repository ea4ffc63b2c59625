//! A server on a real socket that answers with the very bytes that a test says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What it does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// Answers with a status, a line of a header, and a body.
    Answers(u16, String, String),
    /// Answers with a status and a body, and again, with one write.
    AnswersTwice(u16, String),
    /// Writes this.
    Writes(Vec<u8>),
    /// Writes this, and closes the connection.
    WritesAndCloses(Vec<u8>),
    /// Nothing, and keeps the connection open.
    Hangs,
}

impl Does {
    /// Answers with a status, a line of a header, and a body.
    pub(crate) fn answers(status: u16, header: &str, body: &str) -> Self {
        Self::Answers(status, header.to_owned(), body.to_owned())
    }

    /// The same about this key, in the place of `KEY`.
    pub(crate) fn about(self, key: &str) -> Self {
        match self {
            Self::Answers(status, header, body) => {
                Self::Answers(status, header, body.replace("KEY", key))
            }
            other => other,
        }
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Answers(status, header, body) => answer(status, &header, &body),
            Self::AnswersTwice(status, body) => answer(status, "x-n: 1", &body).repeat(2),
            Self::Writes(bytes) | Self::WritesAndCloses(bytes) => bytes,
            Self::Hangs => Vec::new(),
        }
    }
}

fn answer(status: u16, header: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\n{header}\r\nContent-Length: {length}\r\n\r\n{body}").into()
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Received {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

#[derive(Default)]
struct Inner {
    script: VecDeque<Does>,
    received: Vec<Received>,
    connections: usize,
}

/// The server; it ends when this is dropped.
pub(crate) struct Outside {
    pub(crate) address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    arrived: tokio::sync::Mutex<UnboundedReceiver<Received>>,
    task: JoinHandle<()>,
}

impl Outside {
    /// A server that does these things, one for each request, and then answers 204.
    pub(crate) async fn start(script: impl IntoIterator<Item = Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = script.into_iter().collect();
        let inner = Arc::new(Mutex::new(Inner { script, ..Inner::default() }));
        let (arrives, arrived) = unbounded_channel();
        let task = tokio::spawn(accept(listener, inner.clone(), arrives));
        Self { address, inner, arrived: tokio::sync::Mutex::new(arrived), task }
    }

    /// Waits for the next request that was not waited for before.
    pub(crate) async fn next(&self) -> Received {
        self.arrived.lock().await.recv().await.unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.inner.lock().unwrap().received.clone()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.inner.lock().unwrap().connections
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    inner: Arc<Mutex<Inner>>,
    arrives: UnboundedSender<Received>,
) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        inner.lock().unwrap().connections += 1;
        tokio::spawn(serve(stream, inner.clone(), arrives.clone()));
    }
}

async fn serve(
    mut stream: TcpStream,
    inner: Arc<Mutex<Inner>>,
    arrives: UnboundedSender<Received>,
) {
    let mut bytes = Vec::new();
    while let Some(received) = read(&mut stream, &mut bytes).await {
        let does = {
            let mut inner = inner.lock().unwrap();
            inner.received.push(received.clone());
            let _ = arrives.send(received);
            inner.script.pop_front().unwrap_or_else(|| Does::answers(204, "x-n: 1", ""))
        };
        let is_end = matches!(does, Does::WritesAndCloses(_));
        if stream.write_all(&does.bytes()).await.is_err() || is_end {
            return;
        }
    }
}

/// Reads the next request; nothing when the client has closed the connection.
async fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Received> {
    loop {
        let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(head_end) = head_end {
            let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
            let mut received = Received { head, body: String::new() };
            let length = received.header("content-length").map_or(0, |text| text.parse().unwrap());
            let end = head_end + 4 + length;
            if bytes.len() >= end {
                received.body = String::from_utf8(bytes[head_end + 4..end].to_vec()).unwrap();
                bytes.drain(..end);
                return Some(received);
            }
        }
        if stream.read_buf(bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}
