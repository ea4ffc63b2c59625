//! A client of the API, as careful as one that pays should be: it keeps its key and asks until the answer is certain.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::time::{sleep, timeout};

/// The account of the tests.
pub(crate) const ACCOUNT: &str = "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD";

/// Longer than the service takes for any request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two tries; a test looks again until something is so.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// How often a test looks before it gives up: three minutes, on a machine that is busy with other tests.
pub(crate) const LOOKS_MAX: u32 = 3_600;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) is_replayed: bool,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A text in the body, empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    /// Whether the same request must be sent again to learn what became of it.
    fn is_open(&self) -> bool {
        self.status >= 500
            || self.status == 408
            || self.status == 409 && self.text("code") == "idempotency_key_in_progress"
    }
}

/// A client; clones share their connections. It finds a service that was started again.
#[derive(Clone)]
pub(crate) struct Client {
    http: Http<HttpConnector, Full<Bytes>>,
    address: Arc<Mutex<SocketAddr>>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let http = Http::builder(TokioExecutor::new()).build_http();
        Self { http, address: Arc::new(Mutex::new(address)) }
    }

    /// The service is at another address from now on.
    pub(crate) fn move_to(&self, address: SocketAddr) {
        *self.address.lock().unwrap() = address;
    }

    /// One request; nothing when the connection was refused, broke or kept silent.
    pub(crate) async fn ask(&self, line: &str, key: Option<&str>, body: &str) -> Option<Answer> {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let address = *self.address.lock().unwrap();
        let mut request = Request::builder().method(method).uri(format!("http://{address}{path}"));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if !body.is_empty() {
            request = request.header("Content-Type", "application/json");
        }
        let request = request.body(Full::from(body.to_owned())).unwrap();
        timeout(PATIENCE, self.exchange(request)).await.ok()?
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Option<Answer> {
        let response = self.http.request(request).await.ok()?;
        let status = response.status().as_u16();
        let is_replayed = response.headers().contains_key("idempotency-replayed");
        let body = response.into_body().collect().await.ok()?.to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("answers are text");
        Some(Answer { status, is_replayed, body })
    }

    /// Asks until the answer is certain.
    pub(crate) async fn insist(&self, line: &str, key: Option<&str>, body: &str) -> Answer {
        for _ in 0..LOOKS_MAX {
            match self.ask(line, key, body).await {
                Some(answer) if !answer.is_open() => return answer,
                _ => sleep(PAUSE).await,
            }
        }
        panic!("`{line}` is never answered")
    }

    /// Takes a payment of this much from a card.
    pub(crate) async fn pay(&self, key: &str, amount: i64, token: &str) -> Answer {
        self.insist("POST /payments", Some(key), &payment(amount, token)).await
    }

    /// The payment, once the processor has said its last word.
    pub(crate) async fn settled(&self, payment: &str) -> Value {
        for _ in 0..LOOKS_MAX {
            let answer = self.insist(&format!("GET /payments/{payment}"), None, "").await;
            if ["succeeded", "declined"].contains(&answer.text("status").as_str()) {
                return answer.json();
            }
            sleep(PAUSE).await;
        }
        panic!("{payment} is never settled")
    }
}

/// The body of a request to pay.
pub(crate) fn payment(amount: i64, token: &str) -> String {
    format!(
        r#"{{"account":"{ACCOUNT}","amount":{amount},"currency":"USD","token":"{token}","metadata":{{"order":"{amount}"}}}}"#
    )
}
