//! Consumers of the streams of replicas.

use topology::Home;

use super::replicas::{self, Table};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// A global table's stream is consumed in one Region at a time, or each consumer takes its own Region's writes.
    ///
    /// ## What is checked
    ///
    /// `AWS::Lambda::EventSourceMapping` and `AWS::Pipes::Pipe` in both Regions that read the streams of the same global
    /// table: the standby's is off (`Enabled: false`, `DesiredState: STOPPED`), or it has `FilterCriteria`. What the
    /// filter says is not judged: it should match an attribute with the Region that wrote the item.
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
    let consumers: Vec<_> = CONSUMERS.iter().flat_map(|kind| consumers(design, kind)).collect();
    for table in replicas::in_pair(design) {
        let of = |home| {
            let all = consumers.iter();
            all.filter(move |consumer| design.home(consumer.resource) == Some(home))
        };
        let mut active =
            of(Home::Primary).filter(|consumer| reads(design, consumer, &table) && acts(consumer));
        let Some(active) = active.next() else { continue };
        for standby in of(Home::Standby) {
            if reads(design, standby, &table) {
                judge.subject();
                judge_pair(design, judge, &table, active, standby);
            } else if is_counterpart(design, active, standby) && is_unknown(design, standby) {
                let why = "whether it reads the same table's stream is not known";
                judge.cannot_judge(&standby.source, Unknown(why.into()));
            }
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

/// Whether a consumer certainly reads the stream of a table's replica in its Region.
fn reads(design: &Design, consumer: &Consumer<'_>, table: &Table<'_>) -> bool {
    match consumer.source.value() {
        Answer::Known(Value::Reference(reference)) => {
            reference.attribute.as_deref() == Some("StreamArn")
                && design.resource(reference).is_some_and(|found| found.is(table.resource))
        }
        Answer::Known(value) => {
            let arn = table.arn_in(design, consumer.resource.region());
            let source = design.symbol(value);
            arn.zip(source)
                .is_some_and(|(arn, source)| source.starts_with(&format!("{arn}/stream/")))
        }
        Answer::Absent | Answer::Unknown(_) => false,
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
