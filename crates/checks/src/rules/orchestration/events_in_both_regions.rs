//! Who hears what the global database reports.

use topology::Home;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::global_clusters::GlobalClusters;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// In both Regions of a global database something listens to the events of RDS.
    ///
    /// ## What is checked
    ///
    /// The Region of each member has an `AWS::Events::Rule` whose `EventPattern` names `aws.rds`, or an
    /// `AWS::RDS::EventSubscription`. Templates without any alarm, topic or rule are not judged: whoever watches is made
    /// elsewhere. That the runbook acts on what they hear only a drill shows.
    ///
    /// ## Why it hurts
    ///
    /// Whether the old writer was fenced (RDS-EVENT-0390, RDS-EVENT-0391), and whether a failover has finished
    /// (RDS-EVENT-0238), is reported on the old cluster if that can be reached, and on the new one otherwise.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::Events::Rule
    /// Properties:
    ///   EventPattern: {source: [aws.rds], detail-type: [RDS DB Cluster Event]}
    ///   Targets: [{Id: runbook, Arn: !Ref AlarmTopic}]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database" and "Amazon RDS
    /// event categories and event messages for Aurora".
    "events-in-both-regions": Error, Unseen, Documented, Pair;
    why: "the outcome of the failover, and whether the old writer was fenced, is reported where nobody listens";
    check
}

const RULE_KIND: &str = "AWS::Events::Rule";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(members) = GlobalClusters::of(design).pair(design) else { return };
    if !watches(design) {
        let why = "no alarm, topic or rule is in these templates: what watches is made elsewhere";
        judge.cannot_judge(&members[0].whole(), Unknown(why.into()));
        return;
    }
    let mut deaf: Vec<Resource<'_>> = Vec::new();
    for (home, member) in [Home::Primary, Home::Standby].into_iter().zip(members) {
        judge.subject();
        match judge.known(&member.whole(), hears(design, home)) {
            Some(Some(false)) => deaf.push(member),
            Some(_) => {}
            None => return,
        }
    }
    if let Some((first, rest)) = deaf.split_first() {
        let places: Vec<_> = rest.iter().map(|member| member.whole()).collect();
        let regions: Vec<&str> = deaf.iter().map(|member| member.region()).collect();
        judge.finding_with(
            &first.whole(),
            &places,
            format!("no rule or subscription in {} listens to events of RDS", regions.join(" and in ")),
            "add an `AWS::Events::Rule` with `EventPattern: {source: [aws.rds]}` in each Region, and let it tell \
             whoever runs the takeover",
        );
    }
}

/// Whether these templates have anything that watches or tells, so that listening would be made here too.
fn watches(design: &Design) -> bool {
    let kinds =
        ["AWS::CloudWatch::Alarm", "AWS::RDS::EventSubscription", "AWS::SNS::Topic", RULE_KIND];
    kinds.iter().any(|kind| design.of(kind).next().is_some())
}

/// Whether something in a Region listens to the events of RDS.
fn hears(design: &Design, home: Home) -> Answer<bool> {
    if design.of_home("AWS::RDS::EventSubscription", home).next().is_some() {
        return Answer::Known(true);
    }
    let mut answer = Answer::Known(false);
    for rule in design.of_home(RULE_KIND, home) {
        match rule.at("EventPattern").value() {
            Answer::Known(pattern) if pattern.shown().contains("aws.rds") => {
                return Answer::Known(true);
            }
            Answer::Unknown(why) => answer = Answer::Unknown(why),
            Answer::Known(_) | Answer::Absent => {}
        }
    }
    let region = design.region(home).unwrap_or_default();
    if design.may_hide(RULE_KIND, region) { Answer::Absent } else { answer }
}
