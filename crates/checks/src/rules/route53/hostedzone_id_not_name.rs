//! How records name their zone.

use std::collections::BTreeSet;

use super::records::{plain, zone};
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Records that lead to both Regions name their zone by id.
    ///
    /// ## What is checked
    ///
    /// Every record of such a name, or its record set group, has `HostedZoneId` and no `HostedZoneName`; a
    /// name that is there ends the record's own.
    ///
    /// ## Why it hurts
    ///
    /// CloudFormation looks the name up: two zones of one name, such as a public and a private one, or a zone that is
    /// made again, and the records cannot be deployed. Changing to the id later replaces live records.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// HostedZoneId: !ImportValue zone:HostedZoneId
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation Template Reference, "AWS::Route53::RecordSet".
    "r53-hostedzone-id-not-name": Warning, NotDeployable, Schema, Pair;
    why: "a name finds two zones or none, so that the records of the switch cannot be deployed when they must be";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    let mut told = BTreeSet::new();
    for (group, record) in routing.members() {
        judge.subject();
        let place = zone(record, "HostedZoneName");
        // Several records of a record set group have one zone.
        let key =
            (record.resource.stack.index, record.resource.id(), place.path.clone(), &group.name);
        if place.exists() != Answer::Known(true) || !told.insert(key) {
            continue;
        }
        let name = place.value().known().and_then(|value| design.text(value).known());
        let found = match name {
            Some(name) if !is_parent(&plain(&name), &group.name) => {
                format!("the zone `{name}` is no parent of the record `{}`", group.name)
            }
            Some(name) => format!("the zone of `{}` is looked up by its name `{name}`", group.name),
            None => format!("the zone of `{}` is looked up by its name", group.name),
        };
        judge.finding(&place, found, "replace `HostedZoneName` by `HostedZoneId`");
    }
}

/// Whether a record may be in a zone of this name; a name with unknown parts may be in any.
fn is_parent(zone: &str, record: &str) -> bool {
    record.contains("${") || record == zone || record.ends_with(&format!(".{zone}"))
}
