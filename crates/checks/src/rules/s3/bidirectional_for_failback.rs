//! Replication in both directions.

use std::cell::LazyCell;

use super::logs;
use super::replications::{self, Replication, Timing, named};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Buckets of the pair replicate in both directions, and changes to replicas are copied too.
    ///
    /// ## What is checked
    ///
    /// For every rule between buckets of the pair that is turned on, the destination has a rule back, and both have
    /// `SourceSelectionCriteria.ReplicaModifications.Status: Enabled`. A rule that waits for a parameter, as the
    /// second pass of `s3-two-phase-create`, counts as there and is listed as not judged until it is turned on. Buckets
    /// that keep logs only, or whose objects all expire within a year, may replicate one way.
    ///
    /// ## Why it hurts
    ///
    /// After a takeover objects are written in the other Region only. Adding the rule then is a change of a bucket's
    /// configuration, which depends on us-east-1 and copies only objects that are written later.
    ///
    /// ## What to change
    ///
    /// Give the destination a rule to the source, before there is any takeover, and add to both rules:
    ///
    /// ```yaml
    /// SourceSelectionCriteria:
    ///   ReplicaModifications: {Status: Enabled}
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "Replicating metadata changes with replica modification sync"; AWS Fault Isolation
    /// Boundaries, "Global services".
    "s3-bidirectional-for-failback": Error, NoWayHome, Documented, Pair;
    why: "what is written after the takeover never returns home";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let (all, logs) = (logs::lasting(design), logs::buckets(design));
    for replication in replications::all(design) {
        let source = replication.source;
        let is_judged =
            design.home(source).is_some() && !logs.contains(&replications::name(design, source));
        if replication.destination.is_none() && is_judged {
            let why = Unknown("where it leads is no bucket of these templates".into());
            judge.cannot_judge(&replication.rule.at("Destination.Bucket"), why);
        }
    }
    let setter = LazyCell::new(|| setter(design));
    for (replication, destination) in &all {
        judge.subject();
        let back = |(other, to): &&(Replication<'_>, Resource<'_>)| {
            other.source.is(*destination) && to.is(replication.source)
        };
        match all.iter().find(back) {
            Some((back, _)) => {
                waits(judge, replication);
                modifications(judge, replication, back);
            }
            None => missing(design, judge, replication, *destination, *setter),
        }
    }
}

/// What waits for a parameter is not judged to be there.
fn waits(judge: &mut Judge<'_>, replication: &Replication<'_>) {
    if replication.timing == Timing::Planned {
        let why = match replication.source.stack.compared.as_slice() {
            [one] => format!("the rule waits for parameter `{}`, as a second pass", one.parameter),
            _ => "the rule waits for a parameter, as a second pass".to_owned(),
        };
        judge.cannot_judge(&replication.rule, Unknown(why));
    }
}

fn modifications(judge: &mut Judge<'_>, replication: &Replication<'_>, back: &Replication<'_>) {
    let status = replication.rule.at("SourceSelectionCriteria.ReplicaModifications.Status");
    if let Some(found) = judge.text(&status)
        && found.as_deref() != Some("Enabled")
    {
        let found = found.map_or("absent".to_owned(), |status| format!("`{status}`"));
        judge.finding_with(
            &status,
            std::slice::from_ref(&back.rule),
            format!(
                "the buckets replicate both ways, and `SourceSelectionCriteria.ReplicaModifications.Status` is {found}"
            ),
            "set `SourceSelectionCriteria.ReplicaModifications.Status` to `Enabled` in the rules of both buckets",
        );
    }
}

fn missing(
    design: &Design,
    judge: &mut Judge<'_>,
    replication: &Replication<'_>,
    destination: Resource<'_>,
    setter: Option<Resource<'_>>,
) {
    let place = destination.at("ReplicationConfiguration");
    if known_rules(design, &place) {
        if let Some(setter) = setter {
            let why = format!("`{}` may set replication at deployment", setter.id());
            return judge.cannot_judge(&place, Unknown(why));
        }
        let (from, to) = (named(design, replication.source), named(design, destination));
        let home = replication.source.region();
        judge.finding_with(
            &place,
            std::slice::from_ref(&replication.rule),
            format!("`{from}` in {home} replicates to `{to}`, which has no rule back"),
            format!(
                "give `{to}` a `ReplicationConfiguration` with a rule to `arn:aws:s3:::{from}`, and both rules \
                 `SourceSelectionCriteria: {{ReplicaModifications: {{Status: Enabled}}}}`"
            ),
        );
    } else {
        judge.cannot_judge(&place, Unknown("where its rules lead is not known".into()));
    }
}

/// Whether it is known where every rule of a configuration leads.
fn known_rules(design: &Design, configuration: &Place<'_>) -> bool {
    let leads = |rule: &Place<'_>| {
        let bucket = rule.at("Destination.Bucket").value().known();
        bucket.is_some_and(|bucket| design.symbol(bucket).is_some())
    };
    match configuration.at("Rules").items() {
        Answer::Absent => true,
        Answer::Known(rules) => rules.iter().all(leads),
        Answer::Unknown(_) => false,
    }
}

/// A resource by which code sets the replication of buckets at deployment: one that calls S3's API for it, has code
/// that does, or may do it.
fn setter(design: &Design) -> Option<Resource<'_>> {
    let calls = |text: &str| {
        let text = text.to_lowercase().replace('_', "");
        text.contains("putbucketreplication") || text.contains("putreplicationconfiguration")
    };
    design
        .resources()
        .find(|resource| resource.declared.properties.texts().iter().any(|(_, text)| calls(text)))
}
