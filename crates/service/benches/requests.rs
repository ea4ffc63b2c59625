//! `cargo bench -p service`: what the service adds to a request that a bare router answers, in
//! requests a second and in processor time of the server, and its memory with many connections.
//! Stores are in memory, so that nothing else is measured. Prints figures of this run and their
//! ratios; asserts nothing but that every request was answered as it should be.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use service::{
    Exposure, JsonLines, Listening, Log, Options, QueuedLines, Service, Source, router, serve,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

#[path = "../tests/it/effects.rs"]
mod effects;
#[path = "../tests/it/world.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod world;

/// How many clients ask at once, each over one connection.
const CLIENTS: usize = 16;
/// How often each server is measured, in turns: other work on the machine then hits all of them.
const ROUNDS: u32 = 4;
/// How long each time.
const ROUND: Duration = Duration::from_millis(700);
/// The clock of processor time in `/proc`, which is the same on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// What is measured: name, server, request line. On a machine the log is queued; in Lambda it is
/// written line by line, with the numbers in it.
const SUBJECTS: [(&str, &str, &str); 5] = [
    ("a bare route", "bare", "GET /health"),
    ("GET /health", "prometheus", "GET /health"),
    ("GET /health, Lambda", "emf", "GET /health"),
    ("POST /payments", "prometheus", "POST /payments"),
    ("POST, Lambda", "emf", "POST /payments"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match arguments.iter().position(|argument| argument == "serve") {
        Some(place) => runtime.block_on(be_server(&arguments[place + 1])),
        None => runtime.block_on(measure()),
    }
}

async fn measure() {
    let mut text = format!(
        "{:>20} {:>12} {:>8} {:>14} {:>8}\n",
        "", "requests/s", "ratio", "server µs each", "ratio"
    );
    let mut sums = [(0, 0.0); SUBJECTS.len()];
    for _ in 0..ROUNDS {
        for (sum, (_, kind, line)) in sums.iter_mut().zip(SUBJECTS) {
            let (requests, seconds) = round(kind, line).await;
            *sum = (sum.0 + requests, sum.1 + seconds);
        }
    }
    let rate = |(requests, _): (u64, f64)| requests as f64 / (ROUND * ROUNDS).as_secs_f64();
    let each = |(requests, seconds): (u64, f64)| seconds * 1e6 / requests as f64;
    for (sum, (name, _, _)) in sums.into_iter().zip(SUBJECTS) {
        let (rate_ratio, each_ratio) = (rate(sum) / rate(sums[0]), each(sum) / each(sums[0]));
        let (rate, each) = (rate(sum), each(sum));
        writeln!(text, "{name:>20} {rate:>12.0} {rate_ratio:>8.2} {each:>14.1} {each_ratio:>8.2}")
            .unwrap();
    }
    writeln!(text, "\n{:>20} {:>12} {:>14}", "connections", "MiB", "KiB each more").unwrap();
    let mut least = None;
    for connections in [1, 64, 1_024] {
        let kib = memory_kib(connections).await;
        let more = (connections as f64 - 1.0).max(1.0);
        let each = (kib - *least.get_or_insert(kib)) / more;
        writeln!(text, "{connections:>20} {:>12.1} {each:>14.1}", kib / 1_024.0).unwrap();
    }
    std::io::stdout().write_all(text.as_bytes()).unwrap();
}

/// Asks a new server for a while: how many requests it answered, and the processor time it took, in
/// seconds.
async fn round(kind: &str, line: &str) -> (u64, f64) {
    let server = Server::start(kind);
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    let before = server.seconds();
    for _ in 0..CLIENTS {
        clients.spawn(ask(server.address, line.to_owned(), next.clone(), Instant::now() + ROUND));
    }
    let requests = clients.join_all().await.into_iter().sum();
    (requests, server.seconds() - before)
}

/// Asks until then, one request after the other: how many were answered.
async fn ask(address: SocketAddr, line: String, next: Arc<AtomicU64>, until: Instant) -> u64 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answered = 0;
    while Instant::now() < until {
        exchange(&mut stream, &line, next.fetch_add(1, Ordering::Relaxed)).await;
        answered += 1;
    }
    answered
}

const PAYMENT: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh","description":"order A","metadata":{"order":"A"}}"#;

/// Sends one request, and reads its answer, which must be a good one.
async fn exchange(stream: &mut TcpStream, line: &str, number: u64) {
    let mut request = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
    if line.starts_with("POST") {
        let length = PAYMENT.len();
        let key = format!("8e03978e-40d5-43e8-bc93-{number:012x}");
        write!(request, "Idempotency-Key: {key}\r\nContent-Type: application/json\r\n").unwrap();
        write!(request, "Content-Length: {length}\r\n\r\n{PAYMENT}").unwrap();
    } else {
        request += "\r\n";
    }
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::with_capacity(2_048);
    let (mut length, mut head) = (usize::MAX, 0);
    while bytes.len().saturating_sub(head) < length {
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "the server is there");
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let (Some(end), usize::MAX) = (end, length) {
            let text = std::str::from_utf8(&bytes[..end]).unwrap();
            assert!(text.starts_with("HTTP/1.1 20"), "{text}");
            let field = text.split("content-length: ").nth(1).unwrap();
            (length, head) = (field.split("\r\n").next().unwrap().parse().unwrap(), end + 4);
        }
    }
}

/// The memory of a server with so many open connections that have each asked once, in KiB.
async fn memory_kib(connections: usize) -> f64 {
    let server = Server::start("prometheus");
    let mut open = Vec::new();
    for number in 0..connections {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        exchange(&mut stream, "POST /payments", number as u64).await;
        open.push(stream);
    }
    server.kib()
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(kind: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve", kind])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().parse().unwrap() }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap()
    }

    /// Processor time so far.
    fn seconds(&self) -> f64 {
        let stat = self.file("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: f64 = fields[11..=12].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum();
        ticks / TICKS_A_SECOND
    }

    /// Memory that is in use.
    fn kib(&self) -> f64 {
        let status = self.file("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Serves until it is killed.
async fn be_server(kind: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("{}\n", listener.local_addr().unwrap());
    std::io::stdout().write_all(address.as_bytes()).unwrap();
    let router = match kind {
        "bare" => Router::new().route("/health", get(async || "{\"status\":\"serving\"}")),
        "emf" => {
            let metrics = Exposure::Emf { service: "payment-api".to_owned() };
            with(JsonLines::new(nowhere()), Options { metrics, ..Options::default() })
        }
        _ => {
            let metrics = Exposure::Prometheus;
            let log = QueuedLines::new(nowhere()).unwrap();
            with(log, Options { metrics, ..Options::default() })
        }
    };
    serve(listener, router, Listening::default(), std::future::pending()).await;
}

/// Writing to it is a call of the system.
fn nowhere() -> fs::File {
    fs::File::create("/dev/null").unwrap()
}

fn with(log: impl Log + 'static, options: Options) -> Router {
    router(Service::new(world::World::new(), Source::system(), log, options))
}
