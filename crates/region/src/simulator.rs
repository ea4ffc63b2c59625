//! The simulated processor of cards over HTTP: acts out what `processor` decides. What it knows of a key is on the disk
//! before it answers, so that it is the same processor after it was killed.

mod book_file;
mod repeat;

use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path as PathValue, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use payments::Time;
use processor::{Answer, Asked, Behaviour, CardProcessor, CardToken, Moved, Terms, Travel, Wanted};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::time::sleep;

pub use self::book_file::BooksFault;
use self::book_file::{BookFile, Written};
use self::repeat::{Repeat, RepeatingListener};
use crate::processor_wire::{
    KEY_HEADER, WireAnswer, WireCall, WireFound, WireMoney, WireProblem, WireStatus, WireWanted,
};

/// The simulated processor. Clones are the same one.
#[derive(Clone)]
pub struct Simulator(Arc<Inner>);

struct Inner {
    desk: Mutex<Desk>,
    clock: Box<dyn Fn() -> Time + Send + Sync>,
}

/// The books in memory and on the disk, changed together.
struct Desk {
    processor: CardProcessor,
    file: BookFile,
    watch: Option<Watch>,
}

/// Whoever is told when money moves.
type Watch = Box<dyn Fn(&Moved) + Send>;

impl Simulator {
    /// The processor whose books are in this file, which is made if it is not there. One process at a time may have it.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn open(
        path: &Path,
        terms: Terms,
        clock: impl Fn() -> Time + Send + Sync + 'static,
    ) -> Result<Self, BooksFault> {
        let (file, entries) = BookFile::open(path)?;
        let processor = CardProcessor::restore(terms, entries);
        let desk = Desk { processor, file, watch: None };
        Ok(Self(Arc::new(Inner { desk: Mutex::new(desk), clock: Box::new(clock) })))
    }

    /// Serves until `shutdown` is there, and then ends at once: nobody is owed an answer.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let router = Router::new()
            .route("/calls", post(call))
            .route("/calls/{key}", get(status))
            .route("/charges", get(charges))
            .with_state(self.clone())
            .into_make_service_with_connect_info::<Repeat>();
        tokio::select! {
            served = async { axum::serve(RepeatingListener(listener), router).await } => served,
            () = shutdown => Ok(()),
        }
    }

    /// Tells of every movement of money from now on, when it is made.
    pub fn watch(&self, told: impl Fn(&Moved) + Send + 'static) {
        self.desk().watch = Some(Box::new(told));
    }

    /// Every movement of money, charges and refunds.
    #[must_use]
    pub fn movements(&self) -> Vec<Moved> {
        self.desk().processor.movements().to_vec()
    }

    /// Does something about a key, and comes back when that is on the disk; with nothing when it cannot be written.
    async fn act<T>(
        &self,
        key: &str,
        act: impl FnOnce(&mut CardProcessor, Time) -> T,
    ) -> Option<T> {
        let (done, written) = self.desk().act(key, |processor| act(processor, (self.0.clock)()));
        written.await.ok().map(|()| done)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().expect("nobody panics while holding it")
    }
}

impl Desk {
    fn act<T>(&mut self, key: &str, act: impl FnOnce(&mut CardProcessor) -> T) -> (T, Written) {
        let before = self.processor.entry(key).cloned();
        let moved = self.processor.movements().len();
        let done = act(&mut self.processor);
        if let Some(watch) = &self.watch {
            self.processor.movements()[moved..].iter().for_each(watch);
        }
        let changed = self.processor.entry(key).filter(|entry| before.as_ref() != Some(entry));
        (done, self.file.write(key, changed))
    }
}

/// `POST /calls`.
async fn call(
    State(simulator): State<Simulator>,
    ConnectInfo(repeat): ConnectInfo<Repeat>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(asked) = asked(&headers, &body) else { return malformed() };
    let done = simulator.act(&asked.key, |processor, now| processor.call(&asked, now)).await;
    let Some(Behaviour { answer, travel }) = done else { return not_kept() };
    match travel {
        Travel::AtOnce => {}
        Travel::Late(after) => sleep(after).await,
        Travel::Never => pending().await,
        Travel::Twice => repeat.next_answer(),
    }
    let key = asked.key;
    let problem = |status, problem| json(status, &WireProblem { key: &key, problem });
    match answer {
        Answer::Decided(verdict) => {
            json(StatusCode::OK, &WireAnswer { key, verdict: verdict.into() })
        }
        Answer::Pending => problem(StatusCode::ACCEPTED, "pending"),
        Answer::NotTaken => problem(StatusCode::SERVICE_UNAVAILABLE, "not_taken"),
        Answer::Mismatch => problem(StatusCode::CONFLICT, "mismatch"),
        Answer::TooOld => problem(StatusCode::GONE, "too_old"),
    }
}

/// What is asked, if it makes sense.
fn asked(headers: &HeaderMap, body: &[u8]) -> Option<Asked> {
    let WireCall { key, wanted, money } = serde_json::from_slice(body).ok()?;
    let header = headers.get(KEY_HEADER)?.to_str().ok()?;
    let wanted = match wanted {
        WireWanted::Charge { token } => Wanted::Charge(CardToken::new(&token)),
        WireWanted::Refund { of } => Wanted::Refund(of),
    };
    Some(Asked { wanted, money: money.money()?, key }).filter(|asked| asked.key == header)
}

/// `GET /calls/{key}`.
async fn status(State(simulator): State<Simulator>, PathValue(key): PathValue<String>) -> Response {
    let status = simulator.act(&key, |processor, now| processor.status(&key, now)).await;
    match status.and_then(WireStatus::of) {
        Some(status) => json(StatusCode::OK, &WireFound { key, status }),
        None => not_kept(),
    }
}

/// One movement of money, as it is listed.
#[derive(Serialize)]
struct WireMovement {
    key: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(flatten)]
    money: WireMoney,
}

/// `GET /charges`: every movement of money, for whoever compares.
async fn charges(State(simulator): State<Simulator>) -> Response {
    let movements = simulator.movements().into_iter().map(|Moved { key, wanted, money }| {
        let (kind, of) = match wanted {
            Wanted::Charge(_) => ("charge", None),
            Wanted::Refund(of) => ("refund", Some(of)),
        };
        WireMovement { key, kind, of, money: money.into() }
    });
    let list = serde_json::json!({ "charges": movements.collect::<Vec<_>>() });
    json(StatusCode::OK, &list)
}

fn malformed() -> Response {
    json(StatusCode::BAD_REQUEST, &serde_json::json!({ "problem": "malformed" }))
}

/// It is not on the disk: what the processor knows in memory must not get out.
fn not_kept() -> Response {
    json(StatusCode::INTERNAL_SERVER_ERROR, &serde_json::json!({ "problem": "not_kept" }))
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_string(body).expect("an answer is texts and numbers");
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
