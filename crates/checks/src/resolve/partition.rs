//! The partitions of AWS: how ARNs begin and how host names end, by Region.

/// How the names of Regions begin, with the partition and the suffix of host names; Source: `partitions.json` of the
/// AWS SDKs.
static PARTITIONS: [(&str, &str, &str); 7] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
];

/// The partition of a Region.
pub(crate) fn partition(region: &str) -> &'static str {
    found(region).0
}

/// How the names of hosts of a Region end.
pub(super) fn url_suffix(region: &str) -> &'static str {
    found(region).1
}

fn found(region: &str) -> (&'static str, &'static str) {
    let row = PARTITIONS.iter().find(|(begins, ..)| region.starts_with(begins));
    row.map_or(("aws", "amazonaws.com"), |(_, partition, suffix)| (partition, suffix))
}
