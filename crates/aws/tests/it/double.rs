//! DynamoDB in this process, and the ways to it: two proxies that a test can break, one for each Region.
//!
//! Both lead to the same table, as both replicas of a strongly consistent one do. What a proxy does to a request is all
//! a network and a service can do: lose the question, lose the answer, deliver late, refuse, delay for ever, or say that
//! it is busy.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dynoxide::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// The name of the table.
pub(crate) const TABLE: &str = "control";

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing bad.
    None,
    /// The connection ends before the request arrives.
    LosesQuestion,
    /// The request is carried out; the connection ends before the answer.
    LosesAnswer,
    /// It never arrives, and nobody says so.
    Hangs,
    /// It is carried out, and nobody ever says so.
    HangsWithAnswer,
    /// It arrives when [`Way::deliver`] says so; until then nobody says anything.
    ArrivesLate,
    /// It is not looked at, with this status and error.
    Says(u16, &'static str),
    /// It is carried out, and answered with this status and error.
    SaysAfter(u16, &'static str),
    /// It is not looked at, with this status and error as older services write it.
    SaysXml(u16, &'static str),
    /// It is carried out, and answered with what is no answer.
    Babbles,
}

impl Fault {
    /// Whether nobody says anything.
    pub(crate) fn hangs(self) -> bool {
        matches!(self, Self::Hangs | Self::HangsWithAnswer | Self::ArrivesLate)
    }
}

/// DynamoDB, and two ways to it.
pub(crate) struct Double {
    pub(crate) local: Way,
    pub(crate) other: Way,
    upstream: String,
    database: Database,
}

/// A way to DynamoDB. It ends with the test.
pub(crate) struct Way {
    state: Arc<State>,
    serving: Option<JoinHandle<()>>,
}

struct State {
    /// Where it is, whether open or not.
    address: String,
    upstream: String,
    steady: Mutex<Fault>,
    next: Mutex<VecDeque<Fault>>,
    late: Mutex<Vec<Vec<u8>>>,
    requests: Mutex<usize>,
}

impl Double {
    /// DynamoDB with an empty table.
    pub(crate) async fn start() -> Self {
        let database = Database::memory().expect("SQLite opens in memory");
        let table = serde_json::json!({
            "TableName": TABLE,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        let table = serde_json::from_value(table).expect("it is a request");
        database.create_table(table).expect("the table is made");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let upstream = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        let (local, other) = (Way::to(&upstream).await, Way::to(&upstream).await);
        Self { local, other, upstream, database }
    }

    /// Removes an item.
    pub(crate) fn forget(&self, id: &str) {
        let delete = serde_json::json!({"TableName": TABLE, "Key": {"id": {"S": id}}});
        let delete = serde_json::from_value(delete).expect("it is a request");
        self.database.delete_item(delete).expect("it is carried out");
    }

    /// The address of DynamoDB itself.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.upstream)
    }
}

impl Way {
    /// A way to another service.
    pub(crate) async fn to(upstream: &str) -> Self {
        Self::open("127.0.0.1:0", upstream).await
    }

    async fn open(address: &str, upstream: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let state = Arc::new(State {
            address: listener.local_addr().expect("it is bound").to_string(),
            upstream: upstream.to_owned(),
            steady: Mutex::new(Fault::None),
            next: Mutex::default(),
            late: Mutex::default(),
            requests: Mutex::default(),
        });
        let serving = Some(tokio::spawn(serve(listener, Arc::clone(&state))));
        Self { state, serving }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.state.address)
    }

    /// What happens to requests from now on.
    pub(crate) fn always(&self, fault: Fault) {
        *lock(&self.state.steady) = fault;
    }

    /// What happens to the next requests, one after another, before it is as always.
    pub(crate) fn next(&self, faults: &[Fault]) {
        lock(&self.state.next).extend(faults);
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> usize {
        *lock(&self.state.requests)
    }

    /// Closes the way: connections are refused, and those that were open end.
    pub(crate) async fn close(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Opens it again, at the same address.
    pub(crate) async fn reopen(&mut self) {
        let listener = TcpListener::bind(&self.state.address).await.expect("the port is ours");
        self.serving = Some(tokio::spawn(serve(listener, Arc::clone(&self.state))));
    }

    /// Delivers what is late; answers how much it was.
    pub(crate) async fn deliver(&self) -> usize {
        let late = std::mem::take(&mut *lock(&self.state.late));
        for request in &late {
            forward(&self.state.upstream, request).await;
        }
        late.len()
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.serving.iter().for_each(JoinHandle::abort);
    }
}

impl State {
    fn fault(&self) -> Fault {
        *lock(&self.requests) += 1;
        lock(&self.next).pop_front().unwrap_or(*lock(&self.steady))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves connections until the task is ended; they end with it.
async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(relay(stream, Arc::clone(&state)));
    }
}

/// Serves the requests of one connection, until one ends it.
async fn relay(mut client: TcpStream, state: Arc<State>) {
    while let Some(request) = message(&mut client).await {
        let answer = match state.fault() {
            Fault::None => forward(&state.upstream, &request).await,
            Fault::LosesQuestion => return,
            Fault::LosesAnswer => {
                forward(&state.upstream, &request).await;
                return;
            }
            Fault::Hangs => return std::future::pending().await,
            Fault::HangsWithAnswer => {
                forward(&state.upstream, &request).await;
                return std::future::pending().await;
            }
            Fault::ArrivesLate => {
                lock(&state.late).push(request);
                return std::future::pending().await;
            }
            Fault::Says(status, code) => error(status, code),
            Fault::SaysXml(status, code) => xml_error(status, code),
            Fault::SaysAfter(status, code) => {
                forward(&state.upstream, &request).await;
                error(status, code)
            }
            Fault::Babbles => {
                forward(&state.upstream, &request).await;
                b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"Item\": ".to_vec()
            }
        };
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// Carries a request out.
async fn forward(upstream: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(upstream).await.expect("DynamoDB is there");
    stream.write_all(request).await.expect("DynamoDB reads");
    message(&mut stream).await.expect("DynamoDB answers")
}

/// A message of HTTP/1.1 whose length is given; nothing at the end.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    let head = loop {
        if let Some(end) = message.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut message).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&message[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().expect("it is a number"));
    while message.len() < head + length {
        if stream.read_buf(&mut message).await.ok()? == 0 {
            return None;
        }
    }
    Some(message)
}

fn error(status: u16, code: &str) -> Vec<u8> {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    answer(status, &format!(r#"{{"__type":"{name}","message":"as the test wants it"}}"#))
}

fn xml_error(status: u16, code: &str) -> Vec<u8> {
    let error =
        format!("<Error><Code>{code}</Code><Message>as the test wants it</Message></Error>");
    answer(status, &format!("<ErrorResponse>{error}</ErrorResponse>"))
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A listener whose queue is full: connections to it are neither made nor refused.
pub(crate) struct Full {
    listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Full {
    pub(crate) async fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("there are sockets");
        socket.bind("127.0.0.1:0".parse().expect("it is an address")).expect("a port is free");
        let listener = socket.listen(1).expect("it listens");
        let address = listener.local_addr().expect("it is bound");
        let mut queue = Vec::new();
        // Longer than a connection on this machine takes.
        let span = Duration::from_secs(1);
        while let Ok(connected) = timeout(span, TcpStream::connect(address)).await {
            queue.push(connected.expect("it is made"));
        }
        Self { listener, _queue: queue }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().expect("it is bound"))
    }
}
