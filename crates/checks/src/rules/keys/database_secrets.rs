//! The secrets that hold the credentials of a global database.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use crate::design::Design;
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
    let sources = sources(design);
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
            && is_member(design, &sources, cluster)
            && design.home(secret) == Some(home);
        counts.then_some(DatabaseSecret { secret, cluster })
    });
    pairs.collect()
}

/// What global clusters say they are made from.
fn sources(design: &Design) -> BTreeSet<String> {
    let sources = design.of("AWS::RDS::GlobalCluster").filter_map(|global| {
        let value = global.at("SourceDBClusterIdentifier").value().known()?;
        design.symbol(value)
    });
    sources.collect()
}

fn is_member(design: &Design, sources: &BTreeSet<String>, cluster: Resource<'_>) -> bool {
    let joins = cluster.at("GlobalClusterIdentifier").exists().known() == Some(true);
    let names = [None, Some("DBClusterArn")]
        .map(|attribute| design.symbol(&Value::Reference(cluster.reference(attribute))));
    joins || names.into_iter().flatten().any(|name| sources.contains(&name))
}

fn referred(place: &Place<'_>) -> Option<Reference> {
    place.reference().known().map(without_attribute)
}

fn without_attribute(reference: &Reference) -> Reference {
    Reference { attribute: None, ..reference.clone() }
}
