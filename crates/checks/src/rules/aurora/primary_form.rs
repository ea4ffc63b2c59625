//! In which of two forms a global database is declared.

use topology::Home;

use super::members::{Member, Members, Part, source};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

/// What a global cluster takes from the cluster that it is made from.
const FROM_SOURCE: [&str; 4] = ["Engine", "EngineVersion", "DatabaseName", "StorageEncrypted"];

rule! {
    /// A global database is made from its first cluster (`SourceDBClusterIdentifier`), and then says neither engine
    /// nor version nor encryption itself.
    ///
    /// ## What is checked
    ///
    /// Every `AWS::RDS::GlobalCluster` has exactly one of `SourceDBClusterIdentifier` and `Engine`; with the first it
    /// sets none of `Engine`, `EngineVersion`, `DatabaseName` and `StorageEncrypted`. The other form, an empty global
    /// cluster that the first cluster joins with a master user, is reported on that cluster: CloudFormation's page
    /// says not to set `MasterUsername` together with `GlobalClusterIdentifier`, though the RDS API takes it. If your
    /// account has shown that it works, allow the finding. The first is that of the home primary or, where no Regions
    /// are paired, that in the global cluster's own stack.
    ///
    /// ## Why it hurts
    ///
    /// The wrong combination is refused at creation, or makes a later edit replace the global cluster: engine,
    /// source and encryption cannot be changed in place.
    ///
    /// ## What to change
    ///
    /// When you build it. The properties cannot be changed in place, so that a global database that exists stays in
    /// its form.
    ///
    /// ```yaml
    /// Global:
    ///   Type: AWS::RDS::GlobalCluster
    ///   Properties:
    ///     GlobalClusterIdentifier: payments
    ///     SourceDBClusterIdentifier: !GetAtt Cluster.DBClusterArn
    ///     DeletionProtection: true
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::GlobalCluster" and "AWS::RDS::DBCluster"; Amazon Aurora User Guide,
    /// "Getting started with Amazon Aurora Global Database".
    "aurora-primary-form": Warning, NotDeployable, Derived, Template;
    why: "the global database is refused when it is built, also when it must be built anew after a loss, or a later edit replaces it";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for global in design.of("AWS::RDS::GlobalCluster") {
        judge.subject();
        judge_global(global, judge);
    }
    let members = Members::of(design);
    for member in members.iter().filter(|member| member.part == Part::Joined) {
        if is_first(&members, member) && member.sets("MasterUsername") {
            judge.finding(
                &member.cluster.at("MasterUsername"),
                "the first cluster joins by `GlobalClusterIdentifier` and sets `MasterUsername`, which CloudFormation's page says not to set together",
                "for a new build: leave `GlobalClusterIdentifier` out here, and let the `AWS::RDS::GlobalCluster` have `SourceDBClusterIdentifier: !GetAtt Cluster.DBClusterArn` and neither `Engine`, `EngineVersion` nor `StorageEncrypted`; leave a global database that exists as it is, and allow the finding: the edit would detach this cluster and replace the global one",
            );
        }
    }
}

/// Whether a cluster that joins an empty global database is its first: the one in the home primary or, where no
/// Regions are paired, the one that its own stack makes the global cluster for.
fn is_first(members: &Members<'_>, member: &Member<'_>) -> bool {
    let Some(global) = member.global else { return false };
    let is_in_place = match members.home(member) {
        Some(home) => home == Home::Primary,
        None => global.stack.index == member.cluster.stack.index,
    };
    is_in_place && global.at("Engine").exists().known() == Some(true)
}

fn judge_global(global: Resource<'_>, judge: &mut Judge<'_>) {
    let from = source(global);
    let Some(has_source) = judge.known(&from, from.exists()).flatten() else { return };
    let said =
        FROM_SOURCE.into_iter().filter(|name| global.at(name).exists().known() == Some(true));
    let said: Vec<&str> = said.collect();
    if has_source && !said.is_empty() {
        judge.finding(
            &global.at(said[0]),
            format!(
                "the global cluster sets `SourceDBClusterIdentifier` and `{}`",
                said.join("`, `")
            ),
            format!("remove `{}`: they come from the source cluster", said.join("`, `")),
        );
    }
    let engine = global.at("Engine");
    if !has_source && judge.known(&engine, engine.exists()) == Some(Some(false)) {
        judge.finding(
            &from,
            "the global cluster has neither `SourceDBClusterIdentifier` nor `Engine`",
            "set `SourceDBClusterIdentifier: !GetAtt Cluster.DBClusterArn`",
        );
    }
}
