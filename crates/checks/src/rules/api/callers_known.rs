//! Who may call what moves money.

use std::collections::BTreeMap;

use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Methods that write ask who calls.
    ///
    /// ## What is checked
    ///
    /// In a pair, for each public REST API: methods `POST`, `PUT`, `PATCH` and `DELETE` have an `AuthorizationType` other
    /// than `NONE`; in an OpenAPI document `x-amazon-apigateway-auth` or `security`, of the operation or of all. An API
    /// with a resource policy, and any behind a domain name with mutual TLS, is not judged: who comes in is said there. A
    /// web ACL, a throttle and an API key tell nobody who calls. What a function checks by itself is not seen.
    ///
    /// ## Why it hurts
    ///
    /// Whoever finds the name moves money, in both Regions, on every day.
    ///
    /// ## What to change
    ///
    /// With tideover: `authorization = "iam"` in `[api]`. Elsewhere an authorizer for every method that writes:
    ///
    /// ```yaml
    /// AuthorizationType: AWS_IAM
    /// ```
    ///
    /// ## Source
    ///
    /// API Gateway Developer Guide, "Control and manage access to REST APIs in API Gateway"; PCI DSS 4.0, requirement 8.
    "apigw-callers-known": Warning, Exposed, Derived, Pair;
    why: "whoever finds the name of the API moves money, in both Regions";
    check
}

/// Methods that write, as OpenAPI names them.
const WRITING: [&str; 4] = ["post", "put", "patch", "delete"];

/// An API, by its stack and its logical id.
type Key = (usize, String);

fn check(design: &Design, judge: &mut Judge<'_>) {
    let mutual = design.of("AWS::ApiGateway::DomainName");
    let mutual =
        mutual.filter(|name| name.at("MutualTlsAuthentication").exists() != Answer::Known(false));
    if mutual.count() > 0 {
        return;
    }
    let methods = open_methods(design);
    for api in design.of("AWS::ApiGateway::RestApi").filter(|api| design.home(*api).is_some()) {
        if !is_judged(api) {
            continue;
        }
        judge.subject();
        let by_document = api.at("Body").value().known().and_then(open_operation);
        let key = (api.stack.index, api.id().to_owned());
        let by_method = methods.get(&key).map(|method| method.id().to_owned());
        if let Some(found) = by_document.or(by_method) {
            judge.finding(
                &api.whole(),
                format!("API `{}` does not ask who calls `{found}`", api.id()),
                "give methods that write an authorizer; with tideover `authorization = \"iam\"` in `[api]`",
            );
        }
    }
}

/// Whether an API is reached by the public, and says by nothing but its methods who comes in.
fn is_judged(api: Resource<'_>) -> bool {
    let types = api.at("EndpointConfiguration.Types").items().known().unwrap_or_default();
    let private = types.iter().any(|kind| kind.text() == Answer::Known("PRIVATE".into()));
    !private && api.at("Policy").exists() == Answer::Known(false)
}

/// A method that writes and asks nobody, of each API.
fn open_methods(design: &Design) -> BTreeMap<Key, Resource<'_>> {
    let mut open = BTreeMap::new();
    for method in design.of("AWS::ApiGateway::Method") {
        let verb = method.at("HttpMethod").text().known().unwrap_or_default().to_lowercase();
        let kind = method.at("AuthorizationType");
        let asks = match kind.text() {
            Answer::Known(kind) => kind != "NONE",
            Answer::Absent => false,
            Answer::Unknown(_) => true,
        };
        let api = method.at("RestApiId").reference().known();
        if let Some(api) = api.filter(|_| !asks && WRITING.contains(&verb.as_str())) {
            open.entry((api.stack, api.resource.clone())).or_insert(method);
        }
    }
    open
}

/// An operation of a document that writes and asks nobody.
fn open_operation(body: &Value) -> Option<String> {
    const ASKS: [&str; 2] = ["security", "x-amazon-apigateway-auth"];
    let Value::Map(document) = body else { return None };
    let Some(Value::Map(paths)) = document.get("paths") else { return None };
    if document.contains_key("security") {
        return None;
    }
    paths.iter().find_map(|(path, operations)| {
        let Value::Map(operations) = operations else { return None };
        let open = WRITING.into_iter().find(|verb| match operations.get(*verb) {
            Some(Value::Map(operation)) => !ASKS.iter().any(|key| operation.contains_key(*key)),
            _ => false,
        });
        open.map(|verb| format!("{} {path}", verb.to_uppercase()))
    })
}
