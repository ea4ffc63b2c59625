//! The scenarios that come with tideover, as files of the tree and in the binary.

use crate::scenario::nearest;

/// Makes the table of files of these names.
macro_rules! files {
    ($($name:literal,)+) => {
        &[$(($name, include_str!(concat!("../scenarios/", $name, ".drill"))),)+]
    };
}

/// The name of the scenario that speed is measured with.
pub const STANDARD: &str = "region-lost";

/// From what happens every day to what should never happen.
const SHIPPED: &[(&str, &str)] = files![
    "steady",
    "careless-clients",
    "service-restarted",
    "database-restarted",
    "impatient-clients",
    "processor-away",
    "switchover",
    "failback",
    "sticky-resolvers",
    "paused",
    "abort-before-no-return",
    "abort-at-no-return",
    "abort-too-late",
    "writes-stall",
    "switchover-refused",
    "runner-killed-switchover",
    "target-lost-in-switchover",
    "frozen-in-switchover",
    "source-lost-in-switchover",
    "witness-lost",
    "standby-lost",
    "store-endpoint-lost",
    "write-arrives-late",
    "store-cut",
    "one-way-partition",
    "short-partition",
    "short-freeze",
    "messages-lost",
    "region-slow",
    "api-lost",
    "database-lost",
    "disk-full",
    "disk-freed",
    "store-cut-failover",
    "region-lost",
    "region-lost-for-good",
    "region-lost-away",
    "region-isolated",
    "region-frozen",
    "frozen-under-load",
    "clock-skew",
    "cut-off-at-fence",
    "source-back-at-fence",
    "lag-high",
    "control-planes-down",
    "approvals-expire",
    "fence-timed-out",
    "promotion-refused",
    "promotion-unclear",
    "processor-times-out",
    "runner-killed-failover",
    "target-lost-in-failover",
    "two-operators",
    "twice",
    "everything-at-once",
];

/// The shipped scenarios: names and texts.
#[must_use]
pub const fn shipped() -> &'static [(&'static str, &'static str)] {
    SHIPPED
}

/// The shipped name that was probably meant by this one.
#[must_use]
pub fn nearest_shipped(name: &str) -> Option<&'static str> {
    let names: Vec<&'static str> = SHIPPED.iter().map(|(shipped, _)| *shipped).collect();
    nearest(name, &names)
}
