//! The global database: which clusters replicate, never which of them is writer.
//!
//! A stack of its own, so that no ordinary deployment touches it. `SourceDBClusterIdentifier` names the
//! cluster that was there first and stays as it is after a role change
//! (rule `aurora-source-arn-never-follows-the-writer`).

use cfn::rds::GlobalCluster;
use cfn::{Attributes, Stack, set};

use crate::database::Database;
use crate::site::Site;

/// The stack's word.
pub(crate) const LAYER: &str = "GlobalDatabase";

/// Engine, version and encryption come from the source cluster: CloudFormation refuses them beside it.
pub(crate) fn global_database(site: Site<'_>, database: &Database) -> Stack {
    let mut stack = site.protected_stack(LAYER, "Membership of the Aurora global database");
    let cluster = GlobalCluster {
        global_cluster_identifier: set(site.global_cluster()),
        source_db_cluster_identifier: set(database.cluster.db_cluster_arn()),
        deletion_protection: set(true),
        ..GlobalCluster::default()
    };
    let cluster = stack.add_with("GlobalCluster", cluster, Attributes::retained());
    stack.output("GlobalClusterIdentifier", "The global database", cluster.reference());
    stack
}
