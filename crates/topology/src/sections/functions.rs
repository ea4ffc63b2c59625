//! `[[functions]]` together: what no function can say alone.

use std::collections::BTreeMap;

use crate::reader::Section;
use crate::report::Report;
use crate::sections::database::InstanceClass;
use crate::sections::function::{self, Function, Use};
use crate::sections::recovery;
use crate::sections::route::{Method, Route};

/// Reads the functions, or the default ones when the file has none.
pub(crate) fn read(file: &mut Section<'_, '_>, class: &InstanceClass) -> Vec<Function> {
    let read = |section: &mut Section<'_, '_>| (section.dotted(""), function::read(section));
    let Some(functions) = file.sections("functions", read) else {
        return defaults();
    };
    let report = &mut *file.report;
    check_names(report, &functions);
    check_workers(report, &functions);
    check_routes(report, &functions);
    check_health(report, &functions);
    check_switch(report, &functions);
    check_connections(report, &functions, class);
    check_environments(report, &functions);
    functions.into_iter().map(|(_, function)| function).collect()
}

/// A function, and the dotted key of its table with a dot after it.
type Placed = (String, Function);

fn check_names(report: &mut Report, functions: &[Placed]) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, function) in functions {
        let key = format!("{path}name");
        if !report.is_sound(&key) {
            continue;
        }
        if let Some(other) = seen.insert(&function.name, path) {
            let other = other.trim_end_matches('.');
            let allowed = format!("a name of its own; `{other}` has this one");
            report.add_between(&[&key], format!("{:?}", function.name), allowed);
        }
    }
}

/// What a function's own variables may take of Lambda's 4 KB (AWS Lambda Developer Guide, "Lambda quotas"); the
/// rest is for those of the design.
const ENVIRONMENT_BYTES: usize = 2_560;

fn check_environments(report: &mut Report, functions: &[Placed]) {
    for (path, function) in functions {
        let variables = function.environment.iter();
        let bytes: usize = variables.map(|(name, value)| name.len() + value.len()).sum();
        if bytes > ENVIRONMENT_BYTES {
            let allowed = format!("at most {ENVIRONMENT_BYTES}, names and values together");
            let found = format!("{bytes} bytes");
            report.add_between(&[&format!("{path}environment")], found, allowed);
        }
    }
}

fn check_workers(report: &mut Report, functions: &[Placed]) {
    let mut workers = functions.iter().filter(|(_, function)| function.worker);
    let Some((_, first)) = workers.next() else {
        return;
    };
    for (path, _) in workers {
        let allowed = format!("one worker; `{}` is one already", first.name);
        report.add_between(&[&format!("{path}worker")], "true".into(), allowed);
    }
}

/// Every sound route of every function, with its dotted key.
fn sound_routes<'f>(report: &Report, functions: &'f [Placed]) -> Vec<(String, &'f Route)> {
    let sound = |path: &str| report.is_sound(&format!("{path}routes"));
    functions
        .iter()
        .filter(|(path, _)| sound(path))
        .flat_map(|(path, function)| {
            let routes = function.routes.iter().enumerate();
            routes.map(move |(index, route)| (format!("{path}routes[{index}]"), route))
        })
        .collect()
}

/// One function answers a request, and API Gateway takes one name for the parameter in a place.
fn check_routes(report: &mut Report, functions: &[Placed]) {
    let mut routes: BTreeMap<String, String> = BTreeMap::new();
    let mut parameters: BTreeMap<&str, (&str, String)> = BTreeMap::new();
    for (key, route) in sound_routes(report, functions) {
        if let Some(other) = routes.get(&route.shape()) {
            let allowed = format!("each route once; `{other}` answers it already");
            report.add_between(&[&key], format!("\"{route}\""), allowed);
            continue;
        }
        for (before, name) in named_parameters(&route.path) {
            let (first, other) = parameters.entry(before).or_insert_with(|| (name, key.clone()));
            if *first != name {
                let allowed = format!(
                    "one name for the segment after `{before}`: `{{{first}}}` as in `{other}`"
                );
                report.add_between(&[&key], format!("\"{route}\""), allowed);
            }
        }
        routes.insert(route.shape(), key);
    }
}

/// The parameters of a path, each with the part of the path before it.
fn named_parameters(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.match_indices('{').map(|(start, _)| {
        let (before, rest) = path.split_at(start);
        let end = rest.find('}').unwrap_or(rest.len());
        (before, &rest[1..end])
    })
}

/// The health checks of both Regions ask for `GET /health`.
fn check_health(report: &mut Report, functions: &[Placed]) {
    let health = |route: &Route| route.method == Method::Get && route.path == "/health";
    let answered = functions.iter().any(|(_, function)| function.routes.iter().any(health));
    if !answered && report.is_sound("functions") {
        let allowed = "a function with the route \"GET /health\", which health checks ask for; \
                       type `routes = [\"GET /health\"]` in one";
        let found = "no route \"GET /health\"";
        report.add_between(&["functions"], found.into(), allowed.into());
    }
}

/// The path by which DNS is told where traffic is meant to go. The API answers it by itself, from the control record.
pub const SWITCH_PATH: &str = "/health/traffic";

/// No function answers for the switch: it would fall silent together with whatever else it does.
fn check_switch(report: &mut Report, functions: &[Placed]) {
    for (key, route) in sound_routes(report, functions) {
        if route.path == SWITCH_PATH {
            let allowed = format!(
                "no route `{SWITCH_PATH}`: the API answers it by itself, from the control record, so that the DNS \
                 switch shares nothing with payments (rule r53-stop-pattern); remove it"
            );
            report.add_between(&[&key], format!("\"{route}\""), allowed);
        }
    }
}

/// Every invocation holds a connection, in the worst case after a failover all at once; those of runs too.
fn check_connections(report: &mut Report, functions: &[Placed], class: &InstanceClass) {
    let key = |path: &str| format!("{path}reserved_concurrency");
    let ledger: Vec<&Placed> =
        functions.iter().filter(|(_, function)| function.uses.contains(&Use::Ledger)).collect();
    let sound = ledger.iter().all(|(path, _)| report.is_sound(&key(path)));
    if !sound || !report.is_sound("database.instance_class") {
        return;
    }
    let mut sum = recovery::CONCURRENCY;
    for (path, function) in ledger {
        sum += function.reserved_concurrency.unwrap_or(0);
        if sum < class.max_connections() {
            continue;
        }
        let allowed = format!(
            "below {} for all functions that use the ledger together, {} of runs among them, the \
             connections of {class} (rule lambda-db-pool-bounds)",
            class.max_connections(),
            recovery::CONCURRENCY
        );
        report.add_between(&[&key(path)], format!("{sum} connections"), allowed);
        return;
    }
}

/// The functions of a file without any.
fn defaults() -> Vec<Function> {
    vec![payment_validation(), transaction_processing(), notification()]
}

fn payment_validation() -> Function {
    Function {
        memory_mb: 512,
        timeout_seconds: 10,
        reserved_concurrency: Some(40),
        provisioned_concurrency: Some(2),
        routes: vec![
            route(Method::Get, "/health"),
            route(Method::Get, "/health/ready"),
            route(Method::Get, "/openapi.json"),
            route(Method::Post, "/payments/validate"),
        ],
        uses: [Use::Ledger, Use::Sessions].into(),
        ..Function::new("payment-validation")
    }
}

fn transaction_processing() -> Function {
    Function {
        memory_mb: 512,
        timeout_seconds: 20,
        reserved_concurrency: Some(50),
        provisioned_concurrency: Some(5),
        routes: vec![
            route(Method::Post, "/payments"),
            route(Method::Get, "/payments"),
            route(Method::Get, "/payments/{id}"),
            route(Method::Post, "/payments/{id}/refunds"),
            route(Method::Get, "/accounts/{id}/balance"),
        ],
        uses: [Use::Ledger, Use::Sessions].into(),
        ..Function::new("transaction-processing")
    }
}

fn notification() -> Function {
    Function {
        memory_mb: 512,
        timeout_seconds: 60,
        reserved_concurrency: Some(5),
        uses: [Use::Ledger, Use::Receipts, Use::Events].into(),
        worker: true,
        ..Function::new("notification")
    }
}

fn route(method: Method, path: &str) -> Route {
    Route { method, path: path.to_owned() }
}
