//! Dashboards that show what goes on in both Regions.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use topology::Home;

use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Dashboards show the metrics of both Regions, labelled by Region and not by role.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: of the dashboards that a Region's templates declare, one at least has metrics of both
    /// Regions. No dashboard labels series by role, such as `primary` beside `standby`, in titles and labels.
    ///
    /// ## Why it hurts
    ///
    /// A role change moves metrics to the other Region: the graphs that people look at are empty, and a series
    /// called `primary` shows the standby.
    ///
    /// ## What to change
    ///
    /// Give each metric its Region, and a label with it:
    ///
    /// ```json
    /// ["AWS/RDS", "AuroraGlobalDBRPOLag", "DBClusterIdentifier", "payments",
    ///  {"region": "us-east-2", "label": "us-east-2 lag"}]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database"; Amazon CloudWatch
    /// API Reference, "Dashboard body structure and syntax".
    "dashboards-role-aware": Warning, Unseen, Documented, Pair;
    why: "after the takeover the graphs are empty, or carry the wrong name";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for home in Home::BOTH {
        let dashboards: Vec<_> = design.of_home("AWS::CloudWatch::Dashboard", home).collect();
        let mut shown: Vec<_> =
            dashboards.iter().filter_map(|one| Some((*one, read(judge, *one)?))).collect();
        for (dashboard, shown) in &shown {
            judge_labels(judge, *dashboard, shown);
        }
        // One that cannot be read may show what the others do not.
        if shown.len() == dashboards.len() {
            shown.retain(|(_, shown)| !shown.regions.is_empty());
            judge_regions(design, judge, &shown, home);
        }
    }
}

fn read(judge: &mut Judge<'_>, dashboard: Resource<'_>) -> Option<Shown> {
    judge.subject();
    let place = dashboard.at("DashboardBody");
    let body = judge.known(&place, place.value())??.shown();
    let Ok(json) = serde_json::from_str::<Json>(&body) else {
        judge.cannot_judge(&place, Unknown("it cannot be read as JSON".into()));
        return None;
    };
    Some(Shown::of(&json, dashboard.region()))
}

/// What a dashboard shows.
struct Shown {
    /// The Regions of its metrics.
    regions: BTreeSet<String>,
    /// Titles and labels.
    labels: Vec<String>,
}

impl Shown {
    fn of(body: &Json, own: &str) -> Self {
        let mut shown = Self { regions: BTreeSet::new(), labels: Vec::new() };
        for widget in body["widgets"].as_array().into_iter().flatten() {
            let properties = &widget["properties"];
            shown.labels.extend(text(&properties["title"]));
            let region = text(&properties["region"]).unwrap_or_else(|| own.to_owned());
            for metric in properties["metrics"].as_array().into_iter().flatten() {
                let options =
                    metric.as_array().and_then(|parts| parts.last()).unwrap_or(&Json::Null);
                shown.labels.extend(text(&options["label"]));
                shown.regions.insert(text(&options["region"]).unwrap_or_else(|| region.clone()));
            }
        }
        shown
    }
}

fn text(json: &Json) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn judge_regions(
    design: &Design,
    judge: &mut Judge<'_>,
    shown: &[(Resource<'_>, Shown)],
    home: Home,
) {
    let (Some((first, one)), Some(other)) = (shown.first(), design.region(home.other())) else {
        return;
    };
    let own = design.region(home).unwrap_or_default();
    // A Region that is not known may be the other one.
    let has = |region: &str| {
        shown
            .iter()
            .any(|(_, shown)| shown.regions.iter().any(|one| one == region || one.contains("${")))
    };
    if has(other) && has(own) {
        return;
    }
    let lacks = if has(own) { other } else { own };
    let regions = one.regions.iter().cloned().collect::<Vec<_>>().join(" and ");
    let related: Vec<_> = shown[1..].iter().map(|(dashboard, _)| dashboard.whole()).collect();
    judge.finding_with(
        &first.at("DashboardBody"),
        &related,
        format!("the dashboards of {own} have metrics of {regions} only"),
        format!("add each metric a second time with `\"region\": \"{lacks}\"`, and labels with the Region"),
    );
}

/// Words for the side that takes traffic, and for the other.
const SIDES: [&[&str]; 2] = [&["primary", "active"], &["passive", "secondary", "standby"]];

fn judge_labels(judge: &mut Judge<'_>, dashboard: Resource<'_>, shown: &Shown) {
    let labelled = |words: &[&str]| {
        shown.labels.iter().find(|label| {
            let lower = label.to_lowercase();
            let mut parts = lower.split(|letter: char| !letter.is_alphanumeric());
            parts.any(|part| words.contains(&part))
        })
    };
    if let [Some(one), Some(other)] = SIDES.map(labelled) {
        judge.finding(
            &dashboard.at("DashboardBody"),
            format!("it labels by role: `{one}` beside `{other}`"),
            "label by Region, such as `us-east-1` and `us-east-2`: roles change",
        );
    }
}
