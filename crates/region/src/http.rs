//! The one client for everything outside: bounded in time and size, with connections that are used again. It follows
//! no redirection, and says of a failure whether anything can have been sent.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderValue, USER_AGENT};
use hyper::{Request, Response};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use crate::connect::{BoxError, Connector, NotInternet};

/// Whom TLS trusts. It is read once, because that takes a while.
#[derive(Clone)]
pub struct Trust(Arc<rustls::ClientConfig>);

/// No certificate authorities were found on this machine.
#[derive(Debug, thiserror::Error)]
#[error("the certificate authorities that this machine trusts cannot be read")]
pub struct NoTrust(#[source] BoxError);

impl Trust {
    /// Whom this machine trusts.
    ///
    /// # Errors
    /// When the machine has no list of authorities.
    pub fn native() -> Result<Self, NoTrust> {
        let config = Self::builder().with_native_roots().map_err(|error| NoTrust(error.into()))?;
        Ok(Self(Arc::new(config.with_no_client_auth())))
    }

    /// Nobody: for a machine that calls nobody by TLS.
    #[must_use]
    pub fn nobody() -> Self {
        let config = Self::builder().with_root_certificates(rustls::RootCertStore::empty());
        Self(Arc::new(config.with_no_client_auth()))
    }

    fn builder() -> rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows the versions of TLS")
    }
}

/// What may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Addresses of the Internet only: for addresses that others have chosen.
    Internet,
    /// Any address: for what the operator has chosen, and for one machine.
    Anywhere,
}

/// How long one exchange with the outside may take: the patience of the processor's client and of receipts, and the
/// most that any other has.
pub const CALL_TIME_MAX: Duration = Duration::from_secs(10);

/// The limits of a client.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// How long making a connection may take.
    pub connect_time_max: Duration,
    /// How long an exchange may take, connection and body included.
    pub time_max: Duration,
    /// The largest body of an answer, in bytes.
    pub body_bytes_max: usize,
    /// How long a connection is kept that nobody uses.
    pub idle_time_max: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect_time_max: Duration::from_secs(3),
            time_max: CALL_TIME_MAX,
            body_bytes_max: 256 * 1024,
            // Below the 60 seconds after which load balancers close theirs.
            idle_time_max: Duration::from_secs(30),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpFailure {
    /// The address is out of reach on purpose.
    #[error("the address must not be called")]
    Forbidden,
    /// No connection was made: nothing of the request was sent.
    #[error("no connection was made")]
    NotConnected(#[source] BoxError),
    /// There was no whole answer in time.
    #[error("there was no answer in time")]
    TimedOut,
    /// The answer is larger than this many bytes.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The connection broke off, or what came was no HTTP.
    #[error("the exchange broke off")]
    Broken(#[source] BoxError),
}

/// A client. Clones share their connections.
#[derive(Clone)]
pub struct HttpClient {
    inner: legacy::Client<HttpsConnector<Connector>, Full<Bytes>>,
    limits: HttpLimits,
}

impl HttpClient {
    /// A client with these limits.
    #[must_use]
    pub fn new(trust: &Trust, reach: Reach, limits: HttpLimits) -> Self {
        let connector = Connector::new(reach, limits.connect_time_max);
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits.idle_time_max)
            .build(HttpsConnector::from((connector, trust.0.clone())));
        Self { inner, limits }
    }

    /// Sends a request and reads its whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no whole answer within the limits.
    pub async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpFailure> {
        let exchange = async {
            let (head, body) = self.begin(request).await?.into_parts();
            let body = Limited::new(body, self.limits.body_bytes_max).collect().await;
            let body = body.map_err(|error| self.broken(error))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        timeout(self.limits.time_max, exchange).await.unwrap_or(Err(HttpFailure::TimedOut))
    }

    /// Sends a request and reads the head of its answer. A body that is small is read, so that the connection can be
    /// used again, and thrown away; what comes of it is nobody's concern.
    ///
    /// # Errors
    /// When there is no answer within the limits.
    pub async fn head(&self, request: Request<Bytes>) -> Result<Response<()>, HttpFailure> {
        let mut answered = None;
        let exchange = async {
            let (head, body) = self.begin(request).await?.into_parts();
            answered = Some(Response::from_parts(head, ()));
            let _ = Limited::new(body, self.limits.body_bytes_max).collect().await;
            Ok(())
        };
        let ended = timeout(self.limits.time_max, exchange).await;
        match (answered, ended) {
            (Some(head), _) => Ok(head),
            (None, Ok(Err(failure))) => Err(failure),
            (None, Err(_) | Ok(Ok(()))) => Err(HttpFailure::TimedOut),
        }
    }

    async fn begin(&self, request: Request<Bytes>) -> Result<Response<Incoming>, HttpFailure> {
        let mut request = request.map(Full::new);
        let agent = HeaderValue::from_static(concat!("tideover/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().entry(USER_AGENT).or_insert(agent);
        self.inner.request(request).await.map_err(failure)
    }

    fn broken(&self, error: BoxError) -> HttpFailure {
        match error.is::<LengthLimitError>() {
            true => HttpFailure::TooLarge(self.limits.body_bytes_max),
            false => HttpFailure::Broken(error),
        }
    }
}

/// Sorts what the client says. It fails to connect before it has written anything of the request.
fn failure(error: legacy::Error) -> HttpFailure {
    if is_caused_by::<NotInternet>(&error) {
        HttpFailure::Forbidden
    } else if error.is_connect() {
        HttpFailure::NotConnected(error.into())
    } else {
        HttpFailure::Broken(error.into())
    }
}

fn is_caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}
