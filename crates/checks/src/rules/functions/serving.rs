//! Whether both Regions take requests all the time, so that neither of them stands by.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use crate::design::Design;
use crate::place::Resource;
use crate::rules::route53::records::{Policy, Record, records};
use crate::rules::route53::routing::{Group, Routing};

/// Whether requests are sent to both Regions at once: by DNS, with weights above 0 in records of one name that lead to
/// both, or with records chosen by latency, place or chance; or by Global Accelerator.
pub(super) fn both_serve(design: &Design) -> bool {
    let groups = Routing::of(design).groups;
    groups.iter().any(|group| serves(design, group)) || is_spread(design) || is_accelerated(design)
}

/// Whether records of a name send requests to both Regions on an ordinary day.
fn serves(design: &Design, group: &Group<'_>) -> bool {
    let share = |record: &Record<'_>| match record.policy() {
        Some(Policy::Weighted(weight)) => weight > 0.0,
        Some(Policy::Other) => true,
        Some(Policy::First | Policy::Second) | None => false,
    };
    let mut homes = Home::BOTH.into_iter();
    homes.all(|home| {
        group.records.iter().any(|record| record.home(design) == Some(home) && share(record))
    })
}

/// Whether several records of one name are chosen by place or chance: several places answer, whichever they are.
fn is_spread(design: &Design) -> bool {
    let by_place = ["GeoLocation", "GeoProximityLocation", "MultiValueAnswer", "CidrRoutingConfig"];
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in records(design) {
        let has = |property: &&str| record.place.at(property).exists().known() == Some(true);
        if by_place.iter().any(has) {
            let place = || record.place.at("SetIdentifier").shown();
            let place = record.region.clone().unwrap_or_else(place);
            names.entry(record.place.at("Name").shown()).or_default().insert(place);
        }
    }
    names.values().any(|places| places.len() > 1)
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

#[cfg(test)]
mod tests {
    use super::both_serve;
    use crate::{Design, Settings, Source};

    #[track_caller]
    fn check(text: &str, serve: bool) {
        let source =
            Source { text: text.to_owned(), region: Some("us-east-1".into()), ..Source::default() };
        let [primary, standby] = ["us-east-1", "us-east-2"].map(|region| Some(region.to_owned()));
        let settings = Settings { primary, standby, ..Settings::default() };
        let design = Design::new(&[source], settings).expect("a template");
        assert_eq!(both_serve(&design), serve, "{text}");
    }

    #[track_caller]
    fn check_two(kind: &str, first: &str, second: &str, serve: bool) {
        let resource =
            |properties: &str| format!("{{Type: '{kind}', Properties: {{{properties}}}}}");
        check(&format!("Resources: {{A: {}, B: {}}}", resource(first), resource(second)), serve);
    }

    /// A record that leads to a Region.
    fn record(name: &str, region: &str, choice: &str) -> String {
        format!(
            "Name: {name}, Type: CNAME, SetIdentifier: '{region} {choice}', ResourceRecords: [api.{region}.pay.test], \
             {choice}"
        )
    }

    #[test]
    fn records() {
        let kind = "AWS::Route53::RecordSet";
        let first = |choice: &str| record("pay", "us-east-1", choice);
        let second = |choice: &str| record("pay", "us-east-2", choice);
        check_two(kind, &first("Weight: 100"), &second("Weight: 0"), false);
        check_two(kind, &first("Weight: 50"), &second("Weight: 50"), true);
        check_two(kind, &first("Region: us-east-1"), &second("Region: us-east-2"), true);
        check_two(kind, &first("Failover: PRIMARY"), &second("Failover: SECONDARY"), false);
        check_two(kind, &first("MultiValueAnswer: true"), &second("MultiValueAnswer: true"), true);
        // Blue and green of one Region, and two names.
        check_two(kind, &first("Weight: 60"), &first("Weight: 40"), false);
        check_two(kind, &first("Weight: 100"), &record("tell", "us-east-2", "Weight: 100"), false);
        let records = [first("Region: us-east-1"), second("Region: us-east-2")].join("}, {");
        check(
            &format!(
                "Resources: {{All: {{Type: AWS::Route53::RecordSetGroup, Properties: {{RecordSets: [{{{records}}}]}}}}}}"
            ),
            true,
        );
    }

    #[test]
    fn accelerators() {
        let group = "AWS::GlobalAccelerator::EndpointGroup";
        let first = "ListenerArn: a, EndpointGroupRegion: us-east-1";
        let second = "ListenerArn: a, EndpointGroupRegion: us-east-2";
        check_two(group, first, second, true);
        check_two(group, first, &format!("{second}, TrafficDialPercentage: 0"), false);
        let half = |text: &str| format!("{text}, TrafficDialPercentage: 50");
        check_two(group, &half(first), &half(second), true);
    }
}
