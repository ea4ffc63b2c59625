//! Who is called back: the configuration of endpoints, with their keys, in a secret of its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use notify::{EndpointSource, Endpoints, NoEndpoints};
use stores::Freshness;

use super::Secret;
use super::cached::Cached;
use crate::asking::Patience;
use crate::site::Aws;
use crate::sorted::Said;

/// How long a change may take to be seen.
const MAX_AGE: Duration = Duration::from_secs(60);

/// The secret with the configuration of endpoints. When it cannot be read, or what is new in it has faults, the last good
/// one serves, and a notice says so.
pub struct WebhookSecret {
    secret: Secret,
    cached: Cached<Arc<Endpoints>>,
}

impl WebhookSecret {
    /// The secret of this name or ARN. Connects to nothing.
    #[must_use]
    pub fn new(aws: &Aws, id: &str) -> Self {
        Self { secret: Secret::new(aws, id), cached: Cached::new(MAX_AGE) }
    }

    /// The same, with other limits.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { secret: self.secret.with_patience(patience), ..self }
    }

    async fn read(&self) -> Result<Arc<Endpoints>, Said> {
        let read = self.secret.read().await.and_then(|text| parse(&text));
        if let Err(said) = &read {
            self.secret.aws.notice("webhook secret", said);
        }
        read
    }
}

/// The faults that are found repeat nothing of the text.
fn parse(text: &str) -> Result<Arc<Endpoints>, Said> {
    Endpoints::parse(text).map(Arc::new).map_err(|faults| Said::new(faults.to_string()))
}

impl EndpointSource for WebhookSecret {
    async fn endpoints(&self) -> Result<Arc<Endpoints>, NoEndpoints> {
        self.cached.get(Freshness::Cached, || self.read()).await.map_err(|_| NoEndpoints)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSecret").field("id", &self.secret.id).finish_non_exhaustive()
    }
}
