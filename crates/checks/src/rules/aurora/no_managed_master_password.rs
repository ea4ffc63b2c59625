//! Master passwords that RDS manages.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// No member of a global database has a master password that RDS manages.
    ///
    /// ## What is checked
    ///
    /// `ManageMasterUserPassword` is not true on a cluster that joins a global database or that one is made from.
    ///
    /// ## Why it hurts
    ///
    /// RDS does not support managed passwords in a global database: the cluster cannot become a member, so that
    /// there is no standby. The managed secret could not be replicated either.
    ///
    /// ## What to change
    ///
    /// On the first cluster alone, with a secret that is replicated to the standby's Region:
    ///
    /// ```yaml
    /// MasterUsername: payments
    /// MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Password management with Amazon Aurora and AWS Secrets Manager", limitations.
    "aurora-no-managed-master-password": Blocker, NoTakeover, Documented, Template;
    why: "RDS refuses a managed password in a global database, so that there is no second member to take over with";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for member in Members::of(design).iter() {
        judge.subject();
        let managed = member.cluster.at("ManageMasterUserPassword");
        if judge.bool(&managed) == Some(Some(true)) {
            judge.finding(
                &managed,
                "`ManageMasterUserPassword` is `true` on a member of a global database",
                "remove `ManageMasterUserPassword`; let the first cluster alone take `MasterUserPassword` from an `AWS::SecretsManager::Secret` with `ReplicaRegions`",
            );
        }
    }
}
