//! The judge: what was answered is so, every key is one payment and one charge, and the books balance.

use std::collections::{BTreeMap, BTreeSet};

use crate::served::client::{Answer, Client};
use crate::served::machine::{Machine, Process};

/// What clients were told, by key.
#[derive(Debug, Default)]
pub(crate) struct History(BTreeMap<String, Vec<Answer>>);

impl History {
    /// Takes note of an answer.
    pub(crate) fn told(&mut self, key: &str, answer: Answer) {
        self.0.entry(key.to_owned()).or_default().push(answer);
    }

    /// Ends the service, after it has settled everything, and compares what was told with what is.
    pub(crate) async fn holds(&self, machine: &Machine, mut service: Process) {
        let client = Client::new(service.address);
        let payments = self.payments();
        let mut succeeded = BTreeSet::new();
        for (key, payment) in &payments {
            let settled = client.settled(payment).await;
            if settled["status"] == "succeeded" {
                succeeded.insert(payment.clone());
            }
            let told = &self.0[key.as_str()][0];
            assert_eq!(settled["amount"], told.json()["amount"], "{key}");
        }
        assert_eq!(charged(machine).await, succeeded, "one charge for each that succeeded");
        service.signal("TERM");
        let (status, said) = service.ended();
        assert!(status.success(), "{status}: {said}");
        assert_eq!(machine.audit().await, [], "the books are whole");
    }

    /// The payment of each key that was acknowledged: the same one in every answer.
    fn payments(&self) -> BTreeMap<&String, String> {
        let acknowledged = self.0.iter().filter_map(|(key, answers)| {
            let created = answers.iter().filter(|answer| answer.status == 201);
            let ids: BTreeSet<String> = created.map(|answer| answer.text("id")).collect();
            assert!(ids.len() <= 1, "{key} is several payments: {ids:?}");
            Some((key, ids.into_iter().next()?))
        });
        let payments: BTreeMap<&String, String> = acknowledged.collect();
        let ids: BTreeSet<&String> = payments.values().collect();
        assert_eq!(ids.len(), payments.len(), "no two keys are one payment");
        payments
    }
}

/// The keys that the processor has charged, each of which it must have charged once.
async fn charged(machine: &Machine) -> BTreeSet<String> {
    let charges = machine.charges().await;
    let keys: BTreeSet<String> = charges
        .iter()
        .filter(|charge| charge["kind"] == "charge")
        .map(|charge| charge["key"].as_str().unwrap().to_owned())
        .collect();
    let count = charges.iter().filter(|charge| charge["kind"] == "charge").count();
    assert_eq!(keys.len(), count, "no key is charged twice");
    keys
}
