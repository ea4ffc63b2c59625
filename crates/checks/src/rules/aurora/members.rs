//! Which clusters are members of a global database, and which instances are theirs.

use crate::design::Design;
use crate::place::Resource;

/// The clusters that belong to a global database: those that name it, and those that one was made from.
pub(super) fn clusters(design: &Design) -> Vec<Resource<'_>> {
    design.of("AWS::RDS::DBCluster").filter(|cluster| is_member(design, *cluster)).collect()
}

/// Whether a cluster belongs to a global database.
pub(super) fn is_member(design: &Design, cluster: Resource<'_>) -> bool {
    let names_it = cluster.at("GlobalClusterIdentifier").exists().known() == Some(true);
    names_it
        || design.of("AWS::RDS::GlobalCluster").any(|global| is_source(design, global, cluster))
}

/// Whether a global cluster was made from this cluster.
fn is_source(design: &Design, global: Resource<'_>, cluster: Resource<'_>) -> bool {
    let source = global.at("SourceDBClusterIdentifier");
    match source.reference().known() {
        Some(reference) => design.resource(reference).is_some_and(|source| source.is(cluster)),
        None => {
            let names = [design.name(cluster), design.arn(cluster)].map(crate::Answer::known);
            let source = source.value().known().and_then(|value| design.text(value).known());
            source.is_some_and(|source| names.contains(&Some(source)))
        }
    }
}

/// The instances of clusters that belong to a global database.
pub(super) fn instances(design: &Design) -> Vec<Resource<'_>> {
    let of_member = |instance: &Resource<'_>| {
        cluster_of(design, *instance).is_some_and(|cluster| is_member(design, cluster))
    };
    design.of("AWS::RDS::DBInstance").filter(of_member).collect()
}

/// The cluster that an instance belongs to, where it is in these templates.
pub(super) fn cluster_of<'d>(design: &'d Design, instance: Resource<'d>) -> Option<Resource<'d>> {
    let named = instance.at("DBClusterIdentifier").value().known()?;
    if let crate::value::Value::Reference(reference) = named {
        return design.resource(reference);
    }
    let name = design.text(named).known()?;
    let mut clusters = design.of("AWS::RDS::DBCluster");
    clusters.find(|cluster| {
        cluster.region() == instance.region()
            && design.name(*cluster).known().as_ref() == Some(&name)
    })
}
