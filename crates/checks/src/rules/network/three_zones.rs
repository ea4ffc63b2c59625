//! Zones of a VPC.

use std::collections::BTreeSet;

use super::vpcs::Networks;
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// The VPCs of both Regions have subnets in three zones.
    ///
    /// ## What is checked
    ///
    /// How many zones the subnets of each `AWS::EC2::VPC` of the pair name in `AvailabilityZone`. The CDK takes two
    /// for a stack whose account and Region it does not know.
    ///
    /// ## Why it hurts
    ///
    /// A Region with two zones that loses one has no second place left, while the other Region of the pair carries
    /// nothing any more; and what was sized for three zones in one Region does not fit the other.
    ///
    /// ## What to change
    ///
    /// A subnet in a third zone for each tier. In the CDK name the account and the Region of the stack, or the zones
    /// with `availabilityZones`.
    ///
    /// ## Source
    ///
    /// AWS CDK Developer Guide, "Configure environments"; Well-Architected Framework, Reliability Pillar, "Deploy
    /// the workload to multiple locations".
    "vpc-three-azs": Warning, NoWayHome, Derived, Pair;
    why: "the Region that is left alone then has no zone to spare";
    check
}

const ZONES: usize = 3;

fn check(design: &Design, judge: &mut Judge<'_>) {
    let networks = Networks::of(design);
    for vpc in design.of("AWS::EC2::VPC").filter(|vpc| design.home(*vpc).is_some()) {
        let subnets = networks.subnets(&vpc.reference(None));
        if subnets.is_empty() || design.may_hide("AWS::EC2::Subnet", vpc.region()) {
            continue;
        }
        judge.subject();
        if let Some(zones) = judge.known(&vpc.whole(), zones(subnets)).flatten() {
            let count = if zones.len() == 1 { "one zone" } else { "two zones" };
            judge.finding(
                &vpc.whole(),
                format!("`{}` has subnets in {count} of {} only", vpc.id(), vpc.region()),
                "add a subnet in a third zone to each tier, in both Regions",
            );
        }
    }
}

/// The zones of these subnets if they are too few; absent if they are enough.
fn zones(subnets: &[Resource<'_>]) -> Answer<BTreeSet<String>> {
    let zone = |subnet: &Resource<'_>| match subnet.at("AvailabilityZone").text() {
        Answer::Absent => subnet.at("AvailabilityZoneId").text(),
        answer => answer,
    };
    let answers = subnets.iter().map(zone);
    let mut zones = BTreeSet::new();
    let mut doubt = None;
    for answer in answers {
        match answer {
            Answer::Known(zone) => {
                zones.insert(zone);
            }
            Answer::Unknown(why) => doubt = Some(why),
            Answer::Absent => doubt = Some(Unknown("AWS chooses the zone of a subnet".into())),
        }
    }
    match doubt {
        _ if zones.len() >= ZONES => Answer::Absent,
        Some(why) => Answer::Unknown(why),
        None => Answer::Known(zones),
    }
}
