//! The OpenAPI document that a Region's REST API is made from: the routes of the topology, each handed to its
//! function, and the one that turns the DNS switch, with requests checked and failures of the gateway itself told as problem documents (RFC 9457).

use std::collections::BTreeMap;

use cfn::iam::Role;
use cfn::{Handle, Json, Object, concat, sub};
use topology::{Authorization, Function, Method, Route};

use crate::site::Site;
use crate::traffic;

/// `traffic` is the role under which the switch is read.
pub(crate) fn document(site: Site<'_>, traffic: &Handle<Role>) -> Json {
    Json::object([
        ("openapi", "3.0.1".into()),
        ("info", Json::object([("title", site.api_name().into()), ("version", "1".into())])),
        ("paths", paths(site, traffic)),
        ("x-amazon-apigateway-gateway-responses", gateway_responses()),
        ("x-amazon-apigateway-request-validator", "all".into()),
        ("x-amazon-apigateway-request-validators", Json::object([("all", validate_all())])),
    ])
}

fn validate_all() -> Json {
    Json::object([("validateRequestBody", true.into()), ("validateRequestParameters", true.into())])
}

fn paths(site: Site<'_>, traffic: &Handle<Role>) -> Json {
    let mut paths: BTreeMap<String, Object> = BTreeMap::new();
    let switch = Object::from([("get".to_owned(), traffic::operation(site, traffic))]);
    paths.insert(traffic::PATH.to_owned(), switch);
    for function in &site.topology.functions {
        for route in &function.routes {
            let operation = operation(site, function, route);
            let method = route.method.as_str().to_ascii_lowercase();
            paths.entry(route.path.clone()).or_default().insert(method, operation);
        }
    }
    Json::Object(paths.into_iter().map(|(path, methods)| (path, Json::Object(methods))).collect())
}

fn operation(site: Site<'_>, function: &Function, route: &Route) -> Json {
    let mut operation = Object::from([
        ("parameters".to_owned(), Json::List(parameters(route))),
        ("responses".to_owned(), Json::object([("200", description("The function's answer"))])),
        ("x-amazon-apigateway-integration".to_owned(), integration(site, function)),
    ]);
    if route.method == Method::Post {
        operation.insert("requestBody".to_owned(), json_body());
    }
    if site.topology.api.authorization == Authorization::Iam && !is_health(&route.path) {
        let iam = Json::object([("type", "AWS_IAM".into())]);
        operation.insert("x-amazon-apigateway-auth".to_owned(), iam);
    }
    Json::Object(operation)
}

/// Health checks come without credentials.
pub(crate) fn is_health(path: &str) -> bool {
    path == "/health" || path.starts_with("/health/")
}

fn integration(site: Site<'_>, function: &Function) -> Json {
    let uri = concat([
        sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/")
            .into(),
        site.alias_arn(function).into(),
        "/invocations".into(),
    ]);
    Json::object([
        ("type", "aws_proxy".into()),
        ("httpMethod", "POST".into()),
        ("uri", uri.into()),
        ("timeoutInMillis", i64::from(function.timeout_seconds * 1000).into()),
    ])
}

/// Parameters in the path. The idempotency key is the function's to ask for: the gateway compares names of
/// headers by case, and HTTP/2 clients send them in lower case.
fn parameters(route: &Route) -> Vec<Json> {
    let segments = route.path.split('/');
    let names = segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        Json::object([
            ("name", name.into()),
            ("in", "path".into()),
            ("required", true.into()),
            ("schema", Json::object([("type", "string".into())])),
        ])
    };
    names.map(parameter).collect()
}

fn json_body() -> Json {
    let schema = Json::object([("schema", Json::object([("type", "object".into())]))]);
    Json::object([
        ("required", true.into()),
        ("content", Json::object([("application/json", schema)])),
    ])
}

fn description(text: &str) -> Json {
    Json::object([("description", text.into())])
}

fn gateway_responses() -> Json {
    Json::object([
        ("DEFAULT_4XX", problem("request_refused")),
        ("DEFAULT_5XX", problem("gateway_failure")),
        ("BAD_REQUEST_BODY", problem("body_invalid")),
        ("BAD_REQUEST_PARAMETERS", problem("parameter_missing")),
        ("THROTTLED", problem("rate_limited")),
    ])
}

fn problem(code: &str) -> Json {
    let template = format!(
        "{{\"type\":\"about:blank\",\"title\":$context.error.messageString,\"code\":\"{code}\",\
         \"request_id\":\"$context.requestId\"}}"
    );
    let content_type = ("gatewayresponse.header.Content-Type", "'application/problem+json'".into());
    Json::object([
        ("responseParameters", Json::object([content_type])),
        ("responseTemplates", Json::object([("application/json", template.into())])),
    ])
}
