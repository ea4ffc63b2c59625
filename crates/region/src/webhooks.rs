//! Calls the endpoints of webhooks. What is sent, and what an answer means, is decided in `notify`.

use std::time::Duration;

use bytes::Bytes;
use hyper::header::RETRY_AFTER;
use hyper::{HeaderMap, Method, Request};
use notify::{Called, Caller, WebhookRequest};

use crate::http::{CALL_TIME_MAX, HttpClient, HttpFailure, HttpLimits, Reach, Trust};

/// Whoever calls endpoints over HTTP. Receivers choose the addresses, so it is made with [`Reach::Internet`] but on one
/// machine.
#[derive(Clone)]
pub struct Webhooks(HttpClient);

/// How long an endpoint may take to answer. Less than the 15 seconds that Standard Webhooks advises: that it did not
/// answer has to be noted while its row is still ours, or a hanging endpoint would never count as failing.
const TIME_MAX: Duration = Duration::from_secs(8);

const _: () = assert!(TIME_MAX.as_millis() <= CALL_TIME_MAX.as_millis(), "it fits into a row");

impl Webhooks {
    /// A caller that waits 8 seconds for an answer.
    #[must_use]
    pub fn new(trust: &Trust, reach: Reach) -> Self {
        let limits =
            HttpLimits { time_max: TIME_MAX, body_bytes_max: 16 * 1024, ..HttpLimits::default() };
        Self::with_limits(trust, reach, limits)
    }

    /// A caller with these limits.
    #[must_use]
    pub fn with_limits(trust: &Trust, reach: Reach, limits: HttpLimits) -> Self {
        Self(HttpClient::new(trust, reach, limits))
    }
}

impl Caller for Webhooks {
    async fn call(&self, request: &WebhookRequest) -> Called {
        // What is no address cannot be called, now or later.
        let Some(request) = http_request(request) else { return Called::Forbidden };
        match self.0.head(request).await {
            Ok(answer) => {
                let (status, retry_after) = (answer.status(), retry_after(answer.headers()));
                Called::Answered { status: status.as_u16(), retry_after }
            }
            Err(HttpFailure::Forbidden) => Called::Forbidden,
            Err(
                HttpFailure::NotConnected(_)
                | HttpFailure::TimedOut
                | HttpFailure::TooLarge(_)
                | HttpFailure::Broken(_),
            ) => Called::NoAnswer,
        }
    }
}

fn http_request(request: &WebhookRequest) -> Option<Request<Bytes>> {
    let mut builder = Request::builder().method(Method::POST).uri(&request.url);
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    builder.body(Bytes::from(request.body.clone())).ok()
}

/// When to come again, if that is a number of seconds. A date is left out: the clocks may differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
