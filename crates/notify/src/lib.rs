//! Who is told of a payment, how often, and in which words.
//!
//! Values in, values out: the outbox, the topic, the callers of webhooks and the bucket are ports; time and
//! randomness are arguments. At least once is the promise (`pay-notify-at-least-once`): every message has the event's
//! own id, by which receivers know one that comes twice.
//!
//! - An outbox row: [`tell()`], which publishes, stores the receipt, plans the callbacks and, for what the ledger has
//!   just taken, lets [`payments::process()`] call the processor.
//! - A callback: [`deliver()`], signed as Standard Webhooks says, tried again over days, given up in the end, and its
//!   endpoint disabled when it is dead.
//! - Endpoints: read by [`Endpoints::parse`], kept by stores as [`EndpointState::after`] says, shown by [`visible`].

mod configuration;
mod deliver;
mod endpoint;
mod event_json;
mod fault;
mod judge;
mod ports;
mod receipt;
mod report;
mod schedule;
mod signature;
mod state;
mod stop;
mod tell;
mod url;

pub use deliver::{DeliverPorts, Delivered, deliver};
pub use endpoint::{Endpoint, Endpoints};
pub use event_json::event_json;
pub use fault::{EndpointFault, EndpointFaults};
pub use judge::judge;
pub use ports::{
    Called, Caller, ClaimedDelivery, ClaimedEvent, DeliveryChange, EndpointId, EndpointSource,
    Handed, NoEndpoints, Outbox, OutboxFault, Receipts, Remaining, Topic, WebhookRequest,
};
pub use receipt::{Receipt, receipt};
pub use report::{Condition, EndpointReport, visible};
pub use schedule::{next_look, next_try};
pub use signature::{Secret, sign};
pub use state::{DisabledBecause, EndpointChange, EndpointState};
pub use stop::Stop;
pub use tell::{Hindrance, TellPorts, Told, tell};
