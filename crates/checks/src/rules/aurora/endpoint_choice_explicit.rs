//! By which endpoint programs write.

use std::collections::BTreeMap;

use topology::Home;

use super::endpoints::{self, Name, Reached};
use super::members::Members;
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// What can connect the networks of two Regions.
const CONNECTIONS: [&str; 6] = [
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayPeeringAttachment",
    "AWS::EC2::TransitGatewayVpcAttachment",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::NetworkManager::TransitGatewayPeering",
    "AWS::NetworkManager::VpcAttachment",
];

rule! {
    /// Everything writes by one kind of endpoint: the global writer endpoint, with connected networks, or the
    /// endpoint of the own Region's cluster.
    ///
    /// ## What is checked
    ///
    /// No resource of one Region names the cluster endpoint of the other. Global writer endpoints
    /// (`GlobalEndpoint.Address`) and cluster endpoints (`Endpoint.Address`) are not mixed. With the global one the
    /// networks that these templates declare in the two Regions are connected by peering, a transit gateway or Cloud
    /// WAN. How long a client keeps a DNS answer (5 seconds at most with the global endpoint) is not in templates.
    ///
    /// ## Why it hurts
    ///
    /// The standby's programs that call the lost Region's cluster get timeouts, not errors. The global endpoint
    /// leads into the network of the other Region after a role change, and times out where nothing connects the two.
    ///
    /// ## What to change
    ///
    /// The simplest choice, which also fails closed while the Region is the standby:
    ///
    /// ```yaml
    /// Environment:
    ///   Variables:
    ///     DATABASE_HOST: !GetAtt Cluster.Endpoint.Address   # the cluster of this Region
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Connecting to Amazon Aurora Global Database".
    "aurora-endpoint-choice-explicit": Error, NoTakeover, Documented, Pair;
    why: "after the takeover programs call a database that they cannot reach, and get timeouts instead of errors";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    // Without a global database these names mean something else.
    if members.iter().next().is_none() {
        return;
    }
    let reached = endpoints::reached(design, &members);
    let mut global: BTreeMap<&str, &Reached<'_>> = BTreeMap::new();
    for one in &reached {
        judge.subject();
        judge_other_region(design, one, judge);
        if let (Name::Global, Some(database)) = (&one.by, &one.database) {
            global.entry(database).or_insert(one);
        }
    }
    judge_mixture(&reached, &mut global, judge);
    if let Some(first) = reached.iter().find(|one| one.by == Name::Global) {
        judge_connection(design, first, judge);
    }
}

/// Databases that are written by both kinds of endpoints; each is reported once.
fn judge_mixture(
    reached: &[Reached<'_>],
    global: &mut BTreeMap<&str, &Reached<'_>>,
    judge: &mut Judge<'_>,
) {
    for one in reached.iter().filter(|one| matches!(one.by, Name::Cluster(_))) {
        let database = one.database.as_deref().unwrap_or_default();
        if let Some(other) = global.remove(database) {
            judge.finding_with(
                &one.place,
                std::slice::from_ref(&other.place),
                "a cluster's endpoint is used here, and the global writer endpoint elsewhere",
                "choose one: the global writer endpoint everywhere, or in each Region the endpoint of its own cluster",
            );
        }
    }
}

fn judge_other_region(design: &Design, one: &Reached<'_>, judge: &mut Judge<'_>) {
    let Name::Cluster(region) = &one.by else { return };
    let is_other = match region {
        Some(region) => {
            let homes = [design.pairing().home(one.from), design.pairing().home(region)];
            matches!(homes, [Some(from), Some(to)] if from != to)
        }
        // The CDK hands over what is of another Region.
        None => true,
    };
    if is_other {
        let there = region.as_deref().unwrap_or("the other Region");
        judge.finding(
            &one.place,
            format!("this is in {} and names the endpoint of the cluster in {there}", one.from),
            format!("use `!GetAtt Cluster.Endpoint.Address` of the cluster in {}", one.from),
        );
    }
}

/// Whether the networks of the pair are connected, as far as these templates show.
fn judge_connection(design: &Design, global: &Reached<'_>, judge: &mut Judge<'_>) {
    let has_network = |home| design.of_home("AWS::EC2::VPC", home).next().is_some();
    let hidden = Home::BOTH
        .into_iter()
        .filter_map(|home| design.region(home))
        .any(|region| CONNECTIONS.iter().any(|kind| design.may_hide(kind, region)));
    if CONNECTIONS.iter().any(|kind| design.of(kind).next().is_some()) {
        return;
    }
    if hidden || !Home::BOTH.into_iter().all(has_network) {
        let why = "it is not known whether the networks of the Regions are connected";
        judge.cannot_judge(&global.place, Unknown(why.into()));
        return;
    }
    judge.finding(
        &global.place,
        "the global writer endpoint is used, and nothing connects the networks of the two Regions",
        "connect them by an `AWS::EC2::VPCPeeringConnection` or transit gateways with routes both ways, or use the endpoint of each Region's own cluster",
    );
}
