//! What a replication rule with a filter must have.

use super::replications;
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// A replication rule with `Filter` also has `DeleteMarkerReplication` and `Priority`; with tags in the filter,
    /// delete markers are `Disabled`.
    ///
    /// ## What is checked
    ///
    /// Every replication rule that is turned on and has `Filter`, an empty prefix included.
    ///
    /// ## Why it hurts
    ///
    /// `Filter` makes it a rule of the second version, which S3 refuses without these two, and refuses if it is to
    /// copy delete markers by tags. The bucket, and every stack that waits for it, is not created.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Filter: {Prefix: ""}
    /// Priority: 1
    /// DeleteMarkerReplication: {Status: Disabled}
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "AWS::S3::Bucket ReplicationRule".
    "s3-v2-needs-delete-marker-element": Blocker, NotDeployable, Documented, Template;
    why: "S3 refuses the rule, so that neither the bucket nor its copy in the other Region comes to be";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for replication in replications::all(design) {
        let rule = &replication.rule;
        if rule.at("Filter").exists() == Answer::Known(true) {
            judge.subject();
            missing(judge, rule);
            by_tags(judge, rule);
        }
    }
}

fn missing(judge: &mut Judge<'_>, rule: &Place<'_>) {
    let marker = ("DeleteMarkerReplication", "`DeleteMarkerReplication: {Status: Disabled}`");
    let priority = ("Priority", "`Priority: 1`");
    let mut missing = Vec::new();
    for (key, change) in [marker, priority] {
        let place = rule.at(key);
        if judge.known(&place, place.exists()) == Some(Some(false)) {
            missing.push((key, change));
        }
    }
    if !missing.is_empty() {
        let keys: Vec<_> = missing.iter().map(|(key, _)| format!("`{key}`")).collect();
        let changes: Vec<_> = missing.iter().map(|(_, change)| *change).collect();
        judge.finding(
            rule,
            format!("the rule has `Filter` and no {}", keys.join(" and no ")),
            format!("add {}", changes.join(" and ")),
        );
    }
}

fn by_tags(judge: &mut Judge<'_>, rule: &Place<'_>) {
    let tags = ["Filter.TagFilter", "Filter.And.TagFilters"].map(|keys| rule.at(keys).exists());
    let status = rule.at("DeleteMarkerReplication.Status");
    if tags.contains(&Answer::Known(true))
        && judge.text(&status) == Some(Some("Enabled".to_owned()))
    {
        judge.finding(
            &status,
            "the rule filters by tags, and `DeleteMarkerReplication.Status` is `Enabled`",
            "set `DeleteMarkerReplication.Status` to `Disabled`, or filter by a prefix only",
        );
    }
}
