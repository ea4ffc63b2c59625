//! The first control record, for one machine that nobody else initializes.

use fence::{
    Author, Command, ControlStore, Epoch, Order, Refusal, RegionName, Transition, Unsettled,
    transition,
};

/// What there was to initialize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initialized {
    /// This Region begins, under the first epoch, or began so before.
    First,
    /// Nothing: the system has moved on to this epoch, and whoever moved it sees to the ledger.
    MovedOn(Epoch),
}

/// Why it is not known that a system is initialized.
#[derive(Debug, thiserror::Error)]
pub enum NotInitialized<E: std::error::Error + 'static> {
    /// The record.
    #[error("the first control record was not written")]
    Record(#[source] Unsettled),
    /// The ledger.
    #[error("the ledger's epoch was not raised")]
    Ledger(#[source] E),
}

/// Writes the first control record, in which `region` is active, and raises the ledger's epoch to
/// its first. Both are done only once, however often this is called: a death between the two is
/// mended by the next call.
///
/// # Errors
/// When the record was not written for certain, or the ledger's epoch not raised.
pub async fn initialize<E: std::error::Error + 'static>(
    control: &impl ControlStore,
    region: &RegionName,
    by: Author,
    raise_epoch: impl AsyncFnOnce(Epoch) -> Result<(), E>,
) -> Result<Initialized, NotInitialized<E>> {
    let command = Command::Initialize { region: region.clone() };
    let order = Order { command, by, reason: "first start".to_owned() };
    match transition(control, &order).await.map_err(NotInitialized::Record)? {
        Transition::Done(record) => {
            raise_epoch(record.epoch()).await.map_err(NotInitialized::Ledger)?;
            Ok(Initialized::First)
        }
        Transition::Refused(Refusal::AlreadyInitialized { epoch }) => {
            Ok(Initialized::MovedOn(epoch))
        }
        Transition::Refused(refusal) => {
            unreachable!("only a record that is there refuses to be the first: {refusal}")
        }
    }
}
