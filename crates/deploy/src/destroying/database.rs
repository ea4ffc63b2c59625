//! Clusters of global databases, which RDS lets go in one order only (rule `aurora-delete-order`): readers are taken out,
//! then the writer, then the global cluster ends.
//!
//! CloudFormation takes a cluster out whose template names the global cluster, whatever its role is. That fails for a
//! writer that still has readers, which after a failover is the cluster that goes first; and where the cluster was taken
//! out before, as by a failover, CloudFormation hears "not found", takes the cluster for deleted, and leaves it behind.

use std::collections::BTreeSet;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::Tag;

use super::named::{CLUSTER, GLOBAL_CLUSTER, Manner, Removal};
use crate::ask::{Question, Trouble};
use crate::assembly::Place;
use crate::guard::Refusal;
use crate::site::{Site, question};
use crate::stack::{Pauses, hash};

/// By which CloudFormation marks whose a resource is.
const STACK_TAG: &str = "aws:cloudformation:stack-id";

/// A global database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Global {
    id: String,
    members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    arn: String,
    is_writer: bool,
}

/// RDS in a Region.
pub(super) struct Rds<'s> {
    site: &'s Site,
    place: &'s Place,
    client: Client,
}

pub(super) fn is_database(removal: &Removal) -> bool {
    matches!(removal.type_name.as_str(), CLUSTER | GLOBAL_CLUSTER)
}

/// The ARN of a cluster.
fn arn(place: &Place, id: &str) -> String {
    let Place { partition, account, region } = place;
    format!("arn:{partition}:rds:{region}:{account}:cluster:{id}")
}

/// The Region of a cluster's ARN.
fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// Why these are not removed: what else is of their global database would be left to itself.
pub(super) fn refusals(globals: &[Global], removals: &[(&Place, &Removal)]) -> Vec<Refusal> {
    let said: BTreeSet<String> = removals
        .iter()
        .filter(|(_, removal)| removal.type_name == CLUSTER)
        .map(|(place, removal)| arn(place, &removal.physical_id))
        .collect();
    let refusal = |(place, removal): &(&Place, &Removal)| {
        let own = arn(place, &removal.physical_id);
        let global = globals.iter().find(|global| match removal.type_name.as_str() {
            GLOBAL_CLUSTER => global.id == removal.physical_id,
            _ => global.members.iter().any(|it| it.arn == own && it.is_writer),
        })?;
        let left: Vec<&str> = global
            .members
            .iter()
            .map(|it| it.arn.as_str())
            .filter(|it| !said.contains(*it))
            .collect();
        let what = if removal.type_name == GLOBAL_CLUSTER { "is" } else { "is the writer of" };
        (!left.is_empty()).then(|| Refusal {
            stack: removal.stack.clone(),
            path: removal.path.clone(),
            why: format!(
                "({}) {what} the global database `{}`, of which would be left {}",
                removal.type_name,
                global.id,
                left.join(", ")
            ),
            advice: "let them be destroyed with it, by name".to_owned(),
        })
    };
    removals.iter().filter_map(refusal).collect()
}

impl<'s> Rds<'s> {
    pub(super) async fn of(site: &'s Site, place: &'s Place) -> Self {
        Self { site, place, client: Client::new(&site.config(&place.region).await) }
    }

    fn question(&self, action: &'static str, about: &str) -> Question {
        question(action, &self.place.region, &format!("the cluster `{about}`"))
    }

    /// The global databases that this Region knows.
    pub(super) async fn globals(&self) -> Result<Vec<Global>, Trouble> {
        let asked = question("rds:DescribeGlobalClusters", &self.place.region, "global clusters");
        let mut globals = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let describe =
                || self.client.describe_global_clusters().set_marker(next.clone()).send();
            let told = self.site.ask(&asked, describe).await?;
            globals.extend(told.global_clusters().iter().map(global));
            next = told.marker().map(str::to_owned);
            if next.is_none() {
                return Ok(globals);
            }
        }
    }

    /// Takes out of its global database what must be out before this cluster's stack is deleted: its readers if it is
    /// the writer, and itself unless its template says that it is in, by which CloudFormation does it. Answers which.
    pub(super) async fn detach(
        &self,
        id: &str,
        is_in_template: bool,
    ) -> Result<Vec<String>, Trouble> {
        let own = arn(self.place, id);
        let globals = self.globals().await?;
        let global = globals.iter().find(|it| it.members.iter().any(|member| member.arn == own));
        let Some(global) = global else { return Ok(Vec::new()) };
        let is_writer = global.members.iter().any(|it| it.arn == own && it.is_writer);
        let readers = global.members.iter().filter(|it| is_writer && !it.is_writer);
        let mut out: Vec<String> = readers.map(|it| it.arn.clone()).collect();
        if !is_in_template {
            out.push(own);
        }
        for arn in &out {
            let there = Place { region: region(arn).to_owned(), ..self.place.clone() };
            Rds::of(self.site, &there).await.take_out(&global.id, arn).await?;
        }
        Ok(out)
    }

    /// Takes a cluster of this Region out of its global database, and waits until it is.
    async fn take_out(&self, global: &str, arn: &str) -> Result<(), Trouble> {
        let remove = || {
            let remove = self.client.remove_from_global_cluster().global_cluster_identifier(global);
            remove.db_cluster_identifier(arn).send()
        };
        let asked = self.question("rds:RemoveFromGlobalCluster", arn);
        unless_gone(self.site.ask(&asked, remove).await)?;
        let mut pauses = Pauses::default();
        while self.globals().await?.iter().any(|it| it.members.iter().any(|it| it.arn == arn)) {
            pauses.wait().await;
        }
        Ok(())
    }

    /// Whether this is there yet, and not of another stack than this.
    pub(super) async fn is_there(&self, removal: &Removal, stack: &str) -> Result<bool, Trouble> {
        let id = &removal.physical_id;
        if removal.type_name == GLOBAL_CLUSTER {
            return Ok(self.globals().await?.iter().any(|global| global.id == *id));
        }
        Ok(self.cluster(id, stack).await?.is_some())
    }

    /// Deletes what CloudFormation has left behind of a stack that it deleted; whether there was something.
    pub(super) async fn finish(&self, removal: &Removal, stack: &str) -> Result<bool, Trouble> {
        if !self.is_there(removal, stack).await? {
            return Ok(false);
        }
        let id = &removal.physical_id;
        if removal.type_name == GLOBAL_CLUSTER {
            self.delete_global(id).await?;
        } else {
            self.detach(id, false).await?;
            // A name that follows from the stack's, by which the second try asks for the same one.
            let snapshot = format!("{id}-final-{}", hash(stack));
            let snapshot = (removal.manner == Manner::Snapshotted).then_some(snapshot);
            self.delete_cluster(id, snapshot, stack).await?;
        }
        let mut pauses = Pauses::default();
        while self.is_there(removal, stack).await? {
            pauses.wait().await;
        }
        Ok(true)
    }

    async fn delete_cluster(
        &self,
        id: &str,
        snapshot: Option<String>,
        stack: &str,
    ) -> Result<(), Trouble> {
        if self.cluster(id, stack).await?.as_deref() == Some("deleting") {
            return Ok(());
        }
        let delete = || {
            let delete = self.client.delete_db_cluster().db_cluster_identifier(id);
            let delete = delete.skip_final_snapshot(snapshot.is_none());
            delete.set_final_db_snapshot_identifier(snapshot.clone()).send()
        };
        unless_gone(self.site.ask(&self.question("rds:DeleteDBCluster", id), delete).await)
    }

    /// The status of a cluster; none when it is not there, or is of another stack.
    async fn cluster(&self, id: &str, stack: &str) -> Result<Option<String>, Trouble> {
        let describe = || self.client.describe_db_clusters().db_cluster_identifier(id).send();
        let asked = self.question("rds:DescribeDBClusters", id);
        let told = match self.site.ask(&asked, describe).await {
            Ok(told) => told,
            Err(trouble) if is_gone(&trouble) => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        let is_of_other = |tag: &Tag| tag.key() == Some(STACK_TAG) && tag.value() != Some(stack);
        let mut ours =
            told.db_clusters().iter().filter(|it| !it.tag_list().iter().any(is_of_other));
        Ok(ours.next().map(|it| it.status().unwrap_or_default().to_owned()))
    }

    async fn delete_global(&self, id: &str) -> Result<(), Trouble> {
        let globals = self.globals().await?;
        // What has members is not deleted, and stays protected.
        if globals.iter().any(|global| global.id == id && global.members.is_empty()) {
            let modify = || {
                let modify = self.client.modify_global_cluster().global_cluster_identifier(id);
                modify.deletion_protection(false).send()
            };
            self.site.ask(&self.question("rds:ModifyGlobalCluster", id), modify).await?;
        }
        let delete = || self.client.delete_global_cluster().global_cluster_identifier(id).send();
        unless_gone(self.site.ask(&self.question("rds:DeleteGlobalCluster", id), delete).await)
    }
}

fn global(told: &aws_sdk_rds::types::GlobalCluster) -> Global {
    let members = told.global_cluster_members().iter().map(|member| Member {
        arn: member.db_cluster_arn().unwrap_or_default().to_owned(),
        is_writer: member.is_writer().unwrap_or(false),
    });
    Global {
        id: told.global_cluster_identifier().unwrap_or_default().to_owned(),
        members: members.collect(),
    }
}

/// What is gone need not be deleted.
fn unless_gone<T>(answer: Result<T, Trouble>) -> Result<(), Trouble> {
    match answer {
        Err(trouble) if !is_gone(&trouble) => Err(trouble),
        _ => Ok(()),
    }
}

/// Whether the answer means that the cluster is not there, or not in the global database.
fn is_gone(trouble: &Trouble) -> bool {
    ["DBClusterNotFoundFault", "GlobalClusterNotFoundFault"].iter().any(|it| trouble.has_code(it))
}
