//! What HTTP needs of a Region beyond what taking payments needs.

use std::collections::BTreeMap;

use fence::{Readiness, RegionName};
use payments::{
    AccountBalance, AccountId, Currency, Gatekeeper, Intents, Ledger, Page, PageRequest, PaymentId,
    PaymentRecord, Read,
};

/// One Region, as this process reaches it: the ports of [`payments::pay`] and those of this crate.
pub trait Region: Send + Sync + 'static {
    /// The check in front of every write.
    type Gatekeeper: Gatekeeper + Send + Sync;
    /// The strongly consistent store of intents.
    type Intents: Intents + Send + Sync;
    /// The ledger's writer.
    type Ledger: Ledger + Send + Sync;
    /// What is read and never written.
    type Books: Books + Send + Sync;
    /// What the health endpoints tell.
    type Health: Health + Send + Sync;

    /// The check in front of every write.
    fn gatekeeper(&self) -> &Self::Gatekeeper;
    /// The strongly consistent store of intents.
    fn intents(&self) -> &Self::Intents;
    /// The ledger's writer.
    fn ledger(&self) -> &Self::Ledger;
    /// What is read and never written.
    fn books(&self) -> &Self::Books;
    /// What the health endpoints tell.
    fn health(&self) -> &Self::Health;
}

/// What clients read. It is answered in a passive Region too, as far as its replica has come.
pub trait Books {
    /// The record of this payment.
    fn payment(&self, payment: PaymentId) -> impl Future<Output = Read<PaymentRecord>> + Send;

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

/// What is known of the permission to take money.
pub trait Health {
    /// May this Region take money now? [`fence::readiness`] says it.
    fn readiness(&self) -> impl Future<Output = Readiness> + Send;

    /// The Region that traffic is meant for, when the control record was read for this very answer;
    /// nothing in any doubt. [`fence::traffic`] says it.
    fn traffic(&self) -> impl Future<Output = Option<RegionName>> + Send;
}

/// The store did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;
