//! Concurrency that is kept for the functions that answer payments.

use std::collections::BTreeSet;

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::functions::Functions;
use crate::judge::Judge;
use crate::payment_path::PaymentPath;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::{Reference, Value};

rule! {
    /// Functions that an API invokes and that reach what holds payments have reserved concurrency, and in the standby
    /// provisioned concurrency.
    ///
    /// ## What is checked
    ///
    /// For each function of the pair that API Gateway may invoke and that may write to, or names in its variables, a
    /// member of a global database, its secret, a table with replicas in both Regions or a bucket that replicates;
    /// authorizers are left out. `ReservedConcurrentExecutions` is set; in the standby an alias or a version has `ProvisionedConcurrencyConfig`, or a scalable target of Lambda is in its
    /// Region.
    ///
    /// ## Why it hurts
    ///
    /// Without a reservation any other function of the account may use up what payments need. Without provisioned
    /// instances the whole fleet of the standby starts cold in the minute in which traffic comes.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Alias:
    ///   Type: AWS::Lambda::Alias
    ///   Properties:
    ///     ProvisionedConcurrencyConfig:
    ///       ProvisionedConcurrentExecutions: 5
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Lambda Developer Guide, "Understanding Lambda function scaling".
    "lambda-reserved-provisioned": Error, SlowTakeover, Derived, Pair;
    why: "the standby starts cold when all traffic comes at once, or other functions use up what payments need";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let path = PaymentPath::of(design);
    let functions = &path.functions;
    let invoked = invoked(design, functions);
    let scaled = scaled_regions(design);
    for function in functions.of_application() {
        let Some(home) = design.home(function) else { continue };
        if !invoked.contains(&function.reference(None)) {
            continue;
        }
        let Some(store) = path.reached_by(function) else { continue };
        judge.subject();
        let reserved = function.at("ReservedConcurrentExecutions");
        let other = design.counterpart(function);
        let has_reserved = judge.known(&reserved, reserved.exists()) != Some(Some(false))
            || other.is_some_and(|other| is_reserved(other));
        let has_instances = home == Home::Primary
            || scaled.contains(&function.region())
            || other.is_some_and(|other| keeps_instances(functions, other))
            || is_provisioned(design, judge, functions, function);
        if !has_reserved || !has_instances {
            report(judge, [function, store], has_reserved, has_instances);
        }
    }
}

/// The functions that an API invokes to answer requests: not those that it asks whether it may.
fn invoked(design: &Design, functions: &Functions<'_>) -> BTreeSet<Reference> {
    let mut invoked = functions.invoked_by(&["apigateway.amazonaws.com"]);
    for kind in ["AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer"] {
        for authorizer in design.of(kind) {
            let named = authorizer.at("AuthorizerUri").value().known();
            for reference in named.map(Value::references).unwrap_or_default() {
                if let Some(function) = functions.referred(reference) {
                    invoked.remove(&function.reference(None));
                }
            }
        }
    }
    invoked
}

/// Whether a function has a reservation; where one Region alone has it, `compute-static-stability` says so.
fn is_reserved(function: Resource<'_>) -> bool {
    function.at("ReservedConcurrentExecutions").exists().known() == Some(true)
}

/// Whether an alias or a version of a function keeps instances ready.
fn keeps_instances(functions: &Functions<'_>, function: Resource<'_>) -> bool {
    let mut aliases = functions.aliases(function).iter();
    aliases.any(|alias| provisioned(*alias).known().is_some_and(|number| number > 0.0))
}

fn report(
    judge: &mut Judge<'_>,
    [function, store]: [Resource<'_>; 2],
    has_reserved: bool,
    has_instances: bool,
) {
    let reserved =
        "set `ReservedConcurrentExecutions` to what it needs at peak, the same in both Regions";
    let instances =
        "set `ProvisionedConcurrencyConfig` on an alias of it and let the API invoke that alias";
    let who = format!("an API invokes `{}`, which reaches `{}`", function.id(), store.id());
    let (found, change) = match (has_reserved, has_instances) {
        (true, _) => (format!("{who}, and no instance of it is provisioned"), instances.to_owned()),
        (false, true) => {
            (format!("{who}, and no concurrency is reserved for it"), reserved.to_owned())
        }
        (false, false) => (
            format!("{who}; no concurrency is reserved for it and no instance provisioned"),
            format!("{reserved}; {instances}"),
        ),
    };
    judge.finding(&function.whole(), found, change);
}

/// Whether instances are provisioned for a function; true where that is not known.
fn is_provisioned<'d>(
    design: &Design,
    judge: &mut Judge<'_>,
    functions: &Functions<'d>,
    function: Resource<'d>,
) -> bool {
    let mut is_known = !design.may_hide("AWS::Lambda::Alias", function.region());
    for alias in functions.aliases(function) {
        match judge.known(&alias.whole(), provisioned(*alias)) {
            Some(Some(number)) if number > 0.0 => return true,
            Some(_) => {}
            None => is_known = false,
        }
    }
    !is_known
}

/// How many instances an alias or a version keeps ready.
pub(super) fn provisioned(alias: Resource<'_>) -> Answer<f64> {
    alias.at("ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions").number()
}

/// Regions in which Application Auto Scaling provisions instances of some function.
fn scaled_regions(design: &Design) -> Vec<&str> {
    let targets = design.of("AWS::ApplicationAutoScaling::ScalableTarget");
    let of_lambda = targets.filter(|target| {
        target.at("ServiceNamespace").text().known().as_deref().is_none_or(|name| name == "lambda")
    });
    of_lambda.map(Resource::region).collect()
}
