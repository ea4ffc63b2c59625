//! Who asks: one connection at a time, made when there is something to ask, and made again when it has ended.

use std::collections::BTreeMap;
use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::{Answered, GATHERED_MAX, NotAnswered, Question, line, read_line};

/// How many questions wait for the connection. One more is not sent.
const QUEUE_MAX: usize = 1024;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// For how long no connection is tried after one that was not made, or on which nothing was heard.
const CONNECT_PAUSE: Duration = Duration::from_millis(20);

/// From how many on it is looked who still waits for an answer.
const WAITING_MANY: usize = 256;

/// Asks questions `Q` of whoever listens at an address, and hears answers `A`.
pub struct Caller<Q, A> {
    address: Address,
    /// The way to the task that keeps the connection; it begins with the first question.
    lane: OnceLock<mpsc::Sender<Asked<A>>>,
    next_id: AtomicU64,
    asks: PhantomData<fn(Q)>,
}

#[derive(Clone)]
enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A question on its way.
struct Asked<A> {
    id: u64,
    line: Vec<u8>,
    asker: Asker<A>,
}

type Asker<A> = oneshot::Sender<Result<A, NotAnswered>>;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl<Q: Serialize, A: DeserializeOwned + Send + 'static> Caller<Q, A> {
    /// Asks at this address.
    #[must_use]
    pub fn tcp(address: SocketAddr) -> Self {
        Self::at(Address::Tcp(address))
    }

    /// Asks at the socket of this path.
    #[must_use]
    pub fn unix(path: PathBuf) -> Self {
        Self::at(Address::Unix(path))
    }

    fn at(address: Address) -> Self {
        Self { address, lane: OnceLock::new(), next_id: AtomicU64::new(1), asks: PhantomData }
    }

    /// Asks, and waits so long for the answer. The question is on its way once this has been polled.
    ///
    /// # Errors
    ///
    /// What is known of a question that was not answered.
    pub async fn ask(&self, ask: &Q, limit: Duration) -> Result<A, NotAnswered> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (asker, answer) = oneshot::channel();
        let asked = Asked { id, line: line(&Question { id, ask }), asker };
        self.lane().try_send(asked).map_err(|_| NotAnswered::NotSent)?;
        match timeout(limit, answer).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) | Err(_) => Err(NotAnswered::Silence),
        }
    }

    fn lane(&self) -> &mpsc::Sender<Asked<A>> {
        self.lane.get_or_init(|| {
            let (lane, asked) = mpsc::channel(QUEUE_MAX);
            tokio::spawn(keep(self.address.clone(), asked));
            lane
        })
    }
}

impl Address {
    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Self::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
        }
    }
}

/// Makes a connection whenever there is something to ask, and lately one could be made.
async fn keep<A: DeserializeOwned>(address: Address, mut asked: mpsc::Receiver<Asked<A>>) {
    let mut paused_until = Instant::now();
    while let Some(first) = asked.recv().await {
        if Instant::now() < paused_until {
            refuse(first);
            continue;
        }
        let has_heard = match timeout(CONNECT_LIMIT, address.connect()).await {
            Ok(Ok(stream)) => converse(stream, first, &mut asked).await,
            Ok(Err(_)) | Err(_) => {
                refuse(first);
                false
            }
        };
        if !has_heard {
            paused_until = Instant::now() + CONNECT_PAUSE;
        }
    }
}

/// There is no connection: this is not sent.
fn refuse<A>(asked: Asked<A>) {
    // Who has gone away need not be told.
    let _ = asked.asker.send(Err(NotAnswered::NotSent));
}

/// Asks and hears until the connection ends, and tells whether anything was heard. Who waits in the end
/// hears nothing.
async fn converse<A: DeserializeOwned>(
    stream: Box<dyn Stream>,
    first: Asked<A>,
    asked: &mut mpsc::Receiver<Asked<A>>,
) -> bool {
    let (reading, writing) = tokio::io::split(stream);
    let waiting = Waiting(Mutex::new(BTreeMap::new()));
    let mut has_heard = false;
    tokio::select! {
        () = hear(reading, &waiting, &mut has_heard) => {}
        () = tell(writing, first, asked, &waiting) => {}
    }
    has_heard
}

/// Who waits for the answers to the questions of these numbers.
struct Waiting<A>(Mutex<BTreeMap<u64, Asker<A>>>);

impl<A> Waiting<A> {
    fn add(&self, id: u64, asker: Asker<A>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MANY {
            waiting.retain(|_, asker| !asker.is_closed());
        }
        waiting.insert(id, asker);
    }

    fn take(&self, id: u64) -> Option<Asker<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }
}

async fn hear<A: DeserializeOwned>(
    reading: impl AsyncRead + Unpin,
    waiting: &Waiting<A>,
    has_heard: &mut bool,
) {
    let mut reading = BufReader::new(reading);
    while let Some(Answered { id, answer }) = read_line(&mut reading).await {
        *has_heard = true;
        if let Some(asker) = waiting.take(id) {
            // Who has waited long enough has gone away.
            let _ = asker.send(Ok(answer));
        }
    }
}

async fn tell<A>(
    mut writing: impl AsyncWrite + Unpin,
    first: Asked<A>,
    asked: &mut mpsc::Receiver<Asked<A>>,
    waiting: &Waiting<A>,
) {
    let mut next = Some(first);
    while let Some(Asked { id, line: mut bytes, asker }) = next {
        waiting.add(id, asker);
        while bytes.len() < GATHERED_MAX {
            let Ok(more) = asked.try_recv() else { break };
            waiting.add(more.id, more.asker);
            bytes.extend(more.line);
        }
        if writing.write_all(&bytes).await.is_err() {
            return;
        }
        next = asked.recv().await;
    }
}
