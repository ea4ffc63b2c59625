//! DNS records: where they lead, and how Route 53 chooses among them.

use topology::Home;

use super::regions;
use crate::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::Value;

/// A DNS record: a resource of its own, or one of a record set group.
#[derive(Debug, Clone)]
pub(crate) struct Record<'d> {
    /// The resource that declares it.
    pub(crate) resource: Resource<'d>,
    /// Its own properties.
    pub(crate) place: Place<'d>,
    /// The Region that it leads to, where that can be known.
    pub(crate) region: Option<String>,
}

/// How Route 53 chooses among the records of one name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Policy {
    /// By shares.
    Weighted(f64),
    /// The primary while it is healthy.
    First,
    /// The secondary otherwise.
    Second,
    /// By latency, place, address or chance.
    Other,
}

impl<'d> Record<'d> {
    fn new(design: &'d Design, resource: Resource<'d>, place: Place<'d>) -> Self {
        let region = leads_to(design, &place);
        Self { resource, place, region }
    }

    /// The home role of the Region that it leads to.
    pub(in crate::rules) fn home(&self, design: &Design) -> Option<Home> {
        design.pairing().home(self.region.as_deref()?)
    }

    /// The Region that it leads to, for people.
    pub(in crate::rules) fn region_shown(&self) -> &str {
        self.region.as_deref().unwrap_or("an unknown Region")
    }

    /// How Route 53 chooses it; `None` where that is not known.
    pub(crate) fn policy(&self) -> Option<Policy> {
        match (self.place.at("Failover").text(), self.place.at("Weight").number()) {
            (Answer::Unknown(_), _) | (_, Answer::Unknown(_)) => None,
            (Answer::Known(role), _) => {
                Some(if role == "PRIMARY" { Policy::First } else { Policy::Second })
            }
            (_, Answer::Known(weight)) => Some(Policy::Weighted(weight)),
            (Answer::Absent, Answer::Absent) => Some(Policy::Other),
        }
    }

    /// Whether it answers on an ordinary day, so that something must be able to take it out.
    pub(in crate::rules) fn answers_today(&self) -> bool {
        match self.policy() {
            Some(Policy::Weighted(weight)) => weight > 0.0,
            Some(Policy::First | Policy::Other) => true,
            Some(Policy::Second) | None => false,
        }
    }

    /// Whether it is an alias that evaluates its target's health.
    pub(in crate::rules) fn evaluates_target_health(&self) -> Answer<bool> {
        match self.place.at("AliasTarget.EvaluateTargetHealth").bool() {
            Answer::Absent => Answer::Known(false),
            answer => answer,
        }
    }

    /// Whether it is an alias of a load balancer, whose health is that of the application.
    pub(in crate::rules) fn is_alias_of_load_balancer(&self, design: &Design) -> bool {
        self.place.at("AliasTarget.DNSName").value().known().is_some_and(|value| {
            let mut targets =
                value.references().into_iter().filter_map(|reference| design.resource(reference));
            value.shown().contains(".elb.")
                || targets.any(|target| target.kind().starts_with("AWS::ElasticLoadBalancing"))
        })
    }

    /// Whether it is an alias of API Gateway.
    pub(in crate::rules) fn is_alias_of_api(&self, design: &Design) -> bool {
        let target = self.place.at("AliasTarget");
        let of_api = |value: &Value| {
            let kinds = value.references().into_iter().filter_map(|at| design.resource(at));
            value.shown().contains(".execute-api.")
                || kinds.into_iter().any(|resource| resource.kind().starts_with("AWS::ApiGateway"))
        };
        let zone = target.at("HostedZoneId").text().known();
        target.at("DNSName").value().known().is_some_and(of_api)
            || zone.is_some_and(|id| regions::of_execute_api_zone_id(&id).is_some())
    }
}

/// A name as it is compared: without case and without the dot at the end.
pub(in crate::rules) fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

/// Every record that is certainly created.
pub(crate) fn records(design: &Design) -> Vec<Record<'_>> {
    let single = design
        .of("AWS::Route53::RecordSet")
        .map(|resource| Record::new(design, resource, resource.whole()));
    let grouped = design.of("AWS::Route53::RecordSetGroup").flat_map(|resource| {
        let records = resource.at("RecordSets").items().known().unwrap_or_default();
        records.into_iter().map(move |place| Record::new(design, resource, place))
    });
    single.chain(grouped).collect()
}

/// Where the zone of a record is named: on the record, or on its group.
pub(in crate::rules) fn zone<'d>(record: &Record<'d>, property: &str) -> Place<'d> {
    let own = record.place.at(property);
    if own.exists() == Answer::Known(false) { record.resource.at(property) } else { own }
}

/// The Region that a record leads to: said by itself, by its alias, by its values, by its name in the group.
fn leads_to(design: &Design, record: &Place<'_>) -> Option<String> {
    let text = |property: &str| record.at(property).text().known();
    let value = |place: Place<'_>| regions::of_value(design, place.value().known()?);
    let of_zone_id = || {
        let zone = record.at("AliasTarget.HostedZoneId");
        let known = zone.text().known();
        known.and_then(|id| regions::of_execute_api_zone_id(&id).map(str::to_owned))
    };
    let values = || {
        let items = record.at("ResourceRecords").items().known()?;
        items.into_iter().find_map(value)
    };
    text("Region")
        .or_else(|| text("GeoProximityLocation.AWSRegion"))
        .or_else(|| value(record.at("AliasTarget.DNSName")))
        .or_else(of_zone_id)
        .or_else(values)
        .or_else(|| regions::in_text(&text("SetIdentifier")?).map(str::to_owned))
}

/// A DNS name without its last dot, or the id of the resource that has it where the name is not known.
pub(in crate::rules) fn name_or_id(
    design: &Design,
    resource: Resource<'_>,
    name: &Place<'_>,
) -> String {
    match name.value() {
        Answer::Known(value) => {
            design.text(value).known().map_or_else(|| value.shown(), |name| plain(&name))
        }
        Answer::Absent | Answer::Unknown(_) => resource.id().to_owned(),
    }
}
