//! The certificates that AWS signs those of Aurora's servers with, in the Regions that the strongly consistent table can
//! be in. They stand in `rds-roots` beside their origin; a test compares them with the table there.

/// Regions, each with its roots as PEM.
const ROOTS: [(&str, &str); 10] = [
    ("ap-northeast-1", include_str!("../rds-roots/ap-northeast-1.pem")),
    ("ap-northeast-2", include_str!("../rds-roots/ap-northeast-2.pem")),
    ("ap-northeast-3", include_str!("../rds-roots/ap-northeast-3.pem")),
    ("eu-central-1", include_str!("../rds-roots/eu-central-1.pem")),
    ("eu-west-1", include_str!("../rds-roots/eu-west-1.pem")),
    ("eu-west-2", include_str!("../rds-roots/eu-west-2.pem")),
    ("eu-west-3", include_str!("../rds-roots/eu-west-3.pem")),
    ("us-east-1", include_str!("../rds-roots/us-east-1.pem")),
    ("us-east-2", include_str!("../rds-roots/us-east-2.pem")),
    ("us-west-2", include_str!("../rds-roots/us-west-2.pem")),
];

/// The roots of Aurora's servers in this Region, as PEM; nothing for a Region whose roots are not here.
#[must_use]
pub fn rds_roots(region: &str) -> Option<&'static str> {
    ROOTS.iter().find(|(name, _)| *name == region).map(|(_, pem)| *pem)
}
