//! Which clusters belong to an Aurora global database, for rules of all areas.

use std::collections::BTreeSet;

use topology::Home;

use crate::design::Design;
use crate::place::Resource;
use crate::value::Value;

/// What global clusters of a design say about their members.
pub(crate) struct GlobalClusters {
    /// What they are made from, as texts to compare.
    sources: BTreeSet<String>,
}

impl GlobalClusters {
    /// The global clusters that these templates declare.
    pub(crate) fn of(design: &Design) -> Self {
        let sources = design.of("AWS::RDS::GlobalCluster").filter_map(|global| {
            design.symbol(global.at("SourceDBClusterIdentifier").value().known()?)
        });
        Self { sources: sources.collect() }
    }

    /// Whether a cluster belongs to a global database: it names one, or one is made from it.
    pub(crate) fn have(&self, design: &Design, cluster: Resource<'_>) -> bool {
        let joins = cluster.at("GlobalClusterIdentifier").exists().known() == Some(true);
        let names = [None, Some("DBClusterArn")]
            .map(|attribute| design.symbol(&Value::Reference(cluster.reference(attribute))));
        joins || names.into_iter().flatten().any(|name| self.sources.contains(&name))
    }

    /// The first member in each Region of the pair; `None` unless both have one.
    pub(crate) fn pair<'d>(&self, design: &'d Design) -> Option<[Resource<'d>; 2]> {
        let first = |home| {
            let mut clusters = design.of_home("AWS::RDS::DBCluster", home);
            clusters.find(|cluster| self.have(design, *cluster))
        };
        Some([first(Home::Primary)?, first(Home::Standby)?])
    }
}
