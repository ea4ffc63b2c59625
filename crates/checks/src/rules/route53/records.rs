//! DNS records, and which of them answer for one name in both Regions of the pair.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use super::regions;
use crate::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::Value;

/// A DNS record: a resource of its own, or one of a record set group.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Record<'d> {
    /// The resource that declares it.
    pub(in crate::rules) resource: Resource<'d>,
    /// Its own properties.
    pub(in crate::rules) place: Place<'d>,
    /// The Region that it leads to, where that can be known.
    pub(in crate::rules) region: Option<String>,
}

/// How Route 53 chooses among the records of one name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::rules) enum Policy {
    /// By shares.
    Weighted(f64),
    /// The primary while it is healthy.
    First,
    /// The secondary otherwise.
    Second,
    /// By latency, place, address or chance.
    Other,
}

/// Records of one name and type that lead to both Regions of the pair.
#[derive(Debug)]
pub(in crate::rules) struct Group<'d> {
    /// The name as people read it.
    pub(in crate::rules) name: String,
    /// The records, in the order of the stacks.
    pub(in crate::rules) records: Vec<Record<'d>>,
}

/// Everything that the rules about DNS ask of a design.
#[derive(Debug)]
pub(in crate::rules) struct Routing<'d> {
    pub(in crate::rules) design: &'d Design,
    /// Records that lead to both Regions, by name and type.
    pub(in crate::rules) groups: Vec<Group<'d>>,
    /// The Regions that host names lead to.
    hosts: BTreeMap<String, BTreeSet<String>>,
    /// Alarms by Region and name.
    alarms: BTreeMap<(String, String), Resource<'d>>,
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
    pub(in crate::rules) fn policy(&self) -> Option<Policy> {
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

impl<'d> Routing<'d> {
    pub(in crate::rules) fn of(design: &'d Design) -> Self {
        let records = records(design);
        let hosts = hosts(design, &records);
        let alarms = design.of("AWS::CloudWatch::Alarm").filter_map(|alarm| {
            Some(((alarm.region().to_owned(), design.name(alarm).known()?), alarm))
        });
        Self { design, hosts, alarms: alarms.collect(), groups: groups(design, records) }
    }

    /// The alarm that a health check follows, where it is in these templates.
    pub(in crate::rules) fn alarm(&self, check: Resource<'_>) -> Option<Resource<'d>> {
        let identifier = check.at("HealthCheckConfig.AlarmIdentifier");
        let name = identifier.at("Name");
        if let Answer::Known(reference) = name.reference() {
            let alarm = self.design.resource(reference)?;
            return (alarm.kind() == "AWS::CloudWatch::Alarm").then_some(alarm);
        }
        let key = (identifier.at("Region").text().known()?, name.text().known()?);
        self.alarms.get(&key).copied()
    }

    /// The one Region that a host name leads to.
    pub(in crate::rules) fn region_of_host(&self, value: &Value) -> Option<String> {
        let by_record = || {
            let name = plain(&self.design.text(value).known()?);
            let regions = self.hosts.get(&name)?;
            (regions.len() == 1).then(|| regions.first().cloned())?
        };
        by_record().or_else(|| regions::of_value(self.design, value))
    }

    /// Every record of every group, with its group.
    pub(in crate::rules) fn members(&self) -> impl Iterator<Item = (&Group<'d>, &Record<'d>)> {
        self.groups.iter().flat_map(|group| group.records.iter().map(move |record| (group, record)))
    }

    /// Whether a database of the design must be promoted before the other Region may take money.
    pub(in crate::rules) fn must_promote(&self) -> bool {
        const PROMOTED: [&str; 6] = [
            "AWS::RDS::GlobalCluster",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance",
            "AWS::DocDB::DBCluster",
            "AWS::Neptune::DBCluster",
            "AWS::ElastiCache::GlobalReplicationGroup",
        ];
        PROMOTED.iter().any(|kind| self.design.of(kind).next().is_some())
    }

    /// Whether writes on both sides would part: a database to promote, or a table whose replicas follow each other.
    pub(in crate::rules) fn is_stateful(&self) -> bool {
        self.must_promote() || self.design.of("AWS::DynamoDB::GlobalTable").any(follows)
    }
}

impl Group<'_> {
    /// Whether a record has the weight zero.
    pub(in crate::rules) fn has_zero_weight(&self) -> bool {
        self.records.iter().any(|record| record.policy() == Some(Policy::Weighted(0.0)))
    }
}

/// Whether the replicas of a table follow each other later, the last writer winning.
fn follows(table: Resource<'_>) -> bool {
    let replicas = table.at("Replicas").items().known().unwrap_or_default();
    let strong = Answer::Known("STRONG".to_owned());
    replicas.len() > 1 && table.at("MultiRegionConsistency").text() != strong
}

/// A name as it is compared: without case and without the dot at the end.
pub(in crate::rules) fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

/// Every record that is certainly created.
pub(in crate::rules) fn records(design: &Design) -> Vec<Record<'_>> {
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

/// The Regions of host names that stand for themselves: of plain records, and of API Gateway's domain names.
fn hosts(design: &Design, records: &[Record<'_>]) -> BTreeMap<String, BTreeSet<String>> {
    let mut hosts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |name: Answer<&Value>, region: Option<&str>| {
        if let (Answer::Known(name), Some(region)) = (name.map(|value| design.text(value)), region)
            && let Answer::Known(name) = name
        {
            hosts.entry(plain(&name)).or_default().insert(region.to_owned());
        }
    };
    for record in records {
        add(record.place.at("Name").value(), record.region.as_deref());
    }
    for kind in ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"] {
        for domain in design.of(kind).filter(|domain| !domain.region().is_empty()) {
            add(domain.at("DomainName").value(), Some(domain.region()));
        }
    }
    hosts
}

/// Records of one name and type, where they lead to both Regions.
fn groups<'d>(design: &'d Design, records: Vec<Record<'d>>) -> Vec<Group<'d>> {
    let mut by_name: BTreeMap<(String, String, String), Vec<Record<'d>>> = BTreeMap::new();
    for record in records {
        let chosen = record.place.at("SetIdentifier").exists() != Answer::Known(false);
        if let (true, Some(key)) = (chosen, key(design, &record)) {
            by_name.entry(key).or_default().push(record);
        }
    }
    let spans = |records: &[Record<'_>]| {
        Home::BOTH
            .into_iter()
            .all(|home| records.iter().any(|record| record.home(design) == Some(home)))
    };
    by_name
        .into_values()
        .map(with_regions_of_stacks)
        .filter(|records| spans(records))
        .map(|records| {
            let first = &records[0];
            let name = name_or_id(design, first.resource, &first.place.at("Name"));
            Group { name, records }
        })
        .collect()
}

/// Records of one name in the stacks of several Regions lead to their stack's Region unless they say otherwise.
fn with_regions_of_stacks(mut records: Vec<Record<'_>>) -> Vec<Record<'_>> {
    let stacks: BTreeSet<&str> = records.iter().map(|record| record.resource.region()).collect();
    if stacks.len() > 1 {
        for record in records.iter_mut().filter(|record| record.region.is_none()) {
            record.region = record.resource.stack.region.clone();
        }
    }
    records
}

/// Name, type and, where it is a private zone of these templates, the zone: two zones may have one name.
fn key(design: &Design, record: &Record<'_>) -> Option<(String, String, String)> {
    let name = record.place.at("Name");
    let name = match name.value() {
        Answer::Known(value) => match design.text(value) {
            Answer::Known(name) => plain(&name),
            // The same expression in the same template is the same name, whatever it will be.
            _ => format!("{} {value:?}", record.resource.stack.index),
        },
        Answer::Unknown(why) => format!("{} {why}", record.resource.stack.index),
        Answer::Absent => return None,
    };
    let kind = record.place.at("Type").text().known().unwrap_or_default();
    let zone = zone(record, "HostedZoneId").reference().known().cloned();
    let private = zone.filter(|zone| {
        let zone = design.resource(zone);
        zone.is_some_and(|zone| zone.at("VPCs").exists() == Answer::Known(true))
    });
    let private = private.map(|zone| format!("{} {}", zone.stack, zone.resource));
    Some((name, kind, private.unwrap_or_default()))
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
