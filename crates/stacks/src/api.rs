//! The REST API of a Region: made ahead of need, because creating one depends on us-east-1
//! (rule `apigw-preprovision`), and alike in both Regions (`apigw-throttle-parity`).

use cfn::api_gateway::rest_api::EndpointConfiguration;
use cfn::api_gateway::stage::{AccessLogSetting, MethodSetting};
use cfn::api_gateway::{Account, Deployment, RestApi, Stage};
use cfn::iam::Role;
use cfn::lambda::Permission;
use cfn::{Attributes, Handle, Stack, concat, set, sub};
use sha2::{Digest, Sha256};

use crate::foundation::Foundation;
use crate::functions::Aliases;
use crate::logs::log_group;
use crate::site::{Site, pascal};
use crate::{openapi, policy, web_acl};

/// What the other stacks of the Region refer to.
pub(crate) struct Api {
    pub(crate) rest_api: Handle<RestApi>,
}

pub(crate) fn api(site: Site<'_>, foundation: &Foundation, aliases: &Aliases) -> (Stack, Api) {
    let mut stack = site.stack("API", "REST API of the Region");
    let account = account(&mut stack);
    let document = openapi::document(site, &|name| aliases[name].alias_arn().into());
    let deployment_id = format!("Deployment{}", fingerprint(site));
    let endpoint =
        EndpointConfiguration { types: set(["REGIONAL"]), ..EndpointConfiguration::default() };
    let rest_api = RestApi {
        name: set(site.api_name()),
        endpoint_configuration: set(endpoint),
        fail_on_warnings: set(true),
        body: set(document),
        ..RestApi::default()
    };
    let rest_api = stack.add("RestApi", rest_api);
    permissions(&mut stack, site, aliases, &rest_api);
    let deployment = stack.add(&deployment_id, Deployment::new(rest_api.reference()));
    let stage = stage(site, foundation, &mut stack, &rest_api, &deployment);
    let stage = stack.add_with("Stage", stage, Attributes::after(&account));
    if site.topology.api.web_acl {
        web_acl::web_acl(&mut stack, site, &rest_api, &stage);
    }
    stack.output("RestApiId", "The Region's REST API", rest_api.reference());
    (stack, Api { rest_api })
}

/// A deployment is a snapshot: another document needs another deployment, hence another logical id. Functions
/// count by name, so that both Regions have the same.
fn fingerprint(site: Site<'_>) -> String {
    let document = openapi::document(site, &|name| name.into());
    let digest = Sha256::digest(format!("{document:?}"));
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The role by which API Gateway writes logs: one for the account and Region, so it stays when this stack
/// goes (rule `apigw-account-role-each-region`).
fn account(stack: &mut Stack) -> Handle<Account> {
    let managed = sub(
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    );
    let role = Role {
        managed_policy_arns: set([managed]),
        ..Role::new(policy::trust("apigateway.amazonaws.com"))
    };
    let role = stack.add_with("LogRole", role, Attributes::retained());
    let account = Account { cloud_watch_role_arn: set(role.arn()) };
    stack.add_with("Account", account, Attributes::retained())
}

fn permissions(stack: &mut Stack, site: Site<'_>, aliases: &Aliases, rest_api: &Handle<RestApi>) {
    let called = site.topology.functions.iter().filter(|function| !function.routes.is_empty());
    for function in called {
        let source = concat([
            sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:").into(),
            rest_api.reference().into(),
            "/*/*/*".into(),
        ]);
        let alias = aliases[&function.name].alias_arn();
        let permission = Permission {
            source_arn: set(source),
            ..Permission::new("lambda:InvokeFunction", alias, "apigateway.amazonaws.com")
        };
        stack.add(&format!("{}Permission", pascal(&function.name)), permission);
    }
}

fn stage(
    site: Site<'_>,
    foundation: &Foundation,
    stack: &mut Stack,
    rest_api: &Handle<RestApi>,
    deployment: &Handle<Deployment>,
) -> Stage {
    let name = format!("/{}/api-access", site.prefix());
    let logs = log_group(stack, site, "AccessLogs", &name, foundation);
    let limits = &site.topology.api;
    let methods = MethodSetting {
        http_method: set("*"),
        resource_path: set("/*"),
        metrics_enabled: set(true),
        logging_level: set("ERROR"),
        data_trace_enabled: set(false),
        throttling_rate_limit: set(f64::from(limits.rate_limit)),
        throttling_burst_limit: set(i64::from(limits.burst_limit)),
        ..MethodSetting::default()
    };
    let access_log =
        AccessLogSetting { destination_arn: set(logs.arn()), format: set(access_log_format()) };
    Stage {
        stage_name: set(&limits.stage),
        deployment_id: set(deployment.deployment_id()),
        access_log_setting: set(access_log),
        method_settings: set([methods]),
        tracing_enabled: set(true),
        ..Stage::new(rest_api.reference())
    }
}

/// Allow-listed fields without bodies, headers or addresses, which could hold card data
/// (rule `apigw-access-logs-redacted`).
fn access_log_format() -> String {
    let fields = [
        ("request_id", "$context.requestId"),
        ("time", "$context.requestTime"),
        ("method", "$context.httpMethod"),
        ("route", "$context.resourcePath"),
        ("status", "$context.status"),
        ("latency_ms", "$context.responseLatency"),
        ("integration_status", "$context.integration.status"),
        ("integration_latency_ms", "$context.integration.latency"),
        ("trace_id", "$context.xrayTraceId"),
    ];
    let members: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!("{{{}}}", members.join(","))
}
