//! Backups of a Region, with a copy in the other one. Replication is no backup: it repeats a bad delete
//! within a second (rules `replication-is-not-backup`, `backup-cross-region-copy`).

use cfn::backup::backup_plan::{
    BackupPlanResourceType, BackupRuleResourceType, CopyActionResourceType, LifecycleResourceType,
};
use cfn::backup::backup_selection::BackupSelectionResourceType;
use cfn::backup::{BackupPlan, BackupSelection, BackupVault};
use cfn::iam::Role;
use cfn::{Attributes, Stack, Text, Value, set, sub};

use crate::alarm::{Series, Statistic, Threshold, alarm};
use crate::database::Database;
use crate::foundation::Foundation;
use crate::policy;
use crate::site::Site;

/// Days that recovery points are kept, here and in the other Region.
const RETENTION_DAYS: f64 = 35.0;

pub(crate) fn backup(site: Site<'_>, foundation: &Foundation, database: &Database) -> Stack {
    let mut stack =
        site.protected_stack("Backup", "Recovery points of the Region, copied to the other one");
    let vault = BackupVault {
        encryption_key_arn: set(foundation.backup_key.arn()),
        ..BackupVault::new(site.backup_vault())
    };
    let vault = stack.add_with("Vault", vault, Attributes::retained());
    let plan = stack.add("Plan", BackupPlan::new(plan(site, vault.reference())));
    let role = Role {
        managed_policy_arns: set([
            managed("service-role/AWSBackupServiceRolePolicyForBackup"),
            managed("AWSBackupServiceRolePolicyForS3Backup"),
        ]),
        ..Role::new(policy::trust_for_own_account("backup.amazonaws.com"))
    };
    let role = stack.add("Role", role);
    let resources: [Value<String>; 3] = [
        database.cluster.db_cluster_arn(),
        sub(site.bucket_arn()).into(),
        site.arn("dynamodb", &format!("table/{}", site.session_table())).into(),
    ];
    let selection = BackupSelectionResourceType {
        resources: set(resources),
        ..BackupSelectionResourceType::new(role.arn(), "payment-data")
    };
    stack.add("Selection", BackupSelection::new(plan.backup_plan_id(), selection));
    alarms(&mut stack, site);
    stack
}

fn alarms(stack: &mut Stack, site: Site<'_>) {
    let failed = [
        ("BackupFailed", "NumberOfBackupJobsFailed", "A backup of payment data failed"),
        ("CopyFailed", "NumberOfCopyJobsFailed", "A backup was not copied to the other Region"),
    ];
    for (id, metric, text) in failed {
        let jobs = Series {
            namespace: "AWS/Backup",
            metric,
            dimensions: vec![("BackupVaultName", site.backup_vault().into())],
            statistic: Statistic::Sum,
            period_seconds: 3_600,
        };
        alarm(stack, site, id, text, &jobs, Threshold::above(0, 1));
    }
}

fn plan(site: Site<'_>, vault: Value<String>) -> BackupPlanResourceType {
    let kept = || LifecycleResourceType {
        delete_after_days: set(RETENTION_DAYS),
        ..LifecycleResourceType::default()
    };
    let other_vault =
        site.other().arn("backup", &format!("backup-vault:{}", site.other().backup_vault()));
    let copy = CopyActionResourceType {
        lifecycle: set(kept()),
        ..CopyActionResourceType::new(other_vault)
    };
    let daily = BackupRuleResourceType {
        schedule_expression: set("cron(0 5 * * ? *)"),
        lifecycle: set(kept()),
        copy_actions: set([copy]),
        ..BackupRuleResourceType::new("daily", vault)
    };
    BackupPlanResourceType::new(format!("{}-daily", site.prefix()), [daily])
}

fn managed(policy: &str) -> Text {
    sub(format!("arn:${{AWS::Partition}}:iam::aws:policy/{policy}"))
}
