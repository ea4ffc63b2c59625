//! Numbers in CloudWatch's embedded metric format: a line of the log that is also data. In AWS
//! Lambda this costs no call, and nothing is lost when the process is frozen.
//!
//! Alarms are ratios of sums (`cw-ratio-alarm-guard`), so that what did not happen counts 0.

use payments::{Time, holds_card_number};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// Where CloudWatch keeps them.
const NAMESPACE: &str = "Tideover";

/// The dimension of each of them.
const DIMENSION: &str = "Service";

/// What a line adds to the numbers of one service.
pub(crate) struct Emf<'s> {
    pub(crate) service: &'s str,
    pub(crate) at: Time,
    pub(crate) metrics: Vec<Metric>,
}

/// One number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Metric {
    name: &'static str,
    unit: &'static str,
    value: u64,
}

impl Metric {
    /// How many.
    pub(crate) const fn count(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Count", value }
    }

    /// How long, in milliseconds.
    pub(crate) const fn milliseconds(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Milliseconds", value }
    }

    /// How things stand, 1 for so and 0 for not so.
    pub(crate) const fn state(name: &'static str, is_so: bool) -> Self {
        Self { name, unit: "None", value: is_so as u64 }
    }
}

impl Serialize for Emf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let definition = |metric: &Metric| Definition { name: metric.name, unit: metric.unit };
        let directive = Directive {
            namespace: NAMESPACE,
            dimensions: [[DIMENSION]],
            metrics: self.metrics.iter().map(definition).collect(),
        };
        let metadata = Metadata { timestamp: timestamp(self.at), directives: [directive] };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("_aws", &metadata)?;
        map.serialize_entry(DIMENSION, self.service)?;
        for metric in &self.metrics {
            map.serialize_entry(metric.name, &metric.value)?;
        }
        map.end()
    }
}

/// The format's `_aws`.
#[derive(Serialize)]
struct Metadata {
    #[serde(rename = "Timestamp")]
    timestamp: u64,
    #[serde(rename = "CloudWatchMetrics")]
    directives: [Directive; 1],
}

/// What CloudWatch is to do with the rest of the line.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: Vec<Definition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

/// The moment in milliseconds, as the format wants it, or the one before it: one in ten passes for a
/// card number, and who searches logs for those is not to find any.
fn timestamp(at: Time) -> u64 {
    let is_safe = |ms: &u64| !holds_card_number(&ms.to_string());
    (0..=at.as_ms()).rev().find(is_safe).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_right_within_a_millisecond_and_no_card_numbers() {
        for ms in (1_763_869_261_000..1_763_869_263_000).chain(0..20) {
            let told = timestamp(Time::from_ms(ms));
            assert!(ms - told <= 1, "{ms} {told}");
            assert!(!holds_card_number(&told.to_string()), "{ms} {told}");
        }
    }
}
