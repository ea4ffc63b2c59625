//! Record changes while us-east-1 is down.

use super::records::name_or_id;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Accelerated recovery is on for every public hosted zone.
    ///
    /// ## What is checked
    ///
    /// `HostedZoneFeatures.EnableAcceleratedRecovery` is true on every `AWS::Route53::HostedZone` without `VPCs`. It is
    /// turned on beforehand, takes hours, and cannot be turned on during an outage; whether it is in force,
    /// `GetHostedZone` says. It is no switch for the failover.
    ///
    /// ## Why it hurts
    ///
    /// Records are changed through us-east-1. With it, changes are possible again after about 60 minutes by way of
    /// us-west-2; without it, not until us-east-1 is back.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// HostedZoneFeatures:
    ///   EnableAcceleratedRecovery: true
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Accelerated recovery for managing public DNS records".
    "r53-accelerated-recovery": Error, SlowTakeover, Documented, Pair;
    why: "while us-east-1 is down no record of the zone can be edited, for as long as that lasts";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for zone in design.of("AWS::Route53::HostedZone") {
        let elsewhere = ["us-gov-", "cn-"].iter().any(|start| zone.region().starts_with(start));
        if elsewhere || zone.at("VPCs").exists() != Answer::Known(false) {
            continue;
        }
        judge.subject();
        let place = zone.at("HostedZoneFeatures.EnableAcceleratedRecovery");
        if let Some(on) = judge.bool(&place)
            && on != Some(true)
        {
            judge.finding(
                &place,
                format!("accelerated recovery of the public zone `{}` is off", name_or_id(design, zone, &zone.at("Name"))),
                "set `HostedZoneFeatures: {EnableAcceleratedRecovery: true}` hours before it is needed",
            );
        }
    }
}
