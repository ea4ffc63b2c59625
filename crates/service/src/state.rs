//! What all requests share.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::log::Log;
use crate::metrics::Metrics;
use crate::numbers::Numbers;
use crate::options::Options;
use crate::ports::Region;
use crate::source::Source;

/// What [`crate::router()`] serves: a Region, and how. Clones are the same one.
pub struct Service<R>(Arc<Shared<R>>);

pub(crate) struct Shared<R> {
    pub(crate) region: R,
    pub(crate) source: Source,
    pub(crate) log: Box<dyn Log>,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    pub(crate) numbers: Numbers,
    pub(crate) permits: Semaphore,
}

impl<R: Region> Service<R> {
    /// The service of this Region.
    pub fn new(region: R, source: Source, log: impl Log + 'static, options: Options) -> Self {
        let permits = Semaphore::new(options.requests_max);
        let (log, metrics, numbers) = (Box::new(log), Metrics::default(), Numbers::default());
        Self(Arc::new(Shared { region, source, log, options, metrics, numbers, permits }))
    }

    /// The Region that it serves.
    #[must_use]
    pub fn region(&self) -> &R {
        &self.0.region
    }

    /// The numbers that `/metrics` shows beside its own; whoever works the outbox off in this
    /// process gets them from here.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        self.0.numbers.clone()
    }
}

impl<R> Service<R> {
    pub(crate) fn shared(&self) -> &Shared<R> {
        &self.0
    }
}

impl<R> Clone for Service<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
