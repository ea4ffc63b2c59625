//! The health checkers: two places that ask the endpoints over HTTP, each for itself.

use std::net::Ipv4Addr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::USER_AGENT;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::authority::Authority;
use super::check::{Answer, CheckId, Endpoint, SEARCHED_BYTES};

/// From where the checkers ask.
pub const CHECKERS: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 77, 5, 1), Ipv4Addr::new(127, 77, 6, 1)];

/// For how long a connection is kept that nobody uses; below what servers do.
const IDLE_TIME_MAX: Duration = Duration::from_secs(10);

type Http = Client<HttpConnector, Empty<Bytes>>;

/// The checkers at work. They end with this value.
pub struct Checkers {
    _tasks: JoinSet<()>,
}

impl Checkers {
    /// Begins to ask what the checks of the authority watch, and to tell it the answers. It must be
    /// called on a runtime of tokio.
    #[must_use]
    pub fn start(authority: &Authority) -> Self {
        let mut tasks = JoinSet::new();
        let endpoints = authority.endpoints();
        let count = u32::try_from(endpoints.len() * CHECKERS.len()).unwrap_or(u32::MAX);
        let mut started = 0;
        for (checker, http) in CHECKERS.map(client).into_iter().enumerate() {
            for (id, endpoint) in endpoints.clone() {
                // They do not ask all at once.
                let phase = endpoint.interval * started / count;
                let (authority, http) = (authority.clone(), http.clone());
                let round = Round { authority, http, checker, id, endpoint };
                tasks.spawn(round.ask_for_ever(phase));
                started += 1;
            }
        }
        Self { _tasks: tasks }
    }
}

/// A client whose connections come from one address. It keeps them: hundreds of new ones a second
/// would use up ports, and a connection that breaks or keeps silent is thrown away.
fn client(source: Ipv4Addr) -> Http {
    let mut connector = HttpConnector::new();
    connector.set_local_address(Some(source.into()));
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIME_MAX)
        .build(connector)
}

/// One checker at one check.
struct Round {
    authority: Authority,
    http: Http,
    checker: usize,
    id: CheckId,
    endpoint: Endpoint,
}

impl Round {
    async fn ask_for_ever(self, phase: Duration) {
        sleep(phase).await;
        loop {
            let reply = timeout(self.endpoint.patience(), self.ask()).await.ok().flatten();
            let answer = match &reply {
                Some((status, body)) => Answer::Reply { status: *status, body },
                None => Answer::Nothing,
            };
            self.authority.saw(self.id, self.checker, answer);
            sleep(self.endpoint.interval).await;
        }
    }

    /// The status and the beginning of the body.
    async fn ask(&self) -> Option<(u16, Vec<u8>)> {
        let Endpoint { address, path, .. } = &self.endpoint;
        let request = Request::get(format!("http://{address}{path}"))
            .header(USER_AGENT, concat!("tideover-health-check/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .ok()?;
        let response = self.http.request(request).await.ok()?;
        Some((response.status().as_u16(), beginning(response).await?))
    }
}

async fn beginning(response: Response<Incoming>) -> Option<Vec<u8>> {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while bytes.len() < SEARCHED_BYTES
        && let Some(frame) = body.frame().await
    {
        if let Some(data) = frame.ok()?.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    Some(bytes)
}
