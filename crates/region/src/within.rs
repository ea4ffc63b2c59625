//! Work that has so much time, also where the process did not run for most of it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// What comes of `work`; nothing when its time is over. That is looked at first: a process that was paused for long does
/// nothing more about a row which others have had since, whatever came for it meanwhile. Above all it makes no call that
/// would come to the processor when that does not know the key any more.
pub(crate) async fn within<T>(time_max: Duration, work: impl Future<Output = T>) -> Option<T> {
    let end = Instant::now() + time_max;
    let (mut work, mut over) = (pin!(work), pin!(sleep_until(end)));
    poll_fn(|context| {
        if Instant::now() >= end || over.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use tokio::sync::oneshot;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_in_time_comes() {
        assert_eq!(within(Duration::from_secs(1), async { 7 }).await, Some(7));
        let late = async { tokio::time::sleep(Duration::from_secs(2)).await };
        assert_eq!(within(Duration::from_secs(1), late).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_was_paused_does_not_go_on() {
        let mut called = false;
        let (answer, answered) = oneshot::channel();
        let work = async {
            answered.await.unwrap();
            called = true;
        };
        let mut row = Box::pin(within(Duration::from_secs(1), work));
        let mut context = Context::from_waker(Waker::noop());
        assert!(row.as_mut().poll(&mut context).is_pending());
        answer.send(()).unwrap();
        advance(Duration::from_secs(2)).await;
        assert_eq!(row.as_mut().poll(&mut context), Poll::Ready(None));
        drop(row);
        assert!(!called, "the answer was there, and nobody went on with it");
    }
}
