//! The AWS SDK behind the ports: intents and control record in DynamoDB, topic, queue, secrets.

mod rds_roots;

pub use rds_roots::rds_roots;
