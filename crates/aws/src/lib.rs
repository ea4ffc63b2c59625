//! The AWS SDK behind the ports: intents, control record and journals in DynamoDB, topic, queue, secrets.
//!
//! Nothing else of the tree knows the SDK. [`Aws`] is what the adapters share; making it, and them, costs nothing and
//! connects to nothing. What went wrong is sorted into *try again*, *already so* and *stop* in one place, is tried again
//! in bounded time, and is told as what is certain: a write that may have happened is unknown, never unavailable.

mod asking;
mod bucket_credentials;
mod calls;
mod clock;
mod control_table;
mod rds_roots;
mod secrets;
mod signed;
mod site;
mod sorted;
mod topic;
mod wake_up;

pub use asking::Patience;
pub use bucket_credentials::bucket_credentials;
pub use calls::{Call, Calls, REQUEST_IDS, Recorder};
pub use control_table::{
    ControlTable, IntentPages, IntentParts, NotKept, PageFault, Replica, RunJournal, Wait,
};
pub use rds_roots::rds_roots;
pub use secrets::{DatabaseSecret, WebhookSecret};
pub use signed::{Unsigned, endpoint, signed, signed_at};
pub use site::{Aws, Identity, Manner, Notice, Place};
pub use sorted::{Failure, Fate, Said, Sorted, sorted};
pub use topic::SnsTopic;
pub use wake_up::{NotWoken, WakeUp};
