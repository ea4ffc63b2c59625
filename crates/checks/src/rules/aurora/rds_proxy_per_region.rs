//! Proxies in front of the members.

use std::collections::BTreeMap;

use super::endpoints::{self, Name};
use super::members::{Member, Members, Named};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Reference;

/// What connects a proxy with a cluster.
const TARGETS: &str = "AWS::RDS::DBProxyTargetGroup";

rule! {
    /// If a member of a global database has an RDS Proxy, the other one has its own, and each Region's programs
    /// use theirs.
    ///
    /// ## What is checked
    ///
    /// Either both members of a pair are named by an `AWS::RDS::DBProxyTargetGroup` or neither is. No resource of
    /// one Region names a proxy host of the other.
    ///
    /// ## Why it hurts
    ///
    /// A proxy is of one Region, and has a writer behind it only while its cluster is the primary. Programs of the
    /// new primary's Region that have no proxy of their own cannot write, or overrun the database with connections.
    ///
    /// ## What to change
    ///
    /// Declare `AWS::RDS::DBProxy` and `AWS::RDS::DBProxyTargetGroup` in both Regions, and give each Region's
    /// programs `!GetAtt Proxy.Endpoint` of their own.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using RDS Proxy with Aurora global databases".
    "aurora-rds-proxy-per-region": Error, NoTakeover, Documented, Pair;
    why: "the Region that took over has no proxy with a writer, so that its programs cannot write as they are built to";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    let (targets, unknown) = targets(design);
    for (primary, standby) in members.pairs() {
        let target = |member: &Member<'_>| targets.get(&member.cluster.reference(None));
        match (target(primary), target(standby)) {
            (Some(_), Some(_)) => judge.subject(),
            (Some(target), None) => judge_missing(design, *target, standby, &unknown, judge),
            (None, Some(target)) => judge_missing(design, *target, primary, &unknown, judge),
            (None, None) => {}
        }
    }
    judge_hosts(design, &members, judge);
}

/// The target group of each cluster, and those of which the cluster is not known.
fn targets(design: &Design) -> (BTreeMap<Reference, Resource<'_>>, Vec<Resource<'_>>) {
    let clusters = Named::of(design, "AWS::RDS::DBCluster");
    let (mut targets, mut unknown) = (BTreeMap::new(), Vec::new());
    for group in design.of(TARGETS) {
        let Answer::Known(named) = group.at("DBClusterIdentifiers").items() else {
            unknown.push(group);
            continue;
        };
        for place in named {
            match clusters.meant(&place) {
                Some(cluster) => drop(targets.insert(cluster.reference(None), group)),
                None => unknown.push(group),
            }
        }
    }
    (targets, unknown)
}

fn judge_missing(
    design: &Design,
    target: Resource<'_>,
    without: &Member<'_>,
    unknown: &[Resource<'_>],
    judge: &mut Judge<'_>,
) {
    judge.subject();
    let (whole, region) = (without.cluster.whole(), without.cluster.region());
    let may_be_here = |one: &Resource<'_>| [region, ""].contains(&one.region());
    if design.may_hide(TARGETS, region) || unknown.iter().any(may_be_here) {
        let why = format!("it is not known which proxies {region} has");
        return judge.cannot_judge(&whole, Unknown(why));
    }
    judge.finding_with(
        &whole,
        &[target.whole()],
        format!("the cluster in {} has an RDS Proxy, and this one in {region} has none", target.region()),
        format!("declare an `AWS::RDS::DBProxy` with an `{TARGETS}` for this cluster in {region}, and let the programs there use its endpoint"),
    );
}

/// Programs of one Region that use the proxy of the other.
fn judge_hosts<'d>(design: &'d Design, members: &Members<'d>, judge: &mut Judge<'_>) {
    if members.iter().next().is_none() {
        return;
    }
    for one in endpoints::reached(design, members) {
        let Name::Proxy(region) = &one.by else { continue };
        judge.subject();
        let homes = [design.pairing().home(one.from), design.pairing().home(region)];
        if matches!(homes, [Some(from), Some(to)] if from != to) {
            judge.finding(
                &one.place,
                format!("this is in {} and names the proxy in {region}", one.from),
                format!("use `!GetAtt Proxy.Endpoint` of a proxy in {}", one.from),
            );
        }
    }
}
