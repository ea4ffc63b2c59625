//! Numbers from outside the router: of whoever works the outbox off. Names are a closed set, so that
//! nothing that a client sent can become one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payments::Time;

use crate::emf::{Emf, Metric};
use crate::log::NumbersLine;

/// What happened, counted up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Events that were told: published, their receipts stored, their callbacks planned.
    EventsTold,
    /// Events of which nothing remains to be done.
    EventsSettled,
    /// Callbacks that their endpoints took.
    CallbacksDelivered,
    /// Tries of callbacks that their endpoints did not take.
    CallbacksFailed,
}

/// How things stand, as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// Endpoints to which nothing is sent any more.
    EndpointsDisabled,
    /// Callbacks that wait for their endpoint.
    CallbacksWaiting,
    /// Callbacks that were given up, ever.
    CallbacksGivenUp,
}

/// What a number is called, and what it says.
pub(crate) struct Names {
    pub(crate) cloudwatch: &'static str,
    pub(crate) prometheus: &'static str,
    pub(crate) help: &'static str,
}

const fn names(cloudwatch: &'static str, prometheus: &'static str, help: &'static str) -> Names {
    Names { cloudwatch, prometheus, help }
}

impl Count {
    /// Every one.
    pub const ALL: [Self; 4] =
        [Self::EventsTold, Self::EventsSettled, Self::CallbacksDelivered, Self::CallbacksFailed];

    pub(crate) const fn names(self) -> Names {
        match self {
            Self::EventsTold => names("EventsTold", "outbox_events_told_total", "Events told"),
            Self::EventsSettled => {
                names("EventsSettled", "outbox_events_settled_total", "Events with nothing left")
            }
            Self::CallbacksDelivered => {
                names("CallbacksDelivered", "webhook_callbacks_delivered_total", "Callbacks taken")
            }
            Self::CallbacksFailed => {
                names("CallbacksFailed", "webhook_callbacks_failed_total", "Tries not taken")
            }
        }
    }
}

impl Gauge {
    /// Every one.
    pub const ALL: [Self; 3] =
        [Self::EndpointsDisabled, Self::CallbacksWaiting, Self::CallbacksGivenUp];

    pub(crate) const fn names(self) -> Names {
        match self {
            Self::EndpointsDisabled => {
                names("EndpointsDisabled", "webhook_endpoints_disabled", "Endpoints disabled")
            }
            Self::CallbacksWaiting => {
                names("CallbacksWaiting", "webhook_callbacks_waiting", "Callbacks that wait")
            }
            Self::CallbacksGivenUp => {
                names("CallbacksGivenUp", "webhook_callbacks_given_up", "Callbacks given up")
            }
        }
    }
}

/// What a gauge shows that nobody has looked at yet.
const UNSEEN: u64 = u64::MAX;

/// The numbers. Clones are the same ones: one is the worker's, and one belongs to the
/// [`crate::Service`] that shows them.
#[derive(Clone, Debug)]
pub struct Numbers(Arc<Cells>);

#[derive(Debug)]
struct Cells {
    counts: [AtomicU64; Count::ALL.len()],
    /// How much of each count a line of the log has told.
    logged: [AtomicU64; Count::ALL.len()],
    gauges: [AtomicU64; Gauge::ALL.len()],
}

impl Default for Numbers {
    fn default() -> Self {
        Self(Arc::new(Cells {
            counts: [const { AtomicU64::new(0) }; _],
            logged: [const { AtomicU64::new(0) }; _],
            gauges: [const { AtomicU64::new(UNSEEN) }; _],
        }))
    }
}

impl Numbers {
    /// Counts so many more.
    pub fn add(&self, count: Count, by: u64) {
        self.0.counts[count as usize].fetch_add(by, Ordering::Relaxed);
    }

    /// Notes how things stand.
    pub fn set(&self, gauge: Gauge, value: u64) {
        self.0.gauges[gauge as usize].store(value.min(UNSEEN - 1), Ordering::Relaxed);
    }

    /// How many there were since the beginning.
    #[must_use]
    pub fn counted(&self, count: Count) -> u64 {
        self.0.counts[count as usize].load(Ordering::Relaxed)
    }

    /// How things stand, if somebody has looked.
    #[must_use]
    pub fn seen(&self, gauge: Gauge) -> Option<u64> {
        Some(self.0.gauges[gauge as usize].load(Ordering::Relaxed)).filter(|seen| *seen != UNSEEN)
    }

    /// A line for the log in CloudWatch's embedded metric format: what was counted since the last
    /// such line, and how things stand. For a worker that no [`crate::Service`] shows.
    #[must_use]
    pub fn emf_line(&self, service: &str, at: Time) -> String {
        let count = |count: Count| Metric::count(count.names().cloudwatch, self.since_line(count));
        let gauge = |gauge: Gauge| {
            self.seen(gauge).map(|seen| Metric::count(gauge.names().cloudwatch, seen))
        };
        let gauges = Gauge::ALL.into_iter().filter_map(gauge);
        let metrics = Count::ALL.map(count).into_iter().chain(gauges).collect();
        NumbersLine::new(Emf { service, at, metrics }).json()
    }

    /// How many there were since the last line.
    fn since_line(&self, count: Count) -> u64 {
        let counted = self.counted(count);
        let logged = self.0.logged[count as usize].fetch_max(counted, Ordering::Relaxed);
        counted.saturating_sub(logged)
    }
}
