//! Whether a policy statement lets somebody change the records of the switch, or only other ones.

use std::collections::BTreeSet;

use super::records::{plain, zone};
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::policy::{Statement, matches};

/// A hosted zone: a resource of these templates, or an id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Zone {
    Declared(usize, String),
    Known(String),
}

/// The names of the records that lead to both Regions, and their zones.
#[derive(Debug)]
pub(super) struct Switched {
    names: BTreeSet<String>,
    /// `None` where one is not known.
    zones: Option<BTreeSet<Zone>>,
}

impl Switched {
    pub(super) fn of(design: &Design) -> Self {
        let routing = Routing::of(design);
        let names = routing.groups.iter().map(|group| group.name.clone()).collect();
        let zones: Option<BTreeSet<Zone>> = routing
            .members()
            .map(|(_, record)| one_zone(design, &zone(record, "HostedZoneId")))
            .collect();
        Self { names, zones: zones.filter(|zones| !zones.is_empty()) }
    }

    /// Whether any record of these templates leads to both Regions.
    pub(super) fn is_there(&self) -> bool {
        !self.names.is_empty()
    }

    /// Whether a statement may be for records of the switch: for all that is known, neither its zones nor its
    /// conditions leave them out.
    pub(super) fn may_be_changed_by(&self, design: &Design, statement: &Statement<'_>) -> bool {
        !self.is_for_other_zones(design, &statement.place.at("Resource"))
            && !self.is_for_other_records(&statement.place.at("Condition"))
    }

    fn is_for_other_zones(&self, design: &Design, resources: &Place<'_>) -> bool {
        let Some(resources) = resources.items().known() else { return false };
        let zones: Option<BTreeSet<Zone>> =
            resources.iter().map(|resource| one_zone(design, resource)).collect();
        let Some(zones) = zones.filter(|zones| !zones.is_empty()) else { return false };
        let is_private = |zone: &Zone| match zone {
            Zone::Declared(stack, id) => {
                let stack = &design.stacks()[*stack];
                let declared = stack.resources.get(id);
                let zone = declared.map(|declared| Resource { stack, declared });
                zone.is_some_and(|zone| zone.at("VPCs").exists() != Answer::Known(false))
            }
            Zone::Known(_) => false,
        };
        let Some(switched) = &self.zones else { return zones.iter().all(is_private) };
        // An id and a resource may be one zone; of one kind they can be told apart.
        let declared = |zone: &Zone| matches!(zone, Zone::Declared(..));
        let of_one_kind = zones.iter().chain(switched).all(declared)
            || !zones.iter().chain(switched).any(declared);
        zones.iter().all(is_private) || of_one_kind && zones.is_disjoint(switched)
    }

    /// Conditions on the types or the names of records, such as those for validation only.
    fn is_for_other_records(&self, condition: &Place<'_>) -> bool {
        let operators = condition.entries().known().unwrap_or_default();
        let keys =
            operators.iter().flat_map(|(_, keys)| keys.entries().known().unwrap_or_default());
        keys.into_iter().any(|(key, values)| {
            let values = values.items().known().unwrap_or_default();
            let texts: Option<Vec<String>> =
                values.iter().map(|value| value.text().known()).collect();
            let Some(texts) = texts.filter(|texts| !texts.is_empty()) else { return false };
            match key.to_lowercase().as_str() {
                "route53:changeresourcerecordsetsrecordtypes" => !texts
                    .iter()
                    .any(|kind| ["A", "AAAA", "CNAME"].contains(&kind.to_uppercase().as_str())),
                "route53:changeresourcerecordsetsnormalizedrecordnames" => {
                    !texts.iter().any(|pattern| self.names_one(&plain(pattern)))
                }
                _ => false,
            }
        })
    }

    /// Whether a pattern is for a record of the switch; where none is known, whether it is for more than validation.
    fn names_one(&self, pattern: &str) -> bool {
        if self.names.is_empty() {
            return !pattern.starts_with('_');
        }
        self.names.iter().any(|name| name.contains("${") || matches(pattern, name))
    }
}

/// The zone that a value names, as a reference, an id or an ARN.
fn one_zone(design: &Design, named: &Place<'_>) -> Option<Zone> {
    let value = named.value().known()?;
    if let Some(reference) = value.references().first() {
        let zone = design.resource(reference)?;
        let is_zone = zone.kind() == "AWS::Route53::HostedZone";
        return is_zone.then(|| Zone::Declared(zone.stack.index, zone.id().to_owned()));
    }
    let text = design.text(value).known()?;
    let id = text.rsplit('/').next()?;
    (!id.is_empty() && !id.contains(['*', '?', '$', ':'])).then(|| Zone::Known(id.to_owned()))
}
