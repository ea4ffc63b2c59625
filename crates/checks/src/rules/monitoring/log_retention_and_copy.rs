//! Where the record of a takeover is kept.

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

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
    for home in Home::BOTH {
        let Some(region) = design.region(home) else { continue };
        let machines = || design.of_home(MACHINE, home).filter(|machine| moves(*machine));
        let is_there_too = design.of_home(MACHINE, home.other()).any(moves);
        for machine in machines() {
            judge.subject();
            judge_machine(design, judge, machine, is_there_too);
        }
        for trail in design.of_home(TRAIL, home) {
            judge.subject();
            judge_trail(design, judge, trail, region);
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
    is_there_too: bool,
) {
    let logging = machine.at("LoggingConfiguration");
    let destinations = logging.at("Destinations");
    let Some(found) = judge.known(&destinations, destinations.exists()) else { return };
    let level = logging.at("Level").text().known();
    if found != Some(true) || level.as_deref() == Some("OFF") {
        judge.finding(
            &logging,
            "what the state machine does is in no log",
            "set `LoggingConfiguration` with `Level: ALL` and a log group, in both Regions",
        );
    } else if !is_there_too && !is_taken_on(design, machine) {
        judge.finding(
            &destinations,
            format!("the logs of the state machine stay in {}, and it is in no other Region", machine.region()),
            "declare it in both Regions and run it where it takes over, or add an `AWS::Logs::SubscriptionFilter`",
        );
    }
}

/// Whether something takes the logs of a state machine on, or may.
fn is_taken_on(design: &Design, machine: Resource<'_>) -> bool {
    const FILTER: &str = "AWS::Logs::SubscriptionFilter";
    let groups: Vec<_> = machine
        .at("LoggingConfiguration")
        .value()
        .known()
        .into_iter()
        .flat_map(crate::Value::references)
        .filter_map(|reference| design.resource(reference))
        .collect();
    let taken = |filter: Resource<'_>| {
        let named = filter.at("LogGroupName").value().known();
        named.is_some_and(|named| {
            let referred = named.references().into_iter().filter_map(|one| design.resource(one));
            let text = design.text(named).known();
            referred.into_iter().any(|one| groups.iter().any(|group| group.is(one)))
                || groups.iter().any(|group| text.is_some() && design.name(*group).known() == text)
        })
    };
    // A group that is not in these templates may be taken on anywhere.
    groups.is_empty() || design.may_hide(FILTER, machine.region()) || design.of(FILTER).any(taken)
}

fn judge_trail(design: &Design, judge: &mut Judge<'_>, trail: Resource<'_>, region: &str) {
    let everywhere = trail.at("IsMultiRegionTrail");
    let Some(covers) = judge.bool(&everywhere) else { return };
    let other = design.of(TRAIL).any(|other| other.region() != region);
    if covers != Some(true) && !other {
        judge.finding(
            &everywhere,
            format!("the trail covers {region} only"),
            "set `IsMultiRegionTrail: true`",
        );
    }
    let bucket = bucket(design, trail).filter(|bucket| bucket.region() == region);
    if let Some(bucket) = bucket.filter(|_| !other) {
        let replication = bucket.at("ReplicationConfiguration");
        if replication.exists() == Answer::Known(false) {
            judge.finding_with(
                &trail.at("S3BucketName"),
                &[replication],
                format!("the trail's bucket `{}` is in {region} and replicates nowhere", bucket.id()),
                "set `ReplicationConfiguration` on the bucket, with one of the other Region as destination",
            );
        }
    }
}

/// The bucket that a trail writes to, where it is in these templates.
fn bucket<'d>(design: &'d Design, trail: Resource<'d>) -> Option<Resource<'d>> {
    let named = trail.at("S3BucketName").value().known()?;
    if let crate::Value::Reference(reference) = named {
        return design.resource(reference);
    }
    let name = design.text(named).known()?;
    design.of("AWS::S3::Bucket").find(|bucket| design.name(*bucket).known().as_ref() == Some(&name))
}
