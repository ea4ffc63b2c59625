//! What stands behind the switch.

use std::collections::BTreeMap;

use super::health::attached;
use super::records::plain;
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// The endpoint that says where traffic is meant to go is answered by no function that takes payments too.
    ///
    /// ## What is checked
    ///
    /// Where the host of an inverted health check that looks for a text belongs to a REST API of these templates with an
    /// OpenAPI document: what its path is handed to is handed no operation that writes.
    ///
    /// ## Why it hurts
    ///
    /// Such a check takes silence for "nobody moved anything". After a failover the Region that was lost is silent, and
    /// the one that serves is the only one that speaks: when payments, which come back all at once, take the last of
    /// their function's concurrency, it falls silent as well, and DNS leads everybody back to the lost Region.
    ///
    /// ## What to change
    ///
    /// Let API Gateway answer by itself, by an integration with the table that holds the state; or give the path a
    /// function with reserved concurrency of its own.
    ///
    /// ```yaml
    /// uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:dynamodb:action/GetItem
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Lambda Developer Guide, "Configuring reserved concurrency for a function"; Route 53 Developer Guide, "Values
    /// that you specify when you create or update health checks".
    "r53-switch-endpoint-alone": Error, NoTakeover, Derived, Pair;
    why: "payments that take all concurrency silence the switch, and DNS leads back to the lost Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let apis = apis(design);
    for attached in attached(&Routing::of(design)) {
        let config = attached.check.at("HealthCheckConfig");
        let is_switch = config.at("Inverted").bool() == Answer::Known(true)
            && config.at("SearchString").exists() == Answer::Known(true);
        let host = config.at("FullyQualifiedDomainName");
        let (Some(name), Some(path)) =
            (host.text().known(), config.at("ResourcePath").text().known())
        else {
            continue;
        };
        let Some(api) = apis.get(&plain(&name)).filter(|_| is_switch) else { continue };
        let Some(paths) = paths(*api) else { continue };
        judge.subject();
        if let Some((place, writes)) = shared(paths, &path) {
            judge.finding_with(
                &config.at("ResourcePath"),
                &[api.at("Body")],
                format!("`{path}` of API `{}` is answered by `{place}`, and so is `{writes}`", api.id()),
                "let API Gateway read the state by itself, or give the path a function with concurrency of its own",
            );
        }
    }
}

/// The APIs that domain names lead to.
fn apis(design: &Design) -> BTreeMap<String, Resource<'_>> {
    let mut apis = BTreeMap::new();
    for mapping in design.of("AWS::ApiGateway::BasePathMapping") {
        let name = mapping.at("DomainName").value().known();
        let name = name.and_then(|value| design.text(value).known());
        let api = mapping.at("RestApiId").reference().known();
        let api = api.and_then(|reference| design.resource(reference));
        if let (Some(name), Some(api), false) =
            (name, api, mapping.at("BasePath").exists() == Answer::Known(true))
        {
            apis.insert(plain(&name), api);
        }
    }
    apis
}

type Paths = BTreeMap<String, Value>;

fn paths(api: Resource<'_>) -> Option<&Paths> {
    let Value::Map(document) = api.at("Body").value().known()? else { return None };
    match document.get("paths")? {
        Value::Map(paths) => Some(paths),
        _ => None,
    }
}

/// What answers a path, and an operation that writes and is answered by the same.
fn shared(paths: &Paths, path: &str) -> Option<(String, String)> {
    let answers = uri(paths.get(path)?, "get")?;
    let writes = paths.iter().find_map(|(path, operations)| {
        let verbs = ["post", "put", "patch", "delete"];
        let verb = verbs.into_iter().find(|verb| uri(operations, verb).as_ref() == Some(&answers));
        verb.map(|verb| format!("{} {path}", verb.to_uppercase()))
    });
    writes.map(|writes| (answers, writes))
}

/// What an operation is handed to.
fn uri(operations: &Value, verb: &str) -> Option<String> {
    let mut value = operations;
    for name in [verb, "x-amazon-apigateway-integration", "uri"] {
        let Value::Map(members) = value else { return None };
        value = members.get(name)?;
    }
    Some(value.shown())
}
