//! Where backups are.

use std::collections::BTreeSet;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// A backup plan copies to a vault in another Region.
    ///
    /// ## What is checked
    ///
    /// Every `AWS::Backup::BackupPlan` in a Region of the pair has a rule with a `CopyActions` entry whose
    /// `DestinationBackupVaultArn` is in another Region, unless the other Region of the pair has the same plan for its
    /// own replicas. Whether a recent recovery point is there, and none in cold storage, which cannot leave its Region,
    /// shows at run time only.
    ///
    /// ## Why it hurts
    ///
    /// The last defence against a bad delete is in the Region that is lost.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// CopyActions:
    ///   - DestinationBackupVaultArn: !Sub "arn:aws:backup:us-east-2:${AWS::AccountId}:backup-vault:payments"
    ///     Lifecycle: {DeleteAfterDays: 35}
    /// ```
    ///
    /// Give the other vault a key of its own Region: copies are encrypted again with it.
    ///
    /// ## Source
    ///
    /// AWS Backup Developer Guide, "Creating backup copies across AWS Regions".
    "backup-cross-region-copy": Error, DataLost, Documented, Pair;
    why: "the backups are lost together with the Region, just when they are the last copy that is not ruined";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for plan in design.of("AWS::Backup::BackupPlan").filter(|plan| design.home(*plan).is_some()) {
        judge.subject();
        let mut regions = BTreeSet::new();
        let mut doubt = None;
        for rule in judge.items(&plan.at("BackupPlan.BackupPlanRule")) {
            for copy in judge.items(&rule.at("CopyActions")) {
                match region(design, &copy.at("DestinationBackupVaultArn")) {
                    Ok(region) => _ = regions.insert(region),
                    Err(why) => doubt = Some(why),
                }
            }
        }
        let away = regions.iter().any(|region| region != plan.region());
        match doubt {
            _ if away || design.counterpart(plan).is_some() => {}
            Some(why) => judge.cannot_judge(&plan.at("BackupPlan.BackupPlanRule"), why),
            None => report(design, judge, plan),
        }
    }
}

/// The Region of a vault.
fn region(design: &Design, vault: &Place<'_>) -> Result<String, Unknown> {
    let value = match vault.value() {
        Answer::Known(value) => value,
        Answer::Absent => return Err(Unknown("a copy names no vault".into())),
        Answer::Unknown(why) => return Err(why),
    };
    if let Some(reference) = value.references().first()
        && let Some(vault) = design.resource(reference)
    {
        return Ok(vault.region().to_owned());
    }
    let text = design.symbol(value).unwrap_or_default();
    let region = text.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
    region.map(str::to_owned).ok_or_else(|| Unknown(format!("`{}` is not known", value.shown())))
}

fn report(design: &Design, judge: &mut Judge<'_>, plan: Resource<'_>) {
    let other = design.home(plan).and_then(|home| design.region(home.other())).unwrap_or_default();
    let account = "${AWS::AccountId}";
    judge.finding(
        &plan.at("BackupPlan.BackupPlanRule"),
        format!("no rule of the plan copies out of {}", plan.region()),
        format!(
            "add `CopyActions: [{{DestinationBackupVaultArn: !Sub \"arn:aws:backup:{other}:{account}:backup-vault:NAME\"\
             }}]`, and a vault in {other} with a key of its own"
        ),
    );
}
