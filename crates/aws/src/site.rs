//! The one thing that the adapters share: where the process is, as whom it speaks, and the connections to AWS.
//!
//! Making it costs nothing. Settings, credentials and certificates are looked up at the first use, so that a function
//! asks for its first request before any of it; [`Aws::warm`] and those of the adapters can be called beside that.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, StalledStreamProtectionConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use tokio::sync::OnceCell;

use crate::calls::{Calls, Recorder};
use crate::sorted::Said;

/// How long to wait for a connection, its encryption included; what failed there was certainly not sent.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(400);

/// Where a process is, and as whom it speaks to AWS.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its Region.
    pub region: String,
    /// The address of every service instead of AWS's, such as an emulator's.
    pub endpoint_url: Option<String>,
    /// As whom it speaks.
    pub identity: Identity,
}

impl Place {
    /// A process in AWS, in this Region.
    #[must_use]
    pub fn in_region(region: &str) -> Self {
        Self { region: region.to_owned(), endpoint_url: None, identity: Identity::OfProcess }
    }
}

/// As whom a process speaks to AWS.
#[derive(Clone)]
pub enum Identity {
    /// With the credentials that the process finds, such as those of a function's role.
    OfProcess,
    /// With these, which an emulator believes.
    Key {
        /// The id of the key.
        id: String,
        /// The key.
        secret: String,
    },
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OfProcess => "OfProcess",
            Self::Key { .. } => "Key(not shown)",
        })
    }
}

/// How a process speaks to AWS.
#[derive(Clone, Debug)]
pub struct Manner {
    /// How long to wait for a connection, its encryption included. Who is far away needs longer than a function.
    pub connection_timeout: Duration,
    /// Where every call is noted, if anywhere.
    pub calls: Option<Calls>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { connection_timeout: CONNECTION_TIMEOUT, calls: None }
    }
}

/// That something failed which the process bears, for whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What failed: a word that does not change.
    pub about: &'static str,
    /// What was said; nothing of what was sent or stored.
    pub said: Said,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.said)
    }
}

/// AWS, as seen from this process. A clone is the same one.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    place: Place,
    manner: Manner,
    random: Box<dyn Fn() -> u64 + Send + Sync>,
    notice: Box<dyn Fn(&Notice) + Send + Sync>,
    config: OnceCell<SdkConfig>,
}

impl Aws {
    /// AWS from this place. `random` gives random bits, for the pauses between tries; `notice` is told what failed and
    /// was borne.
    pub fn new(
        place: Place,
        random: impl Fn() -> u64 + Send + Sync + 'static,
        notice: impl Fn(&Notice) + Send + Sync + 'static,
    ) -> Self {
        Self::with(place, Manner::default(), random, notice)
    }

    /// The same, in this manner.
    pub fn with(
        place: Place,
        manner: Manner,
        random: impl Fn() -> u64 + Send + Sync + 'static,
        notice: impl Fn(&Notice) + Send + Sync + 'static,
    ) -> Self {
        let (random, notice) = (Box::new(random), Box::new(notice));
        Self(Arc::new(Inner { place, manner, random, notice, config: OnceCell::new() }))
    }

    /// Looks up what the first use would look up: the settings of the process.
    pub async fn warm(&self) {
        self.config().await;
    }

    /// The settings that every client of a service is made from: Region, credentials, address, connections. Nothing is
    /// tried again by itself.
    pub async fn config(&self) -> &SdkConfig {
        self.0.config.get_or_init(|| Box::pin(load(&self.0))).await
    }

    /// Its Region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0.place.region
    }

    /// What notes the calls of a client in this Region; nothing when nobody wants to know.
    #[must_use]
    pub fn recorder(&self, region: &str) -> Option<Recorder> {
        self.0.manner.calls.as_ref().map(|calls| calls.in_region(region))
    }

    /// Where calls are noted, for whoever makes one without a client of the SDK.
    #[must_use]
    pub fn calls(&self) -> Option<&Calls> {
        self.0.manner.calls.as_ref()
    }

    /// Random bits, for the pauses between tries.
    pub fn random(&self) -> &(dyn Fn() -> u64 + Send + Sync) {
        &*self.0.random
    }

    pub(crate) fn notice(&self, about: &'static str, said: &Said) {
        (self.0.notice)(&Notice { about, said: said.clone() });
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Aws").field(&self.0.place).finish()
    }
}

async fn load(Inner { place, manner, .. }: &Inner) -> SdkConfig {
    let ring = Provider::Rustls(CryptoMode::Ring);
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new(place.region.clone()))
        .http_client(Builder::new().tls_provider(ring).build_https());
    if let Some(url) = &place.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Identity::Key { id, secret } = &place.identity {
        loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "tideover"));
    }
    let loaded = loader.load().await.into_builder();
    // After loading, so that whoever fetches credentials keeps trying. All else is tried again by `asking`, which knows
    // what that means.
    let timeouts = TimeoutConfig::builder().connect_timeout(manner.connection_timeout).build();
    loaded
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}
