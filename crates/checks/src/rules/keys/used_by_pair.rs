//! Which secrets and keys the pair needs: by the stores of payments, and by code that does the same work in both
//! Regions.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::payment_path::{self, PaymentPath};
use crate::place::{Place, Resource};
use crate::value::{Reference, Value};

/// What the pair uses.
pub(super) struct UsedByPair<'d> {
    design: &'d Design,
    path: PaymentPath<'d>,
    /// The first of what names each resource.
    users: BTreeMap<Reference, Resource<'d>>,
}

impl<'d> UsedByPair<'d> {
    /// What these templates say.
    pub(super) fn of(design: &'d Design) -> Self {
        let path = PaymentPath::of(design);
        let mut used = Self { design, users: BTreeMap::new(), path };
        let functions: Vec<Resource<'d>> = used.path.functions.with_serverless().collect();
        let tasks = design.of("AWS::ECS::TaskDefinition");
        for worker in functions.into_iter().chain(tasks) {
            if used.has(worker) {
                used.take(worker);
            }
        }
        for (kind, property) in [
            ("AWS::RDS::DBCluster", "MasterUsername"),
            ("AWS::RDS::DBCluster", "MasterUserPassword"),
            ("AWS::SecretsManager::SecretTargetAttachment", "SecretId"),
        ] {
            for resource in design.of(kind) {
                if used.has(resource) {
                    used.named(resource, &resource.at(property));
                }
            }
        }
        used
    }

    /// Whether something is a store of payments, or has its like in the other Region.
    pub(super) fn has(&self, resource: Resource<'d>) -> bool {
        self.path.stores.have(resource) || self.design.counterpart(resource).is_some()
    }

    /// What of the pair uses a secret or a key.
    pub(super) fn user(&self, resource: Resource<'_>) -> Option<Resource<'d>> {
        self.users.get(&resource.reference(None)).copied()
    }

    /// Takes down what code is told, and what its role speaks of.
    fn take(&mut self, worker: Resource<'d>) {
        for place in payment_path::configuration(worker) {
            self.named(worker, &place);
        }
        for statement in self.path.statements(worker) {
            self.named(worker, &statement.place.at("Resource"));
        }
    }

    fn named(&mut self, user: Resource<'d>, place: &Place<'d>) {
        let value = place.value().known();
        for reference in value.map(Value::references).unwrap_or_default() {
            let plain = Reference { attribute: None, ..reference.clone() };
            self.users.entry(plain).or_insert(user);
        }
    }
}
