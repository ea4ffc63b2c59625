//! Address ranges of the two Regions' networks.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use topology::{Cidr, Home};

use super::joined;
use super::vpcs::{self, Networks};
use crate::design::Design;
use crate::inputs::decided;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::Reference;

rule! {
    /// The address ranges of the VPCs in the two Regions do not overlap.
    ///
    /// ## What is checked
    ///
    /// `CidrBlock` of each `AWS::EC2::VPC` and `AWS::EC2::VPCCidrBlock` of one Region against those of the other, for VPCs
    /// with a database or functions that reach one, and for those with a peering or an attachment to a transit gateway.
    /// The CDK gives 10.0.0.0/16 to every VPC that says nothing. Where a parameter decides the range, the subnets'
    /// ranges count instead, if the template says those.
    ///
    /// ## Why it hurts
    ///
    /// Overlapping networks cannot be joined, by peering or by a transit gateway, without renumbering: until then the
    /// functions of one Region do not reach the database of the other by the global writer endpoint, and reconciliation
    /// and restores across Regions need the public network. A range cannot be changed later without a new VPC.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// CidrBlock: 10.1.0.0/16
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon VPC Peering Guide, "VPC peering limitations"; Amazon Aurora User Guide, "Connecting to Amazon Aurora
    /// Global Database".
    "vpc-cidr-disjoint": Error, NoTakeover, Derived, Pair;
    why: "the two networks cannot be joined without renumbering, so that nothing of one Region reaches the database of \
          the other";
    check
}

/// The type of a VPC.
const VPC: &str = "AWS::EC2::VPC";

/// Ranges by first address and prefix.
type Ranges<'d> = BTreeMap<(Ipv4Addr, u8), Place<'d>>;

/// A range of a VPC.
struct Range<'d> {
    address: Ipv4Addr,
    prefix: u8,
    place: Place<'d>,
    /// The resource that it is of, once for each finding.
    vpc: Reference,
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let networks = Networks::of(design);
    let joined = joined::vpcs(design);
    let primary = ranges(design, &networks, &joined, Home::Primary, judge).into_iter();
    let primary: Ranges<'_> =
        primary.map(|range| ((range.address, range.prefix), range.place)).collect();
    let mut told = BTreeSet::new();
    for range in ranges(design, &networks, &joined, Home::Standby, judge) {
        judge.subject();
        if let Some(other) = overlapping(&primary, range.address, range.prefix)
            && told.insert(range.vpc)
        {
            report(judge, &range.place, other);
        }
    }
}

fn report(judge: &mut Judge<'_>, place: &Place<'_>, other: &Place<'_>) {
    let region = |place: &Place<'_>| place.stack.region.clone().unwrap_or_default();
    judge.finding_with(
        place,
        std::slice::from_ref(other),
        format!(
            "`{}` of {} overlaps with `{}` of {}",
            place.shown(),
            region(place),
            other.shown(),
            region(other)
        ),
        "give the VPC of one Region another private range, such as `CidrBlock: 10.1.0.0/16`, and its subnets ranges in \
         it; this replaces the VPC, so do it before anything lives there",
    );
}

/// The ranges of a Region in the order of the templates. Where a parameter decides that of a VPC, those of its subnets
/// that none decides stand for it.
fn ranges<'d>(
    design: &'d Design,
    networks: &Networks<'d>,
    joined: &BTreeSet<Reference>,
    home: Home,
    judge: &mut Judge<'_>,
) -> Vec<Range<'d>> {
    let mut found = Vec::new();
    for kind in [VPC, "AWS::EC2::VPCCidrBlock"] {
        for vpc in design.of_home(kind, home) {
            let whole = if kind == VPC { Some(vpc.reference(None)) } else { vpcs::vpc(vpc) };
            if !whole.is_some_and(|whole| joined.contains(&whole)) {
                continue;
            }
            let place = vpc.at("CidrBlock");
            let Some(why) = decided(vpc, "CidrBlock") else {
                let text = judge.text(&place).flatten();
                found.extend(range(text, place, vpc));
                continue;
            };
            let subnets = networks.subnets(&vpc.reference(None)).iter();
            let subnets = subnets.filter(|subnet| decided(**subnet, "CidrBlock").is_none());
            let ranges = subnets.filter_map(|subnet| {
                let place = subnet.at("CidrBlock");
                range(place.text().known(), place, vpc)
            });
            let ranges: Vec<Range<'d>> = ranges.collect();
            if ranges.is_empty() {
                judge.cannot_judge(&place, why);
            }
            found.extend(ranges);
        }
    }
    found
}

fn range<'d>(text: Option<String>, place: Place<'d>, vpc: Resource<'d>) -> Option<Range<'d>> {
    let cidr = Cidr::find(&text?)?;
    let (address, prefix) = (cidr.address(), cidr.prefix());
    Some(Range { address, prefix, place, vpc: vpc.reference(None) })
}

/// A range that has addresses of this one: two ranges overlap only if one of them holds the other.
fn overlapping<'r, 'd>(
    ranges: &'r Ranges<'d>,
    address: Ipv4Addr,
    prefix: u8,
) -> Option<&'r Place<'d>> {
    let bits = |length: u8| u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
    let around = |length: u8| (Ipv4Addr::from_bits(address.to_bits() & bits(length)), length);
    let outer = (0..=prefix).find_map(|length| ranges.get(&around(length)));
    let last = Ipv4Addr::from_bits(address.to_bits() | !bits(prefix));
    outer.or_else(|| ranges.range((address, 0)..=(last, 32)).next().map(|(_, place)| place))
}
