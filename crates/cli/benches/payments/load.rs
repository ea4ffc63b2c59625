//! Clients of the HTTP service: as fast as they can, or at a rate of their own that waits for nobody.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// Makes keys that no run before has used.
static KEYS: AtomicU64 = AtomicU64::new(0);

/// A connection to the service that sends one request after the other.
pub(crate) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the service listens");
        stream.set_nodelay(true).expect("a connection has this option");
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        Self(sender)
    }

    /// Pays into this account; the status of the answer.
    pub(crate) async fn pay(&mut self, account: &str) -> u16 {
        let key = KEYS.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            r#"{{"account":"{account}","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh"}}"#
        );
        let request = Request::post("/payments")
            .header("Host", "localhost")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", format!("{}-{key}", std::process::id()))
            .body(Full::from(body))
            .expect("the request is well formed");
        let answer = self.0.send_request(request).await.expect("the service answers");
        let status = answer.status().as_u16();
        answer.into_body().collect().await.expect("the answer is complete");
        status
    }
}

/// What became of a run.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) latencies: Vec<Duration>,
    pub(crate) time: Duration,
}

impl Load {
    pub(crate) fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.acknowledged).expect("fewer than four billion"))
            / self.time.as_secs_f64()
    }

    /// The latency that so many of a thousand requests kept.
    pub(crate) fn percentile(&mut self, per_mille: usize) -> Duration {
        self.latencies.sort_unstable();
        let last = self.latencies.len().checked_sub(1).expect("there were requests");
        self.latencies[(self.latencies.len() * per_mille / 1_000).min(last)]
    }

    fn note(&mut self, status: u16, latency: Duration) {
        match status {
            201 => self.acknowledged += 1,
            _ => self.refused += 1,
        }
        self.latencies.push(latency);
    }

    fn join(loads: Vec<Self>, time: Duration) -> Self {
        let mut all = Self { time, ..Self::default() };
        for load in loads {
            all.acknowledged += load.acknowledged;
            all.refused += load.refused;
            all.latencies.extend(load.latencies);
        }
        all
    }
}

/// So many connections pay as fast as they are answered, for so long, into these accounts in turn.
pub(crate) async fn flat_out(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    accounts: Arc<Vec<String>>,
) -> Load {
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..connections {
        let accounts = accounts.clone();
        clients.spawn(async move {
            let mut connection = Connection::open(address).await;
            let mut load = Load::default();
            for account in accounts.iter().cycle().skip(client * 7_919 % accounts.len()) {
                if begin.elapsed() >= time {
                    break;
                }
                let sent = Instant::now();
                let status = connection.pay(account).await;
                load.note(status, sent.elapsed());
            }
            load
        });
    }
    let loads = clients.join_all().await;
    Load::join(loads, begin.elapsed())
}

/// Payments arrive at this rate, whether the ones before are answered or not; a latency counts from when its payment
/// was due.
pub(crate) async fn at_rate(
    address: SocketAddr,
    per_second: f64,
    connections: usize,
    time: Duration,
    accounts: Arc<Vec<String>>,
) -> Load {
    let (due, payments) = tokio::sync::mpsc::unbounded_channel::<(usize, Instant)>();
    // Each is taken by whichever connection is free first.
    let payments = Arc::new(tokio::sync::Mutex::new(payments));
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let (accounts, payments) = (accounts.clone(), payments.clone());
        clients.spawn(async move {
            let mut connection = Connection::open(address).await;
            let mut load = Load::default();
            loop {
                let next = payments.lock().await.recv().await;
                let Some((number, due)) = next else { return load };
                let status = connection.pay(&accounts[number % accounts.len()]).await;
                load.note(status, due.elapsed());
            }
        });
    }
    let mut ticks = interval(Duration::from_secs_f64(1.0 / per_second));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for number in 0.. {
        let at = ticks.tick().await.into_std();
        if begin.elapsed() >= time {
            break;
        }
        due.send((number, at)).expect("clients wait for it");
    }
    drop(due);
    let loads = clients.join_all().await;
    Load::join(loads, begin.elapsed())
}
