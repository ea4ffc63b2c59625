//! What the global database reports of itself during a role change, told to people.
//!
//! Whether the old writer was fenced and whether a failover has finished is reported in one Region only: where the
//! old cluster is if that can be reached, else where the new one is. So both Regions listen
//! (rule `events-in-both-regions`).

use std::collections::BTreeMap;

use cfn::events::Rule;
use cfn::events::rule::{InputTransformer, RuleState, Target};
use cfn::{Json, Stack, set};

use crate::site::Site;

/// Amazon Aurora User Guide, "Amazon RDS event categories and event messages for Aurora".
const EVENTS: [&str; 15] = [
    // A switchover: started, old writer stopped, waiting for members, waiting for lag, promoted, finished, cancelled,
    // failed.
    "RDS-EVENT-0181",
    "RDS-EVENT-0182",
    "RDS-EVENT-0183",
    "RDS-EVENT-0423",
    "RDS-EVENT-0184",
    "RDS-EVENT-0185",
    "RDS-EVENT-0186",
    "RDS-EVENT-0187",
    // A failover: completed, failed; members rebuilt: started, finished.
    "RDS-EVENT-0238",
    "RDS-EVENT-0239",
    "RDS-EVENT-0240",
    "RDS-EVENT-0241",
    // The old writer was fenced, or not in time; the global writer's name points to the new one.
    "RDS-EVENT-0390",
    "RDS-EVENT-0391",
    "RDS-EVENT-0397",
];

pub(crate) fn database_events(stack: &mut Stack, site: Site<'_>) {
    let target = Target {
        input_transformer: set(in_words()),
        ..Target::new(site.alarm_topic_arn(), "people")
    };
    let rule = Rule {
        name: set(site.database_event_rule()),
        description: set("Tells people what the global database reports of a role change"),
        event_pattern: set(pattern(site)),
        state: set(RuleState::Enabled),
        targets: set([target]),
        ..Rule::default()
    };
    stack.add("DatabaseEvents", rule);
}

/// Reported of either cluster, or of what both are members of.
fn pattern(site: Site<'_>) -> Json {
    let sources = [site.cluster(), site.other().cluster(), site.global_cluster()];
    let detail = [("EventID", Json::list(EVENTS)), ("SourceIdentifier", Json::list(sources))];
    Json::object([("source", Json::list(["aws.rds"])), ("detail", Json::object(detail))])
}

/// A line that can be read on a telephone.
fn in_words() -> InputTransformer {
    let paths = [("event", "EventID"), ("of", "SourceIdentifier"), ("said", "Message")];
    let paths = paths.map(|(name, field)| (name.to_owned(), format!("$.detail.{field}").into()));
    InputTransformer {
        input_paths_map: set(BTreeMap::from(paths)),
        ..InputTransformer::new("\"<event> of <of>: <said>\"")
    }
}
