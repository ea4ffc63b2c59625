//! What a payment service decides: what money is, who is charged, once, and what is told to whom in
//! which order.
//!
//! Values in, values out. Stores, the gate and the processor are ports ([`Intents`], [`Ledger`],
//! [`Books`], [`Gatekeeper`], [`Processor`]); time and randomness come with the ids that callers make. HTTP,
//! SQL and JSON are the callers'.
//!
//! - A request: [`PaymentDraft`] → [`Command`] → [`pay()`], which does what [`decide()`]
//!   decides → [`Outcome`].
//! - Behind the outbox: [`Event`], [`may_publish`], [`process()`], which does what [`work()`] decides.
//! - After a failover with loss: [`audit_books`], [`missing`], [`quarantine()`], [`settle`].

mod audit;
mod balance;
mod book;
mod card;
mod command;
mod crockford;
mod currency;
mod decide;
mod digest;
mod draft;
mod epoch;
mod event;
mod fault;
mod id;
mod intent;
mod key;
mod money;
mod order;
mod outcome;
mod page;
mod pay;
mod ports;
mod process;
mod processor;
mod reconcile;
mod record;
mod refusal;
mod state;
mod time;
mod transaction;
mod view;
mod work;

pub use audit::{BookFault, audit_books, audit_records};
pub use balance::{AccountBalance, Balance, Balances, Overflow, account_balance, balance};
pub use book::{Book, Phase, Posting, Side, Transfer, TransferId, Version};
pub use card::holds_card_number;
pub use command::{CLAIM_MS, Command};
pub use currency::Currency;
pub use decide::{Decision, Effect, decide};
pub use draft::{
    DESCRIPTION_CHARACTERS_MAX, Given, METADATA_KEY_CHARACTERS_MAX, METADATA_KEYS_MAX,
    METADATA_VALUE_CHARACTERS_MAX, PaymentDraft, RefundDraft,
};
pub use epoch::{Epoch, Gate, Reign};
pub use event::{Event, EventDraft, EventKind, Publishing, may_publish};
pub use fault::{Fault, FaultCode, Faults};
pub use id::{AccountId, EventId, MovementId, PaymentId, RefundId};
pub use intent::{Attempt, Claim, Intent, IntentState, IntentWrite, Revision};
pub use key::{Fingerprint, IdempotencyKey, KeyFault, Scope, ScopedKey};
pub use money::{Amount, Money};
pub use order::{Order, PaymentOrder, RefundOrder, RefundRequest, Request, Token};
pub use outcome::{Acknowledgement, Outcome, Telling};
pub use page::{Page, PageRequest};
pub use pay::{Answer, pay};
pub use ports::{
    AllIntents, Books, Committed, Gatekeeper, IntentReader, Intents, Ledger, Looked, NotAll,
    Processor, Read, Seen, Unavailable, Written,
};
pub use process::process;
pub use processor::{Call, CallKind, ProcessorKey, Sent, Status};
pub use reconcile::{
    Cut, Loss, Reconciled, Resolution, abandoned, give_up, held, loss, missing, quarantine,
    resolve, settle,
};
pub use record::{Fate, PaymentRecord, RefundRecord};
pub use refusal::Refusal;
pub use state::{Change, State, Verdict};
pub use time::{Time, rfc3339};
pub use transaction::Transaction;
pub use view::View;
pub use work::{Run, WorkEffect, WorkView, Worked, work};
