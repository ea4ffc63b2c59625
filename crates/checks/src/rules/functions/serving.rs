//! Whether both Regions take requests all the time, so that neither of them stands by.

use std::collections::{BTreeMap, BTreeSet};

use crate::design::Design;
use crate::place::Resource;

/// Whether requests are sent to several places at once: by DNS, with weights above 0 in several records of one name or
/// records chosen by latency, place or chance, or by Global Accelerator.
pub(super) fn both_serve(design: &Design) -> bool {
    let mut serving: BTreeMap<(String, String), usize> = BTreeMap::new();
    for record in design.of("AWS::Route53::RecordSet").filter(|record| is_serving(*record)) {
        let text = |property: &str| design_text(design, record, property);
        *serving.entry((text("Name"), text("Type"))).or_default() += 1;
    }
    serving.values().any(|records| *records > 1) || is_accelerated(design)
}

/// Whether an accelerator sends requests to groups of endpoints in several Regions.
fn is_accelerated(design: &Design) -> bool {
    let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for group in design.of("AWS::GlobalAccelerator::EndpointGroup") {
        let dial = group.at("TrafficDialPercentage").number();
        if dial.known().is_none_or(|percent| percent > 0.0) {
            let text = |property: &str| design_text(design, group, property);
            open.entry(text("ListenerArn")).or_default().insert(text("EndpointGroupRegion"));
        }
    }
    open.values().any(|regions| regions.len() > 1)
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

#[cfg(test)]
mod tests {
    use super::both_serve;
    use crate::{Design, Settings, Source};

    #[track_caller]
    fn check(kind: &str, first: &str, second: &str, serve: bool) {
        let resource =
            |properties: &str| format!("{{Type: '{kind}', Properties: {{{properties}}}}}");
        let text = format!("Resources: {{A: {}, B: {}}}", resource(first), resource(second));
        let source = Source { text, region: Some("us-east-1".into()), ..Source::default() };
        let design = Design::new(&[source], Settings::default()).expect("a template");
        assert_eq!(both_serve(&design), serve, "{first} beside {second}");
    }

    #[test]
    fn records_and_accelerators() {
        let record = "AWS::Route53::RecordSet";
        check(record, "Name: pay, Weight: 100", "Name: pay, Weight: 0", false);
        check(record, "Name: pay, Weight: 50", "Name: pay, Weight: 50", true);
        check(record, "Name: pay, Weight: 100", "Name: tell, Weight: 100", false);
        check(record, "Name: pay, Region: us-east-1", "Name: pay, Region: us-east-2", true);
        check(record, "Name: pay, Failover: PRIMARY", "Name: pay, Failover: SECONDARY", false);
        let group = "AWS::GlobalAccelerator::EndpointGroup";
        let first = "ListenerArn: a, EndpointGroupRegion: us-east-1";
        let second = "ListenerArn: a, EndpointGroupRegion: us-east-2";
        check(group, first, second, true);
        check(group, first, &format!("{second}, TrafficDialPercentage: 0"), false);
    }
}
