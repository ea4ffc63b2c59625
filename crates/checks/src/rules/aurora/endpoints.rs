//! By which names programs reach the database.

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::{Piece, Reference, Value};

/// A name of the database in some property of what uses it.
pub(super) struct Reached<'d> {
    /// Where it stands.
    pub(super) place: Place<'d>,
    /// The Region of what uses it.
    pub(super) from: &'d str,
    /// By which name.
    pub(super) by: Name,
}

/// A name of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// The global writer endpoint.
    Global,
    /// A cluster's writer endpoint; its Region, where it is known.
    Cluster(Option<String>),
    /// A proxy's endpoint in a Region.
    Proxy(String),
}

/// Every use of such a name outside of RDS.
pub(super) fn reached(design: &Design) -> Vec<Reached<'_>> {
    let mut found = Vec::new();
    for resource in design.resources().filter(|one| !one.kind().starts_with("AWS::RDS::")) {
        let mut add = |path: &str, by: Name| {
            let mut place = resource.whole();
            path.clone_into(&mut place.path);
            found.push(Reached { place, from: resource.region(), by });
        };
        walk(design, &resource.declared.properties, "", &mut add);
    }
    found
}

fn walk(design: &Design, value: &Value, path: &str, add: &mut impl FnMut(&str, Name)) {
    match value {
        Value::Text(text) => hosts(text).for_each(|name| add(path, name)),
        Value::Reference(reference) => {
            named(design, reference).into_iter().for_each(|name| add(path, name));
        }
        Value::Pieces(pieces) => {
            for piece in pieces {
                match piece {
                    Piece::Text(text) => hosts(text).for_each(|name| add(path, name)),
                    Piece::Reference(reference) => {
                        named(design, reference).into_iter().for_each(|name| add(path, name));
                    }
                    Piece::Unknown(_) => {}
                }
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(design, item, &format!("{path}[{index}]"), add);
            }
        }
        Value::Either(items) => items.iter().for_each(|item| walk(design, item, path, add)),
        Value::Map(entries) => {
            for (key, item) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(design, item, &path, add);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unset | Value::Unknown(_) => {}
    }
}

/// The name that a reference gives, if it is one of the database.
fn named(design: &Design, reference: &Reference) -> Option<Name> {
    let attribute = reference.attribute.as_deref()?;
    // What the CDK hands from one Region's stack to the other's.
    if attribute.starts_with("/cdk/exports/") {
        let global = attribute.contains("GlobalEndpointAddress");
        let cluster = attribute.contains("EndpointAddress");
        let name = if global { Name::Global } else { Name::Cluster(None) };
        return cluster.then_some(name);
    }
    let resource: Resource<'_> = design.resource(reference)?;
    match (resource.kind(), attribute) {
        ("AWS::RDS::GlobalCluster", "GlobalEndpoint.Address") => Some(Name::Global),
        ("AWS::RDS::DBCluster", "Endpoint.Address") => {
            Some(Name::Cluster(Some(resource.region().to_owned())))
        }
        ("AWS::RDS::DBProxy", "Endpoint") => Some(Name::Proxy(resource.region().to_owned())),
        _ => None,
    }
}

/// The names of databases in a text, which may be a URL.
fn hosts(text: &str) -> impl Iterator<Item = Name> {
    let is_of_host =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
    text.split(move |letter: char| !is_of_host(letter)).filter_map(host)
}

/// The name that a host such as `payments.cluster-abc.us-east-1.rds.amazonaws.com` is.
fn host(host: &str) -> Option<Name> {
    let labels: Vec<&str> = host.strip_suffix(".rds.amazonaws.com")?.split('.').collect();
    let [_, kind, region] = labels.as_slice() else { return None };
    match *kind {
        kind if kind.starts_with("global-") => Some(Name::Global),
        kind if kind.starts_with("cluster-ro-") || kind.starts_with("cluster-custom-") => None,
        kind if kind.starts_with("cluster-") => Some(Name::Cluster(Some((*region).to_owned()))),
        kind if kind.starts_with("proxy-") => Some(Name::Proxy((*region).to_owned())),
        _ => None,
    }
}
