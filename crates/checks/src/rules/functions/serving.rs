//! Whether both Regions take requests all the time, so that neither of them stands by.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::place::Resource;

/// Whether DNS sends requests to several places at once: weights above 0 in several records of one name, or records
/// chosen by latency, place or chance.
pub(super) fn both_serve(design: &Design) -> bool {
    let mut serving: BTreeMap<(String, String), usize> = BTreeMap::new();
    for record in design.of("AWS::Route53::RecordSet").filter(|record| is_serving(*record)) {
        let text = |property: &str| design_text(design, record, property);
        *serving.entry((text("Name"), text("Type"))).or_default() += 1;
    }
    serving.values().any(|records| *records > 1)
}

fn design_text(design: &Design, record: Resource<'_>, property: &str) -> String {
    let value = record.at(property).value().known();
    value.map_or_else(String::new, |value| {
        design.text(value).known().unwrap_or_else(|| value.shown())
    })
}

fn is_serving(record: Resource<'_>) -> bool {
    let has = |property: &str| record.at(property).exists().known() == Some(true);
    let weight = record.at("Weight").number().known();
    weight.is_some_and(|weight| weight > 0.0)
        || [
            "Region",
            "GeoLocation",
            "GeoProximityLocation",
            "MultiValueAnswer",
            "CidrRoutingConfig",
        ]
        .into_iter()
        .any(has)
}
