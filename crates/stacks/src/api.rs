//! The REST API of a Region: made ahead of need, because creating one depends on us-east-1
//! (rule `apigw-preprovision`), and alike in both Regions (`apigw-throttle-parity`).

use cfn::api_gateway::rest_api::EndpointConfiguration;
use cfn::api_gateway::stage::{AccessLogSetting, MethodSetting};
use cfn::api_gateway::{Account, Deployment, RestApi, Stage};
use cfn::iam::Role;
use cfn::lambda::Permission;
use cfn::logs::LogGroup;
use cfn::{Attributes, Handle, Stack, ToJson, concat, set, sub};
use topology::Authorization;

use crate::foundation::Foundation;
use crate::logs::log_group;
use crate::site::{Site, pascal};
use crate::{openapi, policy, traffic, web_acl};

/// What the other stacks of the Region refer to.
pub(crate) struct Api {
    pub(crate) rest_api: Handle<RestApi>,
}

pub(crate) fn api(site: Site<'_>, foundation: &Foundation) -> (Stack, Api) {
    let mut stack = site.protected_stack("API", "REST API of the Region");
    let account = account(&mut stack);
    require_functions(&mut stack, site);
    let traffic = traffic::role(&mut stack, site, foundation);
    let document = openapi::document(site, &traffic);
    let endpoint =
        EndpointConfiguration { types: set(["REGIONAL"]), ..EndpointConfiguration::default() };
    let rest_api = RestApi {
        name: set(site.api_name()),
        endpoint_configuration: set(endpoint),
        disable_execute_api_endpoint: set(true),
        fail_on_warnings: set(true),
        body: set(document),
        ..RestApi::default()
    };
    // A deployment is a snapshot: another API needs another one, hence another logical id.
    let deployment_id = format!("Deployment{}", site.fingerprint(&rest_api.to_json()));
    let rest_api = stack.add("RestApi", rest_api);
    permissions(&mut stack, site, &rest_api);
    let deployment = stack.add(&deployment_id, Deployment::new(rest_api.reference()));
    let logs = execution_logs(&mut stack, site, foundation, &rest_api);
    let stage = stage(site, foundation, &mut stack, &rest_api, &deployment);
    let stage = stack.add_with("Stage", stage, Attributes::after(&account).and_after(&logs));
    if site.topology.api.web_acl {
        web_acl::web_acl(&mut stack, site, &rest_api, &stage);
    }
    if site.topology.api.authorization == Authorization::None {
        let text = "`api.authorization` is \"none\": whoever reaches the API can move money";
        stack.notes.push(text.to_owned());
    }
    stack.output("RestApiId", "The Region's REST API", rest_api.reference());
    (stack, Api { rest_api })
}

/// The API names functions by ARNs that follow from the topology: an import would forbid to remove a function
/// for as long as the API's stack has not been deployed without it.
fn require_functions(stack: &mut Stack, site: Site<'_>) {
    let groups = site.topology.functions.iter().map(|function| site.stack_id(&function.group));
    stack.depends_on.extend(groups.map(Into::into));
}

/// Where API Gateway writes errors, under the name that it expects; it would make one without retention.
fn execution_logs(
    stack: &mut Stack,
    site: Site<'_>,
    foundation: &Foundation,
    rest_api: &Handle<RestApi>,
) -> Handle<LogGroup> {
    let stage = format!("/{}", site.topology.api.stage);
    let name =
        concat(["API-Gateway-Execution-Logs_".into(), rest_api.reference().into(), stage.into()]);
    log_group(stack, site, "ExecutionLogs", name, foundation)
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

fn permissions(stack: &mut Stack, site: Site<'_>, rest_api: &Handle<RestApi>) {
    let called = site.topology.functions.iter().filter(|function| !function.routes.is_empty());
    for function in called {
        let source = concat([
            sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:").into(),
            rest_api.reference().into(),
            "/*/*/*".into(),
        ]);
        let permission = Permission {
            source_arn: set(source),
            ..Permission::new(
                "lambda:InvokeFunction",
                site.alias_arn(function),
                "apigateway.amazonaws.com",
            )
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
    let logs = log_group(stack, site, "AccessLogs", name, foundation);
    let all = methods(site, "*", "/*");
    let access_log =
        AccessLogSetting { destination_arn: set(logs.arn()), format: set(access_log_format()) };
    Stage {
        stage_name: set(&site.topology.api.stage),
        deployment_id: set(deployment.deployment_id()),
        access_log_setting: set(access_log),
        method_settings: set([all, traffic::throttle(site)]),
        tracing_enabled: set(true),
        ..Stage::new(rest_api.reference())
    }
}

/// How methods are throttled and watched.
pub(crate) fn methods(site: Site<'_>, verb: &str, path: &str) -> MethodSetting {
    let limits = &site.topology.api;
    MethodSetting {
        http_method: set(verb),
        resource_path: set(path),
        metrics_enabled: set(true),
        logging_level: set("ERROR"),
        data_trace_enabled: set(false),
        throttling_rate_limit: set(f64::from(limits.rate_limit)),
        throttling_burst_limit: set(i64::from(limits.burst_limit)),
        ..MethodSetting::default()
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
