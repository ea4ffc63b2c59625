//! A time limit without a runtime: two futures side by side.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// What `work` came to, or nothing when `limit` was over first. Then the work is dropped where it
/// stands.
pub(crate) async fn within<T>(
    work: impl Future<Output = T>,
    limit: impl Future<Output = ()>,
) -> Option<T> {
    let (mut work, mut limit) = (pin!(work), pin!(limit));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}
