//! Gateways to the Internet in more than one zone.

use std::collections::BTreeMap;

use super::vpcs::{self, Networks};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Reference;

rule! {
    /// The way out of a VPC does not lead through a NAT gateway of one zone alone.
    ///
    /// ## What is checked
    ///
    /// In the VPCs of the pair: subnets of several zones whose default routes all lead to one NAT gateway that is
    /// not `regional`.
    ///
    /// ## Why it hurts
    ///
    /// After the loss of a Region the other one works alone. If then one zone of it fails, the functions of all
    /// zones lose their way to the payment processor.
    ///
    /// ## What to change
    ///
    /// A NAT gateway in each zone, with a route table for each; or one for all zones:
    ///
    /// ```yaml
    /// Type: AWS::EC2::NatGateway
    /// Properties:
    ///   AvailabilityMode: regional
    ///   ConnectivityType: public
    ///   VpcId: !Ref Vpc
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon VPC User Guide, "NAT gateway basics" and "Regional NAT gateways".
    "vpc-nat-az-redundant": Warning, NoWayHome, Schema, Pair;
    why: "one failing zone then cuts the outbound calls of the only Region that is left";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let networks = Networks::of(design);
    for vpc in design.of("AWS::EC2::VPC").filter(|vpc| design.home(*vpc).is_some()) {
        let leading = leading(&networks, vpc);
        if leading.is_empty() {
            continue;
        }
        judge.subject();
        let mut gateways = leading.iter();
        if let (Some((gateway, subnets)), None) = (gateways.next(), gateways.next())
            && let Some(gateway) = design.resource(gateway).filter(|gateway| is_zonal(*gateway))
            && !is_one_zone(subnets)
        {
            report(judge, gateway, subnets);
        }
    }
}

/// The NAT gateways of a VPC with the subnets that have their way out through each.
fn leading<'d>(
    networks: &Networks<'d>,
    vpc: Resource<'d>,
) -> BTreeMap<Reference, Vec<Resource<'d>>> {
    let mut leading: BTreeMap<Reference, Vec<Resource<'d>>> = BTreeMap::new();
    for subnet in networks.subnets(&vpc.reference(None)) {
        for route in networks.defaults(*subnet) {
            if let Some(gateway) = vpcs::referred(&route.at("NatGatewayId")) {
                leading.entry(gateway).or_default().push(*subnet);
            }
        }
    }
    leading
}

fn is_zonal(gateway: Resource<'_>) -> bool {
    let mode = gateway.at("AvailabilityMode");
    gateway.kind() == "AWS::EC2::NatGateway" && mode.exists().known() == Some(false)
        || mode.text().known().as_deref() == Some("zonal")
}

/// Whether these subnets are not known to be in several zones.
fn is_one_zone(subnets: &[Resource<'_>]) -> bool {
    let zones = subnets.iter().map(|subnet| subnet.at("AvailabilityZone").text().known());
    let mut zones: Vec<_> = zones.flatten().collect();
    zones.sort_unstable();
    zones.dedup();
    zones.len() < 2
}

fn report(judge: &mut Judge<'_>, gateway: Resource<'_>, subnets: &[Resource<'_>]) {
    judge.finding(
        &gateway.whole(),
        format!(
            "`{}` is the only way out for {} subnets of several zones of {}",
            gateway.id(),
            subnets.len(),
            gateway.region()
        ),
        "add a NAT gateway in each zone and route each zone's subnets to its own, or set `AvailabilityMode: regional`",
    );
}
