//! What keeps the ledger from being deleted.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// The global cluster and its members are protected against deletion.
    ///
    /// ## What is checked
    ///
    /// `DeletionProtection: true` on every global cluster and every member. What becomes of an unprotected member
    /// with its stack, or when it is replaced, is judged by `cfn-deletion-and-replace-policy`.
    ///
    /// ## Why it hurts
    ///
    /// One mistaken call destroys the ledger, and in the days of a takeover clusters of the lost Region are removed by
    /// hand. With the other Region lost there is no second copy. RDS refuses to delete what is protected, whoever
    /// asks: a person, a stack, or an edit that replaces it.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Type: AWS::RDS::DBCluster
    /// Properties:
    ///   DeletionProtection: true
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation reference, "AWS::RDS::GlobalCluster", "AWS::RDS::DBCluster".
    "aurora-deletion-protection": Blocker, DataLost, Documented, Template;
    why: "one mistaken call, or a stack that goes, deletes the only ledger that is left";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let globals = design.of("AWS::RDS::GlobalCluster");
    let members = Members::of(design);
    for resource in globals.chain(members.iter().map(|member| member.cluster)) {
        judge_resource(resource, judge);
    }
}

fn judge_resource(resource: Resource<'_>, judge: &mut Judge<'_>) {
    judge.subject();
    let protection = resource.at("DeletionProtection");
    let found = match judge.bool(&protection) {
        Some(Some(true)) | None => return,
        Some(Some(false)) => "`DeletionProtection` is `false`",
        Some(None) => "`DeletionProtection` is not set, which is `false`",
    };
    judge.finding(&protection, found, "set `DeletionProtection: true`");
}
