//! How far the clock of this machine is off, by the `Date` of answers: fences rest on clocks that agree, and nobody sees
//! to that of an operator's machine.
//!
//! A date has whole seconds, and an answer takes its time, so that an answer tells a span in which the difference is.
//! What is told is the part of it that is certain.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use aws_smithy_types::date_time::Format;

/// For how long an answer tells how the clock stands: it may be set meanwhile.
const COUNTS_FOR: Duration = Duration::from_secs(60);

/// What a date leaves out.
const SECOND_MS: i64 = 1_000;

/// What answers told of the clock, the latest of each Region. A clone is the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(Arc<Mutex<BTreeMap<String, Told>>>);

#[derive(Debug)]
struct Told {
    at: Instant,
    ahead_ms: i64,
}

impl Clock {
    /// How many milliseconds this machine's clock is certainly ahead of AWS's, or behind when below zero; zero when
    /// nothing is known. Where Regions tell different things, the most.
    pub(crate) fn ahead_ms(&self) -> i64 {
        let told = self.told();
        let counts = told.values().filter(|told| told.at.elapsed() < COUNTS_FOR);
        counts.map(|told| told.ahead_ms).max_by_key(|ms| ms.unsigned_abs()).unwrap_or_default()
    }

    /// Reads the dates of the answers to a client in this Region.
    pub(crate) fn of_region(&self, region: &str) -> DateReader {
        DateReader { clock: self.clone(), region: region.to_owned() }
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<String, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a clock is certainly ahead, or behind when below zero, that showed `sent` and `received` around the instant at
/// which another wrote this date.
fn ahead_ms(sent: i64, received: i64, date: i64) -> i64 {
    let at_least = sent - (date + SECOND_MS);
    let at_most = received - date;
    at_least.max(0) + at_most.min(0)
}

/// Reads the dates of answers to one client.
#[derive(Clone, Debug)]
pub(crate) struct DateReader {
    clock: Clock,
    region: String,
}

/// When a request was sent.
#[derive(Debug)]
struct Sent(i64);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for DateReader {
    fn name(&self) -> &'static str {
        "tideover-clock"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        settings.interceptor_state().store_put(Sent(now_ms()));
        Ok(())
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").and_then(date_ms);
        if let (Some(Sent(sent)), Some(date)) = (settings.load::<Sent>(), date) {
            let told = Told { at: Instant::now(), ahead_ms: ahead_ms(*sent, now_ms(), date) };
            self.clock.told().insert(self.region.clone(), told);
        }
        Ok(())
    }
}

fn date_ms(text: &str) -> Option<i64> {
    DateTime::from_str(text, Format::HttpDate).ok()?.to_millis().ok()
}

fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_counts() {
        // A date of 100 s was written between 100 s and 101 s.
        for (sent, received, wanted) in [
            (100_000, 100_050, 0),
            (100_990, 101_000, 0),
            (102_000, 102_050, 1_000),
            (115_500, 115_600, 14_500),
            // However long the answer took.
            (102_000, 130_000, 1_000),
            (99_000, 130_000, 0),
            (97_000, 97_400, -2_600),
            (90_000, 100_100, 0),
        ] {
            assert_eq!(ahead_ms(sent, received, 100_000), wanted, "{sent} to {received}");
        }
    }

    #[test]
    fn the_region_that_tells_most_counts() {
        let clock = Clock::default();
        assert_eq!(clock.ahead_ms(), 0, "nothing is known");
        for (region, ahead_ms) in [("us-east-1", 300), ("us-east-2", -4_000)] {
            clock.told().insert(region.to_owned(), Told { at: Instant::now(), ahead_ms });
        }
        assert_eq!(clock.ahead_ms(), -4_000);
        let newer = Told { at: Instant::now(), ahead_ms: 0 };
        clock.told().insert("us-east-2".to_owned(), newer);
        assert_eq!(clock.ahead_ms(), 300);
    }

    #[test]
    fn dates_are_read_as_http_writes_them() {
        assert_eq!(date_ms("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        assert_eq!(date_ms("yesterday"), None);
    }
}
