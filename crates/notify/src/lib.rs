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

mod ports;

pub use ports::{
    Called, Caller, ClaimedDelivery, ClaimedEvent, DeliveryChange, DisabledBecause, EndpointChange,
    EndpointId, EndpointState, Handed, Outbox, OutboxFault, Receipts, Remaining, Topic,
    WebhookRequest,
};
