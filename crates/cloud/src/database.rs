//! The Aurora global database: how it stands, and that it changes hands.

use std::time::Duration;

use aws_sdk_rds::types::{
    DbClusterSnapshot, FailoverStatus, GlobalCluster,
    GlobalClusterMemberSynchronizationStatus as Synchronization,
};
use fence::Millis;

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
    // "This object is empty unless" roles are changing (RDS API Reference, `GlobalCluster`): there, with nothing in it.
    let moving = cluster.failover_state().and_then(|state| {
        let (status, to) = (state.status().map(FailoverStatus::as_str), state.to_db_cluster_arn());
        status.or(to)?;
        Some(Moving {
            status: status.unwrap_or("under way").to_owned(),
            to: to.unwrap_or_default().to_owned(),
        })
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

/// When and under which name a failover left this snapshot; nothing of any other (Aurora User Guide, "Recovering an
/// Amazon Aurora global database from an unplanned outage").
fn tail_of(snapshot: &DbClusterSnapshot) -> Option<(Millis, String)> {
    let name = snapshot.db_cluster_snapshot_identifier()?;
    let made = snapshot.snapshot_create_time()?.to_millis().ok()?;
    let made = Millis(u64::try_from(made).ok()?);
    name.contains("unplanned-global-failover").then(|| (made, name.to_owned()))
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

    /// The name of the latest snapshot that a failover since then left of this cluster, if it is there. An earlier
    /// failover's is there for as long as backups are kept, and is not this one's.
    pub(crate) async fn tail_snapshot(
        &self,
        cluster: &str,
        since: Millis,
        limit: Duration,
    ) -> Result<Option<String>, Fault> {
        let (mut latest, mut marker) = (None, None);
        loop {
            let asked = self.rds().await.describe_db_cluster_snapshots();
            let asked = asked.db_cluster_identifier(cluster).set_marker(marker).send();
            let page = within(limit, asked).await?;
            let tails = page.db_cluster_snapshots().iter().filter_map(tail_of);
            latest = tails.filter(|(at, _)| *at >= since).chain(latest).max();
            marker = page.marker().filter(|marker| !marker.is_empty()).map(str::to_owned);
            if marker.is_none() {
                return Ok(latest.map(|(_, name)| name));
            }
        }
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
        // Without a version it is the Region's default, which may be below the snapshot's.
        let asked = asked.engine("aurora-postgresql").engine_version(&beside.version);
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
