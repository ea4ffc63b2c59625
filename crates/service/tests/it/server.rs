//! A server in front of a world, over real HTTP.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use payments::Time;
use service::{Drained, Exposure, Listening, Log, Numbers, Options, Service, Source};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{Answer, request, send};
use crate::document::assert_documented;
use crate::world::World;

/// A log in memory.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Log for Lines {
    fn line(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

/// A server in front of a world.
pub(crate) struct Server {
    pub(crate) world: World,
    pub(crate) address: SocketAddr,
    pub(crate) lines: Lines,
    pub(crate) numbers: Numbers,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Drained>,
}

impl Server {
    /// A server with usual limits and `/metrics`.
    pub(crate) async fn start() -> Self {
        Self::with(usual(), Listening::default()).await
    }

    pub(crate) async fn with(options: Options, listening: Listening) -> Self {
        let (world, lines) = (World::new(), Lines::default());
        let service = Service::new(world.clone(), source(&world), lines.clone(), options);
        let numbers = service.numbers();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let task =
            tokio::spawn(service::serve(listener, service::router(service), listening, shutdown));
        Self { world, address, lines, numbers, stop: Some(stop), task }
    }

    /// Tells the server to end; what it said is awaited with [`Server::ended`].
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) async fn ended(self) -> Drained {
        self.task.await.unwrap()
    }

    /// Sends a request, and reads its answer, which must be one of the document's.
    pub(crate) async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let answer = send(self.address, &request(line, headers, body)).await.unwrap();
        assert_documented(line, &answer);
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[], "").await
    }

    /// Posts JSON under a key.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &str) -> Answer {
        let key = format!("Idempotency-Key: {key}");
        self.ask(&format!("POST {path}"), &[&key, "Content-Type: application/json"], body).await
    }

    /// Takes a payment, carries it out if told, and is its id.
    pub(crate) async fn paid(&self, key: &str) -> String {
        let id =
            self.post("/payments", key, PAYMENT).await.json()["id"].as_str().unwrap().to_owned();
        self.world.carry_out(&id).await;
        id
    }
}

/// The usual limits, and `/metrics`.
pub(crate) fn usual() -> Options {
    Options { metrics: Exposure::Prometheus, ..Options::default() }
}

/// Time and randomness that a test can foresee.
fn source(world: &World) -> Source {
    let (clock, drawn) = (world.clock.clone(), AtomicU64::new(1));
    let now = move || Time::from_ms(clock.load(Ordering::Relaxed));
    Source::new(now, move || u128::from(drawn.fetch_add(1, Ordering::Relaxed)))
}

pub(crate) const ACCOUNT: &str = "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD";

pub(crate) const PAYMENT: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh","description":"order A","metadata":{"order":"A"}}"#;
