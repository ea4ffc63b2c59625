//! One Region of the payment service, put together: the gate kept open, the outbox worked off, the outside reached.
//!
//! A shell over `fence`, `payments`, `notify` and `service`, the same for one machine and for the functions in AWS.
//! Which stores there are is the caller's choice; they come as ports. Time and randomness are the caller's too.
//!
//! - [`Keeper`] renews the lease, watches the ledger's epoch and is the gate that every write asks.
//! - [`Assembled`] is what the router serves.
//! - [`Worker`] works the outbox off, with what is in [`WorkPorts`].
//! - [`HttpClient`] reaches everything outside; on it [`Webhooks`] calls endpoints and
//!   [`ProcessorClient`] the processor of cards, of which [`Simulator`] is one;
//!   [`Receipts`] go into a folder or a bucket.

mod address;
mod assembled;
mod bell;
mod bucket;
mod connect;
mod gate_log;
mod http;
mod initialize;
mod keeper;
mod keeping;
mod open_writes;
mod processor_client;
mod processor_wire;
mod receipts;
mod simulator;
mod told;
mod webhooks;
mod within;
mod work;
mod worker;

pub use assembled::Assembled;
pub use bell::{Bell, Wake};
pub use bucket::{BucketSettings, bucket_over};
pub use http::{CALL_TIME_MAX, HttpClient, HttpFailure, HttpLimits, NoTrust, Reach, Trust};
pub use initialize::{Initialized, NotInitialized, initialize};
pub use keeper::Keeper;
pub use keeping::Parting;
pub use processor_client::{NoAddress, ProcessorClient};
pub use receipts::{NoReceipts, Receipts};
pub use simulator::{BooksFault, Simulator};
pub use webhooks::Webhooks;
pub use work::{Work, WorkPorts};
pub use worker::{Ended, Worker, WorkerOptions};
