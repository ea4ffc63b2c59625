//! Whether a replication rule says what becomes of delete markers.

use super::replications;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A replication rule between the Regions says whether delete markers are copied.
    ///
    /// ## What is checked
    ///
    /// Every rule between buckets of the pair that is turned on and has no `Filter` has
    /// `DeleteMarkerReplication.Status`. (With `Filter` S3 demands it: `s3-v2-needs-delete-marker-element`.)
    ///
    /// ## Why it hurts
    ///
    /// A rule without `Filter` is of the first version, which copies some delete markers and not others, depending
    /// on who deleted. Not copied, deleted objects reappear when the other Region takes over; copied, a mistaken
    /// delete removes the safety copy too. Deletes of a version and deletes by a lifecycle are never copied. Choose.
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
    /// Amazon S3 User Guide, "Replicating delete markers between buckets".
    "s3-delete-marker-policy-explicit": Error, DataLost, Documented, Pair;
    why: "after the takeover deleted objects are back, or a mistaken delete has removed the safety copy";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (replication, _) in replications::across(design) {
        judge.subject();
        let rule = &replication.rule;
        let [filter, status] = ["Filter", "DeleteMarkerReplication.Status"].map(|key| rule.at(key));
        if judge.known(&filter, filter.exists()) == Some(Some(false))
            && judge.known(&status, status.exists()) == Some(Some(false))
        {
            judge.finding(
                &status,
                "the rule has neither `Filter` nor `DeleteMarkerReplication`, so that who deletes decides whether the \
                 delete is copied",
                "replace `Prefix` by `Filter: {Prefix: \"\"}` and add `Priority: 1` and `DeleteMarkerReplication: \
                 {Status: Disabled}` (an undelete copy) or `Enabled` (equal buckets)",
            );
        }
    }
}
