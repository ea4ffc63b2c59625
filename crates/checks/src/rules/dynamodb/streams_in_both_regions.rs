//! Consumers of the streams of replicas.

use std::collections::BTreeMap;

use topology::Home;

use super::replicas::{self, Table};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::{Reference, Value};

rule! {
    /// A global table's stream is consumed in one Region at a time, or each consumer takes its own Region's writes.
    ///
    /// ## What is checked
    ///
    /// `AWS::Lambda::EventSourceMapping` and `AWS::Pipes::Pipe` in both Regions that read the streams of the same
    /// global table: the standby's is off (`Enabled: false`, `DesiredState: STOPPED`), or it has `FilterCriteria`.
    /// What the filter says is not judged: it should match an attribute with the Region that wrote the item.
    ///
    /// ## Why it hurts
    ///
    /// Every replica's stream has all changes, whoever made them. Consumers in both Regions act on each of them
    /// twice: two charges, two messages.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::Lambda::EventSourceMapping
    /// Properties:
    ///   Enabled: false   # the takeover turns it on by API
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables"; AWS Lambda Developer Guide, "Using AWS Lambda with Amazon
    /// DynamoDB".
    "ddb-streams-in-both-regions": Error, TwoWriters, Documented, Pair;
    why: "one change is acted on in both Regions: somebody is charged or told twice";
    check
}

/// Types that consume streams: the property of the stream, of the switch, and of the filter.
const CONSUMERS: [(&str, &str, &str, &str); 2] = [
    ("AWS::Lambda::EventSourceMapping", "EventSourceArn", "Enabled", "FilterCriteria.Filters"),
    ("AWS::Pipes::Pipe", "Source", "DesiredState", "SourceParameters.FilterCriteria.Filters"),
];

/// A consumer of a stream.
struct Consumer<'d> {
    resource: Resource<'d>,
    source: Place<'d>,
    switch: Place<'d>,
    filters: Place<'d>,
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let tables = replicas::in_pair(design);
    let streams = Streams::of(design, &tables);
    let all = CONSUMERS.iter().flat_map(|kind| consumers(design, kind));
    let (mut primary, mut standby, mut unknown) = (BTreeMap::new(), Vec::new(), Vec::new());
    for consumer in all {
        match (design.home(consumer.resource), streams.table(design, &consumer)) {
            (Some(Home::Primary), Some(table)) if acts(&consumer) => {
                primary.entry(table).or_insert(consumer);
            }
            (Some(Home::Standby), Some(table)) => standby.push((table, consumer)),
            (Some(Home::Standby), None) if is_unknown(design, &consumer) => unknown.push(consumer),
            _ => {}
        }
    }
    for (table, consumer) in &standby {
        if let Some(active) = primary.get(table) {
            judge.subject();
            judge_pair(design, judge, &tables[*table], active, consumer);
        }
    }
    for consumer in unknown {
        if primary.values().any(|active| is_counterpart(design, active, &consumer)) {
            let why = "whether it reads the same table's stream is not known";
            judge.cannot_judge(&consumer.source, Unknown(why.into()));
        }
    }
}

fn consumers<'d>(
    design: &'d Design,
    (kind, source, switch, filters): &(&str, &str, &str, &str),
) -> Vec<Consumer<'d>> {
    let consumer = |resource: Resource<'d>| Consumer {
        resource,
        source: resource.at(source),
        switch: resource.at(switch),
        filters: resource.at(filters),
    };
    design.of(kind).map(consumer).collect()
}

/// The streams of replicas: where each table stands in a list, by what a consumer names.
struct Streams {
    /// By the resource that owns the table.
    by_owner: BTreeMap<Reference, usize>,
    /// By the ARN of a replica.
    by_arn: BTreeMap<String, usize>,
}

impl Streams {
    fn of(design: &Design, tables: &[Table<'_>]) -> Self {
        let mut streams = Self { by_owner: BTreeMap::new(), by_arn: BTreeMap::new() };
        for (index, table) in tables.iter().enumerate() {
            streams.by_owner.insert(table.resource.reference(Some("StreamArn")), index);
            let regions = table.replicas.iter().map(|replica| replica.region.as_str());
            let arns = regions.filter_map(|region| table.arn_in(design, region));
            streams.by_arn.extend(arns.map(|arn| (arn, index)));
        }
        streams
    }

    /// The table whose stream a consumer certainly reads, in its own Region.
    fn table(&self, design: &Design, consumer: &Consumer<'_>) -> Option<usize> {
        match consumer.source.value().known()? {
            Value::Reference(reference) => self.by_owner.get(reference).copied(),
            value => {
                let source = design.symbol(value)?;
                let (arn, _) = source.split_once("/stream/")?;
                let index = self.by_arn.get(arn).copied()?;
                arn.contains(&format!(":{}:", consumer.resource.region())).then_some(index)
            }
        }
    }
}

/// Whether a consumer is, or may be, on and takes everything.
fn acts(consumer: &Consumer<'_>) -> bool {
    !is_off(consumer) && consumer.filters.exists() == Answer::Known(false)
}

fn is_off(consumer: &Consumer<'_>) -> bool {
    consumer.switch.bool() == Answer::Known(false)
        || consumer.switch.text() == Answer::Known("STOPPED".to_owned())
}

fn judge_pair(
    design: &Design,
    judge: &mut Judge<'_>,
    table: &Table<'_>,
    active: &Consumer<'_>,
    standby: &Consumer<'_>,
) {
    if is_off(standby) || judge.text(&standby.switch).is_none() {
        return;
    }
    if judge.known(&standby.filters, standby.filters.exists()) == Some(Some(false)) {
        let (name, key) = (table.named(design), &standby.switch.path);
        let off = if key == "Enabled" { "false" } else { "STOPPED" };
        judge.finding_with(
            &standby.switch,
            &[active.resource.whole()],
            format!("the stream of `{name}` is consumed in both Regions, and here `{key}` is {}", shown(standby)),
            format!("set `{key}: {off}` here and let the takeover turn it on, or filter by the Region that wrote"),
        );
    }
}

fn shown(consumer: &Consumer<'_>) -> String {
    match consumer.switch.exists() {
        Answer::Known(false) => "absent, which means on".to_owned(),
        _ => format!("`{}`", consumer.switch.shown()),
    }
}

fn is_counterpart(design: &Design, active: &Consumer<'_>, standby: &Consumer<'_>) -> bool {
    design.counterpart(active.resource).is_some_and(|found| found.is(standby.resource))
}

/// Whether nothing is known of what a consumer reads.
fn is_unknown(design: &Design, consumer: &Consumer<'_>) -> bool {
    match consumer.source.value() {
        Answer::Unknown(_) => true,
        Answer::Known(value) => design.symbol(value).is_none(),
        Answer::Absent => false,
    }
}
