//! Where the record of a takeover is kept.

use std::collections::BTreeSet;

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Reference;

rule! {
    /// The record of a takeover is written in the Region that survives, or copied there.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: a state machine that moves the service (its name or definition speaks of failover or
    /// switchover) exists in both Regions and writes logs, or the log group that it writes to has a subscription
    /// that takes the logs on. An `AWS::CloudTrail::Trail` covers all Regions, or each Region has one, and its bucket
    /// replicates.
    ///
    /// ## Why it hurts
    ///
    /// The evidence of the incident, who decided what and when, is lost with the Region; auditors ask for it, and
    /// so does whoever must tell which payments were open.
    ///
    /// ## What to change
    ///
    /// Declare the state machine in both Regions, run it in the one that takes over, and log all of it:
    ///
    /// ```yaml
    /// LoggingConfiguration:
    ///   Level: ALL
    ///   IncludeExecutionData: false
    ///   Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !GetAtt RunLogs.Arn}}]
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Step Functions Developer Guide, "Using CloudWatch Logs to log execution history in Step Functions"; AWS
    /// CloudTrail User Guide, "Creating a trail for your AWS account".
    "log-retention-and-copy": Warning, Unseen, Derived, Pair;
    why: "the evidence of what was done in the takeover is lost with the Region";
    check
}

const MACHINE: &str = "AWS::StepFunctions::StateMachine";
const TRAIL: &str = "AWS::CloudTrail::Trail";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let taken = Taken::of(design);
    let trails: BTreeSet<&str> = design.of(TRAIL).map(Resource::region).collect();
    let moving = Home::BOTH.map(|home| {
        design.of_home(MACHINE, home).filter(|machine| moves(*machine)).collect::<Vec<_>>()
    });
    let is_alone = moving.iter().any(Vec::is_empty);
    for machine in moving.into_iter().flatten() {
        judge.subject();
        judge_machine(design, judge, machine, is_alone, &taken);
    }
    for trail in design.of(TRAIL).filter(|trail| design.home(*trail).is_some()) {
        judge.subject();
        // With a trail in another Region the record survives there.
        if trails.len() == 1 {
            judge_trail(design, judge, trail);
        }
    }
}

/// Whether a state machine moves the service from one Region to the other.
fn moves(machine: Resource<'_>) -> bool {
    let texts = machine.declared.properties.texts();
    let named =
        [machine.id().to_owned()].into_iter().chain(texts.into_iter().map(|(_, text)| text));
    named.into_iter().any(|text| {
        let lower = text.to_lowercase();
        lower.contains("failover") || lower.contains("switchover")
    })
}

fn judge_machine(
    design: &Design,
    judge: &mut Judge<'_>,
    machine: Resource<'_>,
    is_alone: bool,
    taken: &Taken,
) {
    let logging = machine.at("LoggingConfiguration");
    let destinations = logging.at("Destinations");
    let Some(found) = judge.known(&destinations, destinations.exists()) else { return };
    let level = logging.at("Level").text().known();
    let region = machine.region();
    if found != Some(true) || level.as_deref() == Some("OFF") {
        judge.finding(
            &logging,
            "what the state machine does is in no log",
            "set `LoggingConfiguration` with `Level: ALL` and a log group, in both Regions",
        );
    } else if is_alone && !taken.may_have(design, machine) {
        judge.finding(
            &destinations,
            format!(
                "the logs of the state machine stay in {region}, and it is in no other Region"
            ),
            "declare it in both Regions and run it where it takes over, or subscribe to its log group",
        );
    }
}

/// The log groups that something takes on.
struct Taken {
    /// By stack and logical id.
    groups: BTreeSet<(usize, String)>,
    names: BTreeSet<String>,
    /// Whether there may be more.
    hides: bool,
}

impl Taken {
    fn of(design: &Design) -> Self {
        const FILTER: &str = "AWS::Logs::SubscriptionFilter";
        let mut taken = Self { groups: BTreeSet::new(), names: BTreeSet::new(), hides: false };
        for filter in design.of(FILTER) {
            if let Answer::Known(named) = filter.at("LogGroupName").value() {
                let groups = named.references().into_iter();
                taken.groups.extend(groups.map(|group| (group.stack, group.resource.clone())));
                taken.names.extend(design.text(named).known());
            }
        }
        let mut regions = Home::BOTH.into_iter().filter_map(|home| design.region(home));
        taken.hides = regions.any(|region| design.may_hide(FILTER, region));
        taken
    }

    /// Whether a log group of the state machine is taken on, or may be: one that is not in these templates may be
    /// taken on anywhere.
    fn may_have(&self, design: &Design, machine: Resource<'_>) -> bool {
        let logging = machine.at("LoggingConfiguration").value().known();
        let groups: Vec<_> = logging.map(crate::Value::references).unwrap_or_default();
        let is_taken = |group: &Reference| {
            let name = design.resource(group).and_then(|group| design.name(group).known());
            self.groups.contains(&(group.stack, group.resource.clone()))
                || name.is_some_and(|name| self.names.contains(&name))
        };
        self.hides || groups.is_empty() || groups.into_iter().any(is_taken)
    }
}

/// Judges the one trail of a design.
fn judge_trail(design: &Design, judge: &mut Judge<'_>, trail: Resource<'_>) {
    let region = trail.region();
    let everywhere = trail.at("IsMultiRegionTrail");
    let Some(covers) = judge.bool(&everywhere) else { return };
    if covers != Some(true) {
        judge.finding(
            &everywhere,
            format!("the trail covers {region} only"),
            "set `IsMultiRegionTrail: true`",
        );
    }
    let named = trail.at("S3BucketName").reference().known();
    let Some(bucket) = named.and_then(|bucket| design.resource(bucket)) else { return };
    let replication = bucket.at("ReplicationConfiguration");
    if bucket.region() == region && replication.exists() == Answer::Known(false) {
        judge.finding_with(
            &trail.at("S3BucketName"),
            &[replication],
            format!("the trail's bucket `{}` is in {region} and replicates nowhere", bucket.id()),
            "set `ReplicationConfiguration` on the bucket, with one of the other Region as destination",
        );
    }
}
