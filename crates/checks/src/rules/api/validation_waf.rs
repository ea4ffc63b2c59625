//! What stands before the payment service.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Methods that write have request validators, and both Regions' APIs stand behind a web ACL with the same rules.
    ///
    /// ## What is checked
    ///
    /// In a pair: every REST API with methods `POST`, `PUT` or `PATCH` validates their requests, by
    /// `RequestValidatorId` or by its OpenAPI document; every public stage has an association with a web ACL; and web
    /// ACLs of the same work have rules of the same names. An exception for the health checkers is left to
    /// `r53-switch-endpoint-reachable`.
    ///
    /// ## Why it hurts
    ///
    /// The Region with fewer rules is the weaker door on every day; the one with more refuses good customers after
    /// the takeover.
    ///
    /// ## What to change
    ///
    /// Make both Regions' APIs and web ACLs from one template.
    ///
    /// ```yaml
    /// RequestValidatorId: !Ref Validator
    /// ```
    ///
    /// ## Source
    ///
    /// API Gateway Developer Guide, "Request validation for REST APIs in API Gateway" and "Use AWS WAF to protect
    /// your REST APIs in API Gateway".
    "apigw-validation-waf": Warning, Exposed, Derived, Pair;
    why: "the Region with fewer guards is the weaker door, and after the takeover it is the only one";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    check_validators(design, judge);
    check_associations(design, judge);
    for acl in design.of_home("AWS::WAFv2::WebACL", Home::Primary) {
        if let Some(other) = design.counterpart(acl) {
            judge.subject();
            check_rules(judge, acl, other);
        }
    }
}

/// Methods that write without a validator, by API.
fn check_validators(design: &Design, judge: &mut Judge<'_>) {
    let mut open: BTreeMap<(usize, String), Vec<Resource<'_>>> = BTreeMap::new();
    for method in design.of("AWS::ApiGateway::Method").filter(|method| writes(*method)) {
        judge.subject();
        if method.at("RequestValidatorId").exists() == Answer::Known(false) {
            let api = (method.stack.index, method.at("RestApiId").shown());
            open.entry(api).or_default().push(method);
        }
    }
    for methods in open.values() {
        let also: Vec<_> = methods[1..].iter().take(2).map(|method| method.whole()).collect();
        let count = methods.len();
        let are = if count == 1 { "method that writes has" } else { "methods that write have" };
        judge.finding_with(
            &methods[0].at("RequestValidatorId"),
            &also,
            format!("{count} {are} no request validator, such as `{}`", methods[0].id()),
            "set `RequestValidatorId` to an `AWS::ApiGateway::RequestValidator` and give the methods models",
        );
    }
    for api in design.of("AWS::ApiGateway::RestApi") {
        if let Answer::Known(body) = api.at("Body").value() {
            judge.subject();
            if let Some(found) = unvalidated(body) {
                judge.finding(
                    &api.at("Body"),
                    format!("the OpenAPI document of `{}` validates no requests, `{found}` among them", api.id()),
                    "set `x-amazon-apigateway-request-validator` in the document, for all or for each that writes",
                );
            }
        }
    }
}

fn writes(method: Resource<'_>) -> bool {
    let verb = method.at("HttpMethod").text().known();
    verb.is_some_and(|verb| ["POST", "PUT", "PATCH"].contains(&verb.as_str()))
}

/// A path that writes in a document without a validator anywhere.
fn unvalidated(body: &Value) -> Option<String> {
    const VALIDATOR: &str = "x-amazon-apigateway-request-validator";
    let Value::Map(document) = body else { return None };
    let Some(Value::Map(paths)) = document.get("paths") else { return None };
    if document.contains_key(VALIDATOR) {
        return None;
    }
    paths.iter().find_map(|(path, operations)| {
        let Value::Map(operations) = operations else { return None };
        let open = ["post", "put", "patch"].into_iter().find(|verb| match operations.get(*verb) {
            Some(Value::Map(operation)) => !operation.contains_key(VALIDATOR),
            _ => false,
        });
        open.map(|verb| format!("{} {path}", verb.to_uppercase()))
    })
}

/// Public stages of the pair without a web ACL.
fn check_associations(design: &Design, judge: &mut Judge<'_>) {
    let mut guarded: BTreeSet<(usize, &str)> = BTreeSet::new();
    // Where an association does not tell what it is for, any stage of its Region may be meant.
    let mut opaque: BTreeSet<&str> = BTreeSet::new();
    for association in design.of(ASSOCIATION) {
        let value = association.at("ResourceArn").value().known();
        let references = value.map(Value::references).unwrap_or_default();
        if references.is_empty() {
            opaque.insert(association.region());
        }
        guarded.extend(references.iter().map(|to| (to.stack, to.resource.as_str())));
    }
    let mut open = Vec::new();
    for stage in design.of("AWS::ApiGateway::Stage").filter(|stage| design.home(*stage).is_some()) {
        let Some(api) = stage.at("RestApiId").reference().known() else { continue };
        judge.subject();
        let has_one = guarded.contains(&(stage.stack.index, stage.id()))
            || guarded.contains(&(api.stack, api.resource.as_str()));
        let hidden = opaque.contains(stage.region())
            || design.may_hide(ASSOCIATION, stage.region())
            || is_private(design.resource(api));
        if !has_one && !hidden {
            open.push(stage);
        }
    }
    if let Some((first, others)) = open.split_first() {
        let which = if guarded.is_empty() { "none has" } else { "others have" };
        judge.finding_with(
            &first.whole(),
            &others.iter().take(3).map(|other| other.whole()).collect::<Vec<_>>(),
            format!("stage `{}` in {} has no web ACL; {which}", first.id(), first.region()),
            "add an `AWS::WAFv2::WebACL` with the scope `REGIONAL` in each Region, and an association for this stage",
        );
    }
}

const ASSOCIATION: &str = "AWS::WAFv2::WebACLAssociation";

fn is_private(api: Option<Resource<'_>>) -> bool {
    let types = api.and_then(|api| api.at("EndpointConfiguration.Types").items().known());
    types.unwrap_or_default().iter().any(|kind| kind.text() == Answer::Known("PRIVATE".into()))
}

/// Rules of one web ACL that the other does not have, by name.
fn check_rules(judge: &mut Judge<'_>, acl: Resource<'_>, other: Resource<'_>) {
    let [here, there] = [acl, other].map(names);
    let (Some(here), Some(there)) = (here, there) else { return };
    let differing: Vec<String> = here.symmetric_difference(&there).cloned().collect();
    if !differing.is_empty() {
        judge.finding_with(
            &other.at("Rules"),
            &[acl.at("Rules")],
            format!(
                "web ACL `{}` of {} differs from {}'s in the rules `{}`",
                other.id(),
                other.region(),
                acl.region(),
                differing.join("`, `")
            ),
            "give both web ACLs the same rules",
        );
    }
}

/// The names of a web ACL's rules; `None` where one is not known.
fn names(acl: Resource<'_>) -> Option<BTreeSet<String>> {
    let rules = match acl.at("Rules").items() {
        Answer::Absent => Vec::new(),
        Answer::Known(rules) => rules,
        Answer::Unknown(_) => return None,
    };
    rules.iter().map(|rule| rule.at("Name").text().known()).collect()
}
