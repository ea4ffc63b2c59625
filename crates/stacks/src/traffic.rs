//! What turns the DNS switch: `GET /health/traffic`, which API Gateway answers by itself with what the control record
//! says of this Region's own replica.
//!
//! No function stands in between. One that shares concurrency, a network, a secret or a cold start with payments falls
//! silent with them, and after a failover the Region that serves is the only one that speaks: its silence would send
//! everybody back (rules `r53-stop-pattern`, `r53-no-endpoint-check-on-switch-record`).

use cfn::api_gateway::stage::MethodSetting;
use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::{Handle, Json, Stack, set, sub};

use crate::api::methods;
use crate::foundation::Foundation;
use crate::grants::{RECORD, control_table, decrypt_tables};
use crate::policy::{self, allow};
use crate::site::Site;

/// The path that health checks ask.
pub(crate) const PATH: &str = topology::SWITCH_PATH;

/// How long the table is waited for, in milliseconds: health checkers wait for two seconds.
const PATIENCE_MS: i64 = 1_500;

/// Reading the record, and nothing else of the table.
pub(crate) fn role(stack: &mut Stack, site: Site<'_>, foundation: &Foundation) -> Handle<Role> {
    let read = allow(["dynamodb:GetItem"], [control_table(site)]).of_items([RECORD.to_owned()]);
    let decrypt = decrypt_tables(site, foundation.data_key.arn().into());
    let role = Role {
        description: set(format!(
            "Tells DNS where the traffic of {} is meant to go",
            site.prefix()
        )),
        policies: set([Policy::new(policy::document([read, decrypt]), "record")]),
        ..Role::new(policy::trust("apigateway.amazonaws.com"))
    };
    stack.add("TrafficRole", role)
}

/// The operation in the API's document.
pub(crate) fn operation(site: Site<'_>, role: &Handle<Role>) -> Json {
    let answers = [("200", "The Region that traffic is meant for"), ("503", "It is not known")];
    let answers =
        answers.map(|(status, text)| (status, Json::object([("description", text.into())])));
    Json::object([
        ("responses", Json::object(answers)),
        ("x-amazon-apigateway-integration", integration(site, role)),
    ])
}

/// What is asked is written here: of a request nothing is passed on, whatever its type.
fn integration(site: Site<'_>, role: &Handle<Role>) -> Json {
    let uri = sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:dynamodb:action/GetItem");
    Json::object([
        ("type", "aws".into()),
        ("httpMethod", "POST".into()),
        ("uri", uri.into()),
        ("credentials", role.arn().into()),
        ("passthroughBehavior", "never".into()),
        ("timeoutInMillis", PATIENCE_MS.into()),
        ("requestTemplates", Json::object([("application/json", question(site).into())])),
        ("responses", Json::object([("default", said()), ("[45]\\d{2}", unknown())])),
    ])
}

/// The number sign of the key is written as JSON can, because templates give it a meaning.
fn question(site: Site<'_>) -> String {
    let (table, key) = (site.control_table(), RECORD.replace('#', "\\u0023"));
    format!(
        "{{\"TableName\":\"{table}\",\"ConsistentRead\":true,\"ProjectionExpression\":\"traffic_region\",\
         \"Key\":{{\"id\":{{\"S\":\"{key}\"}}}}}}"
    )
}

/// Health checks look for these letters. Before the first payment there is no record.
const SAID: &str = "\
#set($region = $input.path('$.Item.traffic_region.S'))
#if(\"$!region\" == \"\")
#set($context.responseOverride.status = 503)
{\"code\":\"traffic_unknown\"}
#else
{\"traffic_region\":\"$region\"}
#end
";

fn said() -> Json {
    answer("200", SAID)
}

fn unknown() -> Json {
    answer("503", "{\"code\":\"traffic_unknown\"}")
}

fn answer(status: &str, template: &str) -> Json {
    Json::object([
        ("statusCode", status.into()),
        ("responseTemplates", Json::object([("application/json", template.into())])),
    ])
}

/// A throttle of its own: a run that keeps everybody out of the Region's API does not silence it.
pub(crate) fn throttle(site: Site<'_>) -> MethodSetting {
    // A slash within a path is written so (CloudFormation reference, "AWS::ApiGateway::Stage MethodSetting").
    methods(site, "GET", &format!("/{}", PATH.replace('/', "~1")))
}
