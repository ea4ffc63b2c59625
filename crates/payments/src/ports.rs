//! What the loops need of the world, in the words of this crate. Shells and simulators implement
//! it.
//!
//! Every store may fail to answer. An adapter says `Unavailable` only when the write certainly did
//! not and will not happen; in any doubt it says `Unknown`, and the caller looks before it does
//! anything else.

use std::collections::BTreeMap;

use crate::balance::AccountBalance;
use crate::book::Version;
use crate::currency::Currency;
use crate::epoch::{Epoch, Gate};
use crate::id::{AccountId, PaymentId};
use crate::intent::{Intent, IntentWrite};
use crate::key::ScopedKey;
use crate::page::{Page, PageRequest};
use crate::processor::{Call, ProcessorKey, Sent, Status};
use crate::record::PaymentRecord;
use crate::transaction::Transaction;

/// The check in front of every write.
pub trait Gatekeeper {
    /// Whether this Region may take money at this moment. Cheap: it is asked before every effect.
    fn gate(&self) -> Gate;

    /// Held by whoever is about to ask and then write, from before the first question until the last write has ended,
    /// or was dropped: a process that is to write no more, and in which nobody holds this, can say that it is done.
    fn writing(&self) -> impl Send {}
}

/// The strongly consistent store of intents, which loses nothing with a Region.
pub trait Intents {
    /// The intent of this name, as last written by anybody.
    fn read(&self, key: &ScopedKey) -> impl Future<Output = Read<Intent>> + Send;

    /// Writes an intent if the store holds what the write expects.
    fn write(&self, write: &IntentWrite) -> impl Future<Output = Written> + Send;
}

/// All intents that are kept, for what compares them with a ledger.
pub trait AllIntents: Intents {
    /// Reads them.
    type Reader: IntentReader + Send;

    /// A reader of all of them.
    fn reader(&self) -> Self::Reader;
}

/// Reads all intents, some at a time, so that nobody holds them all: each that was written before the
/// first were read, once, as it was at some moment meanwhile.
pub trait IntentReader {
    /// The next intents, perhaps none; nothing after the last.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Intent>>, NotAll>> + Send;
}

/// What was read is not all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAll {
    /// What the store said, or what in it cannot be read.
    pub cause: String,
}

/// The ledger of the Region that is active.
pub trait Ledger {
    /// The record of this payment, from the writer, never from a replica.
    fn read(&self, payment: PaymentId) -> impl Future<Output = Read<PaymentRecord>> + Send;

    /// Carries a transaction out whole or not at all, after it has checked, inside of it, first the
    /// epoch row and then the record's version.
    fn commit(&self, transaction: &Transaction) -> impl Future<Output = Committed> + Send;
}

/// Whoever moves the money outside.
pub trait Processor {
    /// Asks to move money. A second call with the same key moves nothing and is answered like the
    /// first, for as long as the processor remembers keys: much longer than a call can be on its way.
    /// For a key that was asked about before a call is taken like for any other.
    fn send(&self, call: &Call) -> impl Future<Output = Sent> + Send;

    /// Asks what became of a key; never moves money. What was done under it is told for longer than
    /// calls are answered again, or else that nobody can tell.
    fn status(&self, key: ProcessorKey) -> impl Future<Output = Status> + Send;
}

/// What clients read of the ledger. It is answered in a passive Region too, as far as its replica has
/// come.
pub trait Books {
    /// The record of this payment. What is not there is [`Looked::Absent`] only from a server that
    /// takes writes: whoever believes that a payment does not exist pays it anew.
    fn payment(&self, payment: PaymentId) -> impl Future<Output = Looked<PaymentRecord>> + Send;

    /// A page of the payments of this account, newest first.
    fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> impl Future<Output = Result<Page<PaymentRecord>, Unavailable>> + Send;

    /// What the merchant of this account has, in each currency that the books know it in.
    fn balance(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Result<BTreeMap<Currency, AccountBalance>, Unavailable>> + Send;
}

/// The store did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// What came of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read<T> {
    /// It is there.
    Found(T),
    /// It is not there.
    Absent,
    /// The store did not answer.
    Unavailable,
}

/// What came of reading where what was written elsewhere may not have come yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked<T> {
    /// It is there, as far as the server has come.
    Found(T),
    /// It is not there, and the server takes writes.
    Absent,
    /// It is not there, and the server may lack it: it is a replica.
    NotHere,
    /// The store did not answer.
    Unavailable,
}

/// What came of writing an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Done,
    /// It is not: the store holds this one, which the write did not expect.
    Changed(Box<Intent>),
    /// It is not, and will not be.
    Unavailable,
    /// It may be, or may come to be.
    Unknown,
}

/// What came of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is committed.
    Done,
    /// It is not: the ledger's epoch is this other one.
    Fenced(Epoch),
    /// It is not: the record has this version, or is not there.
    Conflict(Option<Version>),
    /// It is not, and will not be.
    Unavailable,
    /// It may be, or may come to be.
    Unknown,
}

/// What a loop has seen of something that a store keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen<T> {
    /// Nothing yet.
    Unread,
    /// It was written, perhaps, or has changed: it must be read again before anything else.
    Doubtful,
    /// The store does not answer.
    Silent,
    /// It is not there.
    Absent,
    /// It is this.
    Found(T),
}

impl<T> From<Read<T>> for Seen<T> {
    fn from(read: Read<T>) -> Self {
        match read {
            Read::Found(found) => Self::Found(found),
            Read::Absent => Self::Absent,
            Read::Unavailable => Self::Silent,
        }
    }
}
