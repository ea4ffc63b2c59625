//! Parameter groups of clusters and instances.

use super::members::Named;
use crate::design::Design;
use crate::place::{Place, Resource};

/// The property by which a cluster names its parameter group.
pub(super) const GROUP: &str = "DBClusterParameterGroupName";

/// The parameter groups of clusters, by name.
pub(super) fn groups(design: &Design) -> Named<'_> {
    Named::of(design, "AWS::RDS::DBClusterParameterGroup")
}

/// The parameters that a group sets, by name.
pub(super) fn set<'d>(group: Resource<'d>) -> Vec<(&'d str, Place<'d>)> {
    group.at("Parameters").entries().known().unwrap_or_default()
}
