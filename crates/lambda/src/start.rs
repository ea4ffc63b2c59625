//! What is made ready before an event, and when.

use std::pin::Pin;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

/// How long a start may wait for what makes it ready.
const READY_MAX: Duration = Duration::from_secs(5);

/// How long asking for the first event takes at most, mostly. There is one thread, and reading certificates would hold
/// it up.
const FIRST_POLL: Duration = Duration::from_millis(2);

/// Lambda's word for an environment that is kept warm.
const KEPT_WARM: &str = "provisioned-concurrency";

/// A future in a box: the compiler gives up on types that are as deep as those of the SDK in those of a runtime.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes ready: first, where environments are made before anybody waits for them; otherwise beside the wait for the
/// first event, which is asked for at once.
pub(crate) async fn warm(ready: Boxed<()>) {
    if std::env::var("AWS_LAMBDA_INITIALIZATION_TYPE").as_deref() == Ok(KEPT_WARM) {
        // What is not ready in time is made ready at the first event.
        let _ = timeout(READY_MAX, ready).await;
    } else {
        tokio::spawn(async {
            sleep(FIRST_POLL).await;
            ready.await;
        });
    }
}

/// Lets connections see what has happened to them while the process was frozen, before anybody uses them. One turn reads
/// what came, the other tells it.
pub(crate) async fn thaw() {
    yield_now().await;
    yield_now().await;
}
