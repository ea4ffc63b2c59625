//! A store in one file, and payments in it.

use std::collections::BTreeMap;

use payments::{
    AccountId, Command, Epoch, Gate, Gatekeeper, Given, MovementId, Outcome, PaymentDraft,
    PaymentId, Processor, RefundDraft, RefundId, Time, Worked, pay, process,
};
use stores::{EmbeddedSettings, EmbeddedStore, Syncing};
use tempfile::TempDir;

use crate::rows::open;

pub(crate) const NOW: Time = Time::from_ms(1_763_869_261_125);

/// A gate that is always open, under epoch 1.
#[derive(Clone, Copy)]
pub(crate) struct AlwaysOpen;

impl Gatekeeper for AlwaysOpen {
    fn gate(&self) -> Gate {
        open(1)
    }
}

/// The store, and its folder, which goes with it.
pub(crate) struct Shop {
    pub(crate) store: EmbeddedStore,
    pub(crate) folder: TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = EmbeddedSettings::new(|| NOW);
        let settings = EmbeddedSettings { syncing: Syncing::Never, ..settings };
        let store = EmbeddedStore::open(&folder.path().join("store"), settings).unwrap();
        store.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
        Self { store, folder }
    }

    /// Takes a payment from the card with this token. Its number is its key and its id.
    pub(crate) async fn pay(&self, number: u8, token: &str) -> MovementId {
        let draft = PaymentDraft {
            account: Given::Value(AccountId::new(NOW, [7; 10]).to_string()),
            amount: Given::Value(1_234),
            currency: Given::Value("USD".to_owned()),
            token: Given::Value(token.to_owned()),
            description: Given::Missing,
            metadata: Given::Value(BTreeMap::new()),
        };
        let fresh = PaymentId::new(NOW, [number; 10]);
        self.take(Command::payment(Some(&format!("key-{number}")), draft, fresh).unwrap()).await
    }

    /// Gives money of a payment back.
    pub(crate) async fn refund(&self, number: u8, payment: MovementId, amount: i64) -> MovementId {
        let draft = RefundDraft {
            payment: Given::Value(payment.payment().to_string()),
            amount: Given::Value(amount),
        };
        let fresh = RefundId::new(NOW, [number; 10]);
        self.take(Command::refund(Some(&format!("key-{number}")), draft, fresh).unwrap()).await
    }

    async fn take(&self, command: Command) -> MovementId {
        let answer = pay(&AlwaysOpen, &self.store, &self.store, &command).await;
        match answer.outcome {
            Outcome::Acknowledged(acknowledgement, _) => acknowledgement.movement(),
            outcome => panic!("{outcome:?}"),
        }
    }

    /// Lets a worker see to it.
    pub(crate) async fn process(&self, processor: &impl Processor, movement: MovementId) -> Worked {
        process(&AlwaysOpen, &self.store, &self.store, processor, movement).await
    }
}
