//! Looking again until something is so.

use std::time::Duration;

use fence::DurationMs;
use runbook::Failure;
use tokio::time::{Instant, sleep};

/// How long before an attempt's time is over the last look is told, so that it is known why.
const MARGIN: DurationMs = DurationMs(1_500);

/// Looks again, after this pause, while what is seen may change; what was seen last is told before the attempt's time is
/// over.
pub(crate) async fn until<T, F: Future<Output = Result<T, Failure>>>(
    limit: DurationMs,
    pause: Duration,
    mut look: impl FnMut() -> F,
) -> Result<T, Failure> {
    let deadline = Instant::now() + Duration::from_millis(limit.0.saturating_sub(MARGIN.0));
    loop {
        match look().await {
            Err(Failure::TryAgain(_)) if Instant::now() + pause < deadline => sleep(pause).await,
            seen => return seen,
        }
    }
}
