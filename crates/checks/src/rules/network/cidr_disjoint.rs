//! Address ranges of the two Regions' networks.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use topology::{Cidr, Home};

use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// The address ranges of the VPCs in the two Regions do not overlap.
    ///
    /// ## What is checked
    ///
    /// `CidrBlock` of every `AWS::EC2::VPC` and `AWS::EC2::VPCCidrBlock` of one Region against those of the other.
    /// The CDK gives 10.0.0.0/16 to every VPC that says nothing.
    ///
    /// ## Why it hurts
    ///
    /// Between overlapping networks there is no peering and no transit gateway route: the functions of one Region
    /// never reach the database of the other by the global writer endpoint, and reconciliation and restores across
    /// Regions need the public network. A range cannot be changed later without a new VPC.
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
    why: "the two networks can never be joined, so that nothing of one Region reaches the database of the other";
    check
}

/// Ranges by first address and prefix.
type Ranges<'d> = BTreeMap<(Ipv4Addr, u8), Place<'d>>;

fn check(design: &Design, judge: &mut Judge<'_>) {
    let primary: Ranges<'_> = ranges(design, Home::Primary, judge).into_iter().collect();
    for ((address, prefix), place) in ranges(design, Home::Standby, judge) {
        judge.subject();
        let Some(other) = overlapping(&primary, address, prefix) else { continue };
        let region = |place: &Place<'_>| place.stack.region.clone().unwrap_or_default();
        judge.finding_with(
            &place,
            std::slice::from_ref(other),
            format!(
                "`{}` of {} overlaps with `{}` of {}",
                place.shown(),
                region(&place),
                other.shown(),
                region(other)
            ),
            "give the VPC of one Region another private range, such as `CidrBlock: 10.1.0.0/16`, and its subnets \
             ranges in it; this replaces the VPC, so do it before anything lives there",
        );
    }
}

/// The ranges of a Region in the order of the templates.
fn ranges<'d>(
    design: &'d Design,
    home: Home,
    judge: &mut Judge<'_>,
) -> Vec<((Ipv4Addr, u8), Place<'d>)> {
    let mut found = Vec::new();
    for kind in ["AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock"] {
        for vpc in design.of_home(kind, home) {
            let place = vpc.at("CidrBlock");
            let text = judge.text(&place).flatten();
            if let Some(range) = text.and_then(|text| Cidr::find(&text)) {
                found.push(((range.address(), range.prefix()), place));
            }
        }
    }
    found
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
