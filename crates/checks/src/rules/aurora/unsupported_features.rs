//! Features that a global database does not have.

use super::members::{Member, Members};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A member of a global database uses neither Serverless v1 nor Backtrack.
    ///
    /// ## What is checked
    ///
    /// `EngineMode` of a member is not `serverless`, and `BacktrackWindow` is absent or 0. Serverless v2 is
    /// another thing: its mode is `provisioned`.
    ///
    /// ## Why it hurts
    ///
    /// RDS refuses the member, or the way back in time that somebody counts on is not there.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// EngineMode: provisioned
    /// ServerlessV2ScalingConfiguration: {MinCapacity: 8, MaxCapacity: 64}
    /// BackupRetentionPeriod: 7   # instead of BacktrackWindow
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using Amazon Aurora Global Database", limitations.
    "aurora-unsupported-features": Error, NotDeployable, Documented, Template;
    why: "the member is refused, or the feature is missing in the hour in which it is needed";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for member in Members::of(design).iter() {
        judge.subject();
        judge_mode(member, judge);
        judge_backtrack(member, judge);
    }
}

fn judge_mode(member: &Member<'_>, judge: &mut Judge<'_>) {
    let mode = member.cluster.at("EngineMode");
    if judge.text(&mode).flatten().as_deref() == Some("serverless") {
        judge.finding(
            &mode,
            "`EngineMode` is `serverless`: Serverless v1 cannot be in a global database",
            "remove `EngineMode` and use Serverless v2: `ServerlessV2ScalingConfiguration` and instances of class `db.serverless`",
        );
    }
}

fn judge_backtrack(member: &Member<'_>, judge: &mut Judge<'_>) {
    let window = member.cluster.at("BacktrackWindow");
    if let Some(Some(seconds)) = judge.number(&window)
        && seconds > 0.0
    {
        judge.finding(
            &window,
            format!("`BacktrackWindow` is `{seconds}`: a global database has no Backtrack"),
            "remove `BacktrackWindow` and rely on `BackupRetentionPeriod` and point-in-time restore",
        );
    }
}
