//! Requests to AWS without the SDK of the service: signed, sent by our own client, and noted among the calls.

use std::time::Instant;

use aws::{Aws, Unsigned, signed};
use bytes::Bytes;
use hyper::Response;
use region::HttpClient;

/// A request.
pub(crate) struct ByHand<'r> {
    /// The service and the operation, as the SDK would name them.
    pub(crate) named: (&'static str, &'static str),
    /// What is signed and sent.
    pub(crate) request: Unsigned<'r>,
}

/// Where AWS answered: its status and what it said.
pub(crate) async fn exchange(
    aws: &Aws,
    http: &HttpClient,
    by_hand: &ByHand<'_>,
) -> Result<Response<Bytes>, String> {
    let region = by_hand.request.region;
    let request = signed(aws.config().await, &by_hand.request).await;
    let request = request.map_err(|said| said.to_string())?;
    let (service, operation) = by_hand.named;
    let noted = aws.calls().map(|calls| (calls, calls.begin(region, service, operation)));
    let began = Instant::now();
    let answer = http.exchange(request).await;
    if let Some((calls, number)) = noted {
        let answered = answer.as_ref().ok();
        let status = answered.map(|answer| answer.status().as_u16());
        calls.end(number, began.elapsed(), status, answered.and_then(request_id));
    }
    answer.map_err(|failure| failure.to_string())
}

fn request_id(answer: &Response<Bytes>) -> Option<String> {
    let mut ids = aws::REQUEST_IDS.iter().filter_map(|name| answer.headers().get(*name));
    ids.next().and_then(|id| Some(id.to_str().ok()?.to_owned()))
}
