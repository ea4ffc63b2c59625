//! The ledger's database in a Region: an Aurora PostgreSQL cluster, member of the global database.
//!
//! The home primary's cluster starts alone and is made the first member by the global cluster
//! (`aurora-primary-form`, form a); the home standby's joins by name and inherits user and password
//! (`aurora-secondary-no-credentials`). Everything else is alike in both, because nothing is inherited at
//! promotion (`aurora-config-parity`); the version too, which RDS does not take over from the global cluster
//! (`aurora-engine-version-on-global-only`). Which one is writer is nowhere in the templates.

use cfn::iam::Role;
use cfn::rds::db_cluster_parameter_group::DbClusterParameterGroup;
use cfn::rds::{DbCluster, DbInstance, DbSubnetGroup};
use cfn::secrets_manager::Secret;
use cfn::secrets_manager::secret::GenerateSecretString;
use cfn::{Attributes, Handle, Json, Stack, availability_zone, concat, set, sub};
use topology::Home;

use crate::foundation::Foundation;
use crate::global_database;
use crate::logs::log_group;
use crate::network::Network;
use crate::policy;
use crate::secret;
use crate::site::{KeyUse, Site};

/// What the other stacks of the Region refer to.
pub(crate) struct Database {
    pub(crate) cluster: Handle<DbCluster>,
}

pub(crate) fn database(
    site: Site<'_>,
    foundation: &Foundation,
    network: &Network,
) -> (Stack, Database) {
    let mut stack = site.protected_stack("Database", "The ledger's database in the Region");
    let subnets = subnet_group(&mut stack, site, network);
    let parameters = parameter_group(&mut stack, site);
    let logs = format!("/aws/rds/cluster/{}/postgresql", site.cluster());
    let logs = log_group(&mut stack, site, "DatabaseLogs", logs, foundation);
    let shared = DbCluster {
        db_cluster_identifier: set(site.cluster()),
        db_subnet_group_name: set(subnets.reference()),
        db_cluster_parameter_group_name: set(parameters.reference()),
        vpc_security_group_ids: set([network.database_group.group_id()]),
        engine: set("aurora-postgresql"),
        engine_version: set(site.topology.database.engine_version.to_string()),
        port: set(5432),
        storage_encrypted: set(true),
        kms_key_id: set(foundation.ledger_key.arn()),
        backup_retention_period: set(i64::from(site.topology.database.backup_days)),
        preferred_backup_window: set(site.topology.database.backup_window.to_string()),
        copy_tags_to_snapshot: set(true),
        deletion_protection: set(true),
        enable_cloudwatch_logs_exports: set(["postgresql"]),
        enable_iam_database_authentication: set(true),
        ..DbCluster::default()
    };
    let attributes = Attributes::retained().and_after(&logs);
    let cluster = match site.home {
        Home::Primary => {
            let secret = secret(&mut stack, site, foundation);
            stack.add_with("Cluster", first_member(site, &secret, shared), attributes)
        }
        Home::Standby => {
            stack.depends_on.insert(site.other().stack_id(global_database::LAYER).into());
            stack.add_with("Cluster", joining_member(site, shared), attributes)
        }
    };
    instances(&mut stack, site, foundation, &cluster);
    stack.output(
        "ClusterEndpoint",
        "Host of the Region's own cluster endpoint",
        cluster.endpoint_address(),
    );
    (stack, Database { cluster })
}

/// Has the only user and password: the global cluster takes both over from it.
fn first_member(site: Site<'_>, secret: &Handle<Secret>, shared: DbCluster) -> DbCluster {
    let database = &site.topology.database;
    let password = concat([
        "{{resolve:secretsmanager:".into(),
        secret.reference().into(),
        ":SecretString:password}}".into(),
    ]);
    DbCluster {
        database_name: set(&database.name),
        master_username: set(&database.user),
        master_user_password: set(password),
        ..shared
    }
}

fn joining_member(site: Site<'_>, shared: DbCluster) -> DbCluster {
    DbCluster { global_cluster_identifier: set(site.global_cluster()), ..shared }
}

/// The secret of both Regions. It holds user and password only: the host differs by Region, and functions get it
/// from their own Region's stack.
fn secret(stack: &mut Stack, site: Site<'_>, foundation: &Foundation) -> Handle<Secret> {
    let template = serde_json::json!({"username": site.topology.database.user});
    let generate = GenerateSecretString {
        secret_string_template: set(template.to_string()),
        generate_string_key: set("password"),
        password_length: set(40),
        exclude_punctuation: set(true),
        ..GenerateSecretString::default()
    };
    let key = (KeyUse::Ledger, &foundation.ledger_key);
    let text = "Master user of the ledger's database";
    let secret = secret::replicated(stack, site, site.secret_name(), text, key);
    let secret = Secret { generate_secret_string: set(generate), ..secret };
    stack.add_with("Secret", secret, Attributes::retained())
}

fn subnet_group(stack: &mut Stack, site: Site<'_>, network: &Network) -> Handle<DbSubnetGroup> {
    let subnets: Vec<_> = network.isolated_subnets.iter().map(Handle::reference).collect();
    let text = format!("Isolated subnets of {}", site.prefix());
    stack.add("SubnetGroup", DbSubnetGroup::new(text, subnets))
}

/// Parameters, the same in both Regions. Logs carry no values of statements (rule `pay-log-redaction`).
/// `rds.global_db_rpo` stays at its default: with two Regions it would
/// stop the survivor's commits (rule `aurora-rpo-param-two-regions`).
fn parameter_group(stack: &mut Stack, site: Site<'_>) -> Handle<DbClusterParameterGroup> {
    let family = format!("aurora-postgresql{}", site.topology.database.engine_version.major);
    let parameters =
        Json::object([("log_error_verbosity", "terse".into()), ("rds.force_ssl", "1".into())]);
    let text = format!("Parameters of {}, the same in both Regions", site.prefix());
    stack.add("ClusterParameters", DbClusterParameterGroup::new(text, family, parameters))
}

/// Instances of one class in both Regions: a standby is never without one, and never smaller.
fn instances(
    stack: &mut Stack,
    site: Site<'_>,
    foundation: &Foundation,
    cluster: &Handle<DbCluster>,
) {
    let role = monitoring_role(stack);
    let chosen = site.topology.zone_ids(site.home).is_empty();
    for number in 1..=site.topology.database.instances {
        let zone = (number - 1) % site.topology.network.zones;
        let zone = chosen.then(|| availability_zone(zone as usize));
        let instance = DbInstance {
            db_cluster_identifier: set(cluster.reference()),
            db_instance_identifier: set(format!("{}-{number}", site.cluster())),
            db_instance_class: set(site.topology.database.instance_class.to_string()),
            engine: set("aurora-postgresql"),
            publicly_accessible: set(false),
            auto_minor_version_upgrade: set(false),
            availability_zone: zone,
            promotion_tier: set(i64::from(number - 1)),
            monitoring_interval: set(60),
            monitoring_role_arn: set(role.arn()),
            enable_performance_insights: set(true),
            performance_insights_kms_key_id: set(foundation.ledger_key.arn()),
            ..DbInstance::default()
        };
        stack.add_with(&format!("Instance{number}"), instance, Attributes::retained());
    }
}

fn monitoring_role(stack: &mut Stack) -> Handle<Role> {
    let managed =
        sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole");
    let role = Role {
        managed_policy_arns: set([managed]),
        ..Role::new(policy::trust_for_own_account("monitoring.rds.amazonaws.com"))
    };
    stack.add("MonitoringRole", role)
}
