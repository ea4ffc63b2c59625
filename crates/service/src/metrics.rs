//! Numbers for Prometheus, in its text format. Labels come from closed sets only.

use std::collections::BTreeMap;
use std::fmt::{Error, Write};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use payments::Gate;

use crate::numbers::{Count, Gauge, Numbers};

/// Upper ends of the latency buckets, in milliseconds.
const BUCKETS_MS: [u64; 10] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

/// What has been counted.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, &'static str, u16), u64>>,
    latencies: Mutex<BTreeMap<&'static str, Latency>>,
    in_flight: AtomicI64,
    refused: AtomicU64,
}

/// Latencies of one route.
#[derive(Clone, Default)]
struct Latency {
    /// How many were in each bucket, and not in a smaller one.
    counts: [u64; BUCKETS_MS.len()],
    count: u64,
    sum_ms: u64,
}

/// One request that is open; it ends when this is dropped, however that comes.
pub(crate) struct Open<'m>(&'m Metrics);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a request as open.
    pub(crate) fn open(&self) -> Open<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Open(self)
    }

    /// Counts a request that the limit refused.
    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(&self, route: &'static str, method: &'static str, status: u16, ms: u64) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, method, status)).or_default() += 1;
        drop(requests);
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
        latencies.entry(route).or_default().add(ms);
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn render(&self, gate: Gate, numbers: &Numbers) -> String {
        let mut text = String::new();
        let written = self.write(&mut text, gate).and_then(|()| write_numbers(&mut text, numbers));
        written.expect("a string takes everything");
        text
    }

    fn write(&self, text: &mut String, gate: Gate) -> Result<(), Error> {
        self.write_requests(text)?;
        self.write_latencies(text)?;
        let (is_open, epoch) = match gate {
            Gate::Open(reign) => (1, reign.epoch.number()),
            Gate::Closed => (0, 0),
        };
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        let refused = self.refused.load(Ordering::Relaxed);
        head(text, "http_requests_in_flight", "gauge", "Requests that are open")?;
        writeln!(text, "http_requests_in_flight {in_flight}")?;
        head(text, "http_requests_refused_total", "counter", "Requests over the limit")?;
        writeln!(text, "http_requests_refused_total {refused}")?;
        head(text, "gate_open", "gauge", "Whether this Region may take money")?;
        writeln!(text, "gate_open {is_open}")?;
        head(text, "gate_epoch", "gauge", "The epoch of the open gate, 0 when it is closed")?;
        writeln!(text, "gate_epoch {epoch}")
    }

    fn write_requests(&self, text: &mut String) -> Result<(), Error> {
        head(text, "http_requests_total", "counter", "Requests answered")?;
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, method, status), count) in requests.iter() {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            writeln!(text, "http_requests_total{{{labels}}} {count}")?;
        }
        Ok(())
    }

    fn write_latencies(&self, text: &mut String) -> Result<(), Error> {
        let name = "http_request_duration_seconds";
        head(text, name, "histogram", "Time to the answer")?;
        let latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
        latencies.iter().try_for_each(|(route, latency)| latency.write(text, name, route))
    }
}

impl Latency {
    fn add(&mut self, ms: u64) {
        self.count += 1;
        self.sum_ms = self.sum_ms.saturating_add(ms);
        if let Some(bucket) = BUCKETS_MS.iter().position(|end| ms <= *end) {
            self.counts[bucket] += 1;
        }
    }

    fn write(&self, text: &mut String, name: &str, route: &str) -> Result<(), Error> {
        let mut below = 0;
        for (end_ms, count) in BUCKETS_MS.iter().zip(self.counts) {
            below += count;
            let end = seconds(*end_ms);
            writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"{end}\"}} {below}")?;
        }
        writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", self.count)?;
        writeln!(text, "{name}_sum{{route=\"{route}\"}} {}", seconds(self.sum_ms))?;
        writeln!(text, "{name}_count{{route=\"{route}\"}} {}", self.count)
    }
}

/// A count that nobody counts is 0, a gauge that nobody has looked at is not there.
fn write_numbers(text: &mut String, numbers: &Numbers) -> Result<(), Error> {
    for (names, counted) in Count::ALL.map(|count| (count.names(), numbers.counted(count))) {
        head(text, names.prometheus, "counter", names.help)?;
        writeln!(text, "{} {counted}", names.prometheus)?;
    }
    for (names, seen) in Gauge::ALL.map(|gauge| (gauge.names(), numbers.seen(gauge))) {
        let Some(seen) = seen else { continue };
        head(text, names.prometheus, "gauge", names.help)?;
        writeln!(text, "{} {seen}", names.prometheus)?;
    }
    Ok(())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) -> Result<(), Error> {
    writeln!(text, "# HELP {name} {help}.\n# TYPE {name} {kind}")
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}
