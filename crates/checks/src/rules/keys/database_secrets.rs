//! The secrets that hold the credentials of a global database.

use std::collections::BTreeMap;

use topology::Home;

use crate::design::Design;
use crate::global_clusters::GlobalClusters;
use crate::place::{Place, Resource};
use crate::value::{Reference, Value};

/// A secret with the cluster whose credentials it holds.
pub(super) struct DatabaseSecret<'d> {
    /// The secret.
    pub(super) secret: Resource<'d>,
    /// The cluster, a member of a global database.
    pub(super) cluster: Resource<'d>,
}

/// The secrets of the members of global databases in the Region of a home role.
pub(super) fn of_home(design: &Design, home: Home) -> Vec<DatabaseSecret<'_>> {
    let globals = GlobalClusters::of(design);
    let mut clusters: BTreeMap<Reference, Reference> = BTreeMap::new();
    for attachment in design.of("AWS::SecretsManager::SecretTargetAttachment") {
        let named = [attachment.at("SecretId"), attachment.at("TargetId")];
        if let [Some(secret), Some(target)] = named.map(|place| referred(&place)) {
            clusters.insert(secret, target);
        }
    }
    for cluster in design.of("AWS::RDS::DBCluster") {
        for property in ["MasterUsername", "MasterUserPassword"] {
            let value = cluster.at(property).value().known();
            for reference in value.map(Value::references).unwrap_or_default() {
                clusters.insert(without_attribute(reference), cluster.reference(None));
            }
        }
    }
    let pairs = clusters.iter().filter_map(|(secret, cluster)| {
        let (secret, cluster) = (design.resource(secret)?, design.resource(cluster)?);
        let counts = secret.kind() == "AWS::SecretsManager::Secret"
            && globals.have(design, cluster)
            && design.home(secret) == Some(home);
        counts.then_some(DatabaseSecret { secret, cluster })
    });
    pairs.collect()
}

fn referred(place: &Place<'_>) -> Option<Reference> {
    place.reference().known().map(without_attribute)
}

fn without_attribute(reference: &Reference) -> Reference {
    Reference { attribute: None, ..reference.clone() }
}
