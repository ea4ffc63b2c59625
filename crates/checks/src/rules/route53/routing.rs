//! Which DNS records answer for one name in both Regions of the pair, and where host names lead.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use super::records::{Policy, Record, name_or_id, plain, records, zone};
use super::regions;
use crate::Answer;
use crate::design::Design;
use crate::place::Resource;
use crate::value::Value;

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
