//! What was called: each request of every client, with the id that AWS gave it, for reports of runs and for tests.
//!
//! A call is noted when it begins, so that one that is given up is known as well. Nothing of what was sent or answered
//! is kept but the answer's status and id.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use serde::{Deserialize, Serialize};

/// How many calls are kept until somebody takes them.
const KEPT_MAX: usize = 2_000;

/// Where services put the id of a request.
pub const REQUEST_IDS: [&str; 2] = ["x-amzn-requestid", "x-amz-request-id"];

/// A request to AWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// When it began, in milliseconds since 1970.
    pub at: u64,
    /// The Region whose endpoint was asked.
    pub region: String,
    /// The service, as the SDK names it.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The id that AWS gave it; none without an answer.
    pub request_id: Option<String>,
    /// The status of the answer; none without one.
    pub status: Option<u16>,
    /// How long it took, in milliseconds; none when it was given up.
    pub ms: Option<u64>,
}

/// The calls of some clients, in the order in which they began. A clone is the same list.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    next: u64,
    calls: BTreeMap<u64, Call>,
}

impl Calls {
    /// All calls since the last time; those that are still on their way without an answer.
    #[must_use]
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.noted().calls).into_values().collect()
    }

    /// Notes the calls of a client in this Region.
    pub(crate) fn in_region(&self, region: &str) -> Recorder {
        Recorder { calls: self.clone(), region: region.to_owned() }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that begins now in a Region; the answer is its number.
    #[must_use]
    pub fn begin(&self, region: &str, service: &str, operation: &str) -> u64 {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX);
        let [region, service, operation] = [region, service, operation].map(str::to_owned);
        let (request_id, status, ms) = (None, None, None);
        let call = Call { at, region, service, operation, request_id, status, ms };
        let mut noted = self.noted();
        let number = noted.next;
        noted.next += 1;
        noted.calls.insert(number, call);
        if noted.calls.len() > KEPT_MAX {
            noted.calls.pop_first();
        }
        number
    }

    /// Notes how a call ended: how long it took, and the status and the id of its answer.
    pub fn end(
        &self,
        number: u64,
        took: Duration,
        status: Option<u16>,
        request_id: Option<String>,
    ) {
        if let Some(call) = self.noted().calls.get_mut(&number) {
            call.ms = Some(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
            (call.status, call.request_id) = (status, request_id);
        }
    }
}

/// Notes the calls of one client.
#[derive(Clone, Debug)]
pub struct Recorder {
    calls: Calls,
    region: String,
}

/// The call that an execution is.
#[derive(Debug)]
struct Begun {
    number: u64,
    at: Instant,
}

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "tideover-calls"
    }

    // Before this the operation is not known.
    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let named = |of: fn(&Metadata) -> &str| settings.load::<Metadata>().map_or("unknown", of);
        let (service, operation) = (named(Metadata::service), named(Metadata::name));
        let number = self.calls.begin(&self.region, service, operation);
        settings.interceptor_state().store_put(Begun { number, at: Instant::now() });
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(begun) = settings.load::<Begun>() else { return Ok(()) };
        let answer = context.response();
        let status = answer.map(|answer| answer.status().as_u16());
        let id = answer.and_then(|answer| {
            let mut ids = REQUEST_IDS.iter().filter_map(|name| answer.headers().get(*name));
            ids.next().map(str::to_owned)
        });
        self.calls.end(begun.number, begun.at.elapsed(), status, id);
        Ok(())
    }
}
