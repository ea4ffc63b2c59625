//! Parameter groups of clusters and instances.

use super::members::Named;
use crate::design::Design;
use crate::place::{Place, Resource};

/// The parameter group of a cluster, where it is in these templates.
pub(super) fn of_cluster<'d>(design: &'d Design, cluster: Resource<'d>) -> Option<Resource<'d>> {
    let groups = Named::of(design, "AWS::RDS::DBClusterParameterGroup");
    groups.meant(&cluster.at("DBClusterParameterGroupName"))
}

/// The parameters that a group sets, by name.
pub(super) fn set<'d>(group: Resource<'d>) -> Vec<(&'d str, Place<'d>)> {
    group.at("Parameters").entries().known().unwrap_or_default()
}
