//! The Aurora global database: how it stands, and that it changes hands.

use std::time::Duration;

use aws_sdk_rds::types::{
    FailoverStatus, GlobalCluster, GlobalClusterMemberSynchronizationStatus as Synchronization,
};

use crate::fault::{Fault, within};
use crate::site::Site;

/// The global database as it describes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Global {
    /// What is under way, if anything is.
    pub(crate) moving: Option<Moving>,
    pub(crate) members: Vec<Member>,
}

/// A change of roles that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moving {
    /// In the service's words.
    pub(crate) status: String,
    /// The ARN of the cluster that is to be the writer.
    pub(crate) to: String,
}

/// A cluster of the global database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) arn: String,
    pub(crate) is_writer: bool,
    /// Whether its storage follows; none where the service does not say.
    pub(crate) is_connected: Option<bool>,
}

/// A cluster of one Region as it describes itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cluster {
    pub(crate) status: String,
    pub(crate) version: String,
    pub(crate) subnet_group: Option<String>,
    pub(crate) security_groups: Vec<String>,
}

impl Cluster {
    pub(crate) fn is_available(&self) -> bool {
        self.status == "available"
    }
}

impl Global {
    pub(crate) fn member(&self, arn: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.arn == arn)
    }

    /// Whether this cluster is the writer, and nothing changes that.
    pub(crate) fn rests_with(&self, arn: &str) -> bool {
        self.moving.is_none() && self.member(arn).is_some_and(|member| member.is_writer)
    }
}

fn global_of(cluster: &GlobalCluster) -> Global {
    let moving = cluster.failover_state().map(|state| Moving {
        status: state.status().map_or("under way", FailoverStatus::as_str).to_owned(),
        to: state.to_db_cluster_arn().unwrap_or_default().to_owned(),
    });
    let members = cluster.global_cluster_members().iter().map(|member| Member {
        arn: member.db_cluster_arn().unwrap_or_default().to_owned(),
        is_writer: member.is_writer().unwrap_or(false),
        is_connected: member
            .synchronization_status()
            .map(|status| *status == Synchronization::Connected),
    });
    Global { moving, members: members.collect() }
}

impl Site {
    pub(crate) async fn global(&self, name: &str, limit: Duration) -> Result<Global, Fault> {
        let asked = self.rds().await.describe_global_clusters().global_cluster_identifier(name);
        let answer = within(limit, asked.send()).await?;
        let mut found = answer.global_clusters().iter();
        let found = found.find(|cluster| cluster.global_cluster_identifier() == Some(name));
        found.map(global_of).ok_or_else(|| Fault::Absent(format!("there is no `{name}`")))
    }

    pub(crate) async fn cluster(&self, name: &str, limit: Duration) -> Result<Cluster, Fault> {
        let asked = self.rds().await.describe_db_clusters().db_cluster_identifier(name);
        let answer = within(limit, asked.send()).await?;
        let found = answer.db_clusters().first();
        let found = found.ok_or_else(|| Fault::Absent(format!("there is no `{name}`")))?;
        let groups = found.vpc_security_groups().iter();
        Ok(Cluster {
            status: found.status().unwrap_or("unknown").to_owned(),
            version: found.engine_version().unwrap_or_default().to_owned(),
            subnet_group: found.db_subnet_group().map(str::to_owned),
            security_groups: groups
                .filter_map(|group| group.vpc_security_group_id())
                .map(str::to_owned)
                .collect(),
        })
    }

    /// Begins to exchange writer and reader without loss; asked of the Region that is left.
    pub(crate) async fn switch_over(
        &self,
        name: &str,
        target: &str,
        limit: Duration,
    ) -> Result<(), Fault> {
        let asked = self.rds().await.switchover_global_cluster();
        let asked = asked.global_cluster_identifier(name).target_db_cluster_identifier(target);
        within(limit, asked.send()).await.map(drop)
    }

    /// Begins to promote, with loss; asked of the Region that is promoted.
    pub(crate) async fn fail_over(
        &self,
        name: &str,
        target: &str,
        limit: Duration,
    ) -> Result<(), Fault> {
        let asked = self.rds().await.failover_global_cluster().allow_data_loss(true);
        let asked = asked.global_cluster_identifier(name).target_db_cluster_identifier(target);
        within(limit, asked.send()).await.map(drop)
    }

    /// Begins to take a cluster out of the global database.
    pub(crate) async fn detach(
        &self,
        name: &str,
        cluster: &str,
        limit: Duration,
    ) -> Result<(), Fault> {
        let asked = self.rds().await.remove_from_global_cluster();
        let asked = asked.global_cluster_identifier(name).db_cluster_identifier(cluster);
        within(limit, asked.send()).await.map(drop)
    }

    /// The name of the snapshot that a failover left of this cluster, if it is there.
    pub(crate) async fn tail_snapshot(
        &self,
        cluster: &str,
        limit: Duration,
    ) -> Result<Option<String>, Fault> {
        let asked = self.rds().await.describe_db_cluster_snapshots().db_cluster_identifier(cluster);
        let answer = within(limit, asked.send()).await?;
        let names = answer.db_cluster_snapshots().iter();
        let mut names = names.filter_map(|snapshot| snapshot.db_cluster_snapshot_identifier());
        Ok(names.find(|name| name.contains("unplanned-global-failover")).map(str::to_owned))
    }

    /// The status of a snapshot; nothing when there is none of this name.
    pub(crate) async fn snapshot_status(
        &self,
        name: &str,
        limit: Duration,
    ) -> Result<Option<String>, Fault> {
        let asked = self.rds().await.describe_db_cluster_snapshots();
        let asked = asked.db_cluster_snapshot_identifier(name).send();
        match within(limit, asked).await {
            Ok(answer) => {
                let first = answer.db_cluster_snapshots().first();
                Ok(first.and_then(|snapshot| snapshot.status()).map(str::to_owned))
            }
            Err(Fault::Absent(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Copies a snapshot under a name that nothing deletes.
    pub(crate) async fn copy_snapshot(
        &self,
        from: &str,
        to: &str,
        key: &str,
        limit: Duration,
    ) -> Result<(), Fault> {
        let asked = self.rds().await.copy_db_cluster_snapshot().kms_key_id(key);
        let asked = asked.source_db_cluster_snapshot_identifier(from);
        let asked = asked.target_db_cluster_snapshot_identifier(to).send();
        already(within(limit, asked).await.map(drop))
    }

    /// Restores a snapshot aside, in the network of this cluster.
    pub(crate) async fn restore_aside(
        &self,
        snapshot: &str,
        name: &str,
        beside: &Cluster,
        limit: Duration,
    ) -> Result<(), Fault> {
        let asked = self.rds().await.restore_db_cluster_from_snapshot();
        let asked = asked.db_cluster_identifier(name).snapshot_identifier(snapshot);
        let asked = asked.engine("aurora-postgresql");
        let asked = asked.set_db_subnet_group_name(beside.subnet_group.clone());
        let asked = asked.set_vpc_security_group_ids(Some(beside.security_groups.clone()));
        already(within(limit, asked.send()).await.map(drop))
    }
}

/// What is there already is done.
fn already(done: Result<(), Fault>) -> Result<(), Fault> {
    match done {
        Err(Fault::AlreadySo(_)) => Ok(()),
        done => done,
    }
}
