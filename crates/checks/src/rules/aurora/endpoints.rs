//! By which names programs reach the database.

use super::members::{self, Members, Named};
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::{Piece, Reference, Value};

/// A name of a global database in some property of what uses it.
pub(super) struct Reached<'d> {
    /// Where it stands.
    pub(super) place: Place<'d>,
    /// The Region of what uses it.
    pub(super) from: &'d str,
    /// By which name.
    pub(super) by: Name,
    /// Of which global database, where that is known.
    pub(super) database: Option<String>,
}

/// A name of a global database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// The global writer endpoint.
    Global,
    /// A cluster's writer endpoint; its Region, where it is known.
    Cluster(Option<String>),
    /// A proxy's endpoint in a Region.
    Proxy(String),
}

/// A name, and of which database it is.
type Found = (Name, Option<String>);

/// Every use of such a name outside of RDS.
pub(super) fn reached<'d>(design: &'d Design, members: &Members<'d>) -> Vec<Reached<'d>> {
    let names = Names {
        design,
        members,
        clusters: Named::of(design, "AWS::RDS::DBCluster"),
        globals: Named::of(design, "AWS::RDS::GlobalCluster"),
    };
    let mut found = Vec::new();
    for resource in design.resources().filter(|one| !one.kind().starts_with("AWS::RDS::")) {
        let mut add = |path: &str, (by, database): Found| {
            let mut place = resource.whole();
            path.clone_into(&mut place.path);
            found.push(Reached { place, from: resource.region(), by, database });
        };
        names.walk(&resource.declared.properties, "", &mut add);
    }
    found
}

struct Names<'m, 'd> {
    design: &'d Design,
    members: &'m Members<'d>,
    clusters: Named<'d>,
    globals: Named<'d>,
}

impl Names<'_, '_> {
    fn walk(&self, value: &Value, path: &str, add: &mut impl FnMut(&str, Found)) {
        match value {
            Value::Text(text) => self.hosts(text).for_each(|name| add(path, name)),
            Value::Reference(reference) => {
                self.attribute(reference).into_iter().for_each(|name| add(path, name));
            }
            Value::Pieces(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => self.hosts(text).for_each(|name| add(path, name)),
                        Piece::Reference(reference) => {
                            self.attribute(reference).into_iter().for_each(|name| add(path, name));
                        }
                        Piece::Unknown(_) => {}
                    }
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &format!("{path}[{index}]"), add);
                }
            }
            Value::Either(items) => items.iter().for_each(|item| self.walk(item, path, add)),
            Value::Map(entries) | Value::Open(entries, _) => {
                for (key, item) in entries {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.walk(item, &path, add);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unset | Value::Unknown(_) => {}
        }
    }

    /// The name that a reference gives, if it is one.
    fn attribute(&self, reference: &Reference) -> Option<Found> {
        let attribute = reference.attribute.as_deref()?;
        // What the CDK hands from one Region's stack to the other's, where that other stack is not here.
        if attribute.starts_with("/cdk/exports/") {
            let is_endpoint = attribute.contains("EndpointAddress");
            let global = attribute.contains("GlobalEndpointAddress");
            let name = if global { Name::Global } else { Name::Cluster(None) };
            return is_endpoint.then_some((name, None));
        }
        let resource = self.design.resource(reference)?;
        let region = resource.region().to_owned();
        match (resource.kind(), attribute) {
            ("AWS::RDS::GlobalCluster", "GlobalEndpoint.Address") => {
                Some((Name::Global, Some(members::key(resource))))
            }
            ("AWS::RDS::DBCluster", "Endpoint.Address") => {
                Some((Name::Cluster(Some(region)), self.database(resource)?))
            }
            ("AWS::RDS::DBProxy", "Endpoint") => Some((Name::Proxy(region), None)),
            _ => None,
        }
    }

    /// The names in a text, which may be a URL.
    fn hosts(&self, text: &str) -> impl Iterator<Item = Found> {
        let is_of_host =
            |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
        text.split(move |letter: char| !is_of_host(letter)).filter_map(|host| self.host(host))
    }

    /// The name that a host such as `payments.cluster-abc.us-east-1.rds.amazonaws.com` is.
    fn host(&self, host: &str) -> Option<Found> {
        let labels: Vec<&str> = host.strip_suffix(".rds.amazonaws.com")?.split('.').collect();
        let [name, kind, region] = labels.as_slice() else { return None };
        match *kind {
            kind if kind.starts_with("global-") => {
                let global = self.globals.named("", name).map(members::key);
                Some((Name::Global, global.or_else(|| Some((*name).to_owned()))))
            }
            kind if kind.starts_with("cluster-ro-") || kind.starts_with("cluster-custom-") => None,
            kind if kind.starts_with("cluster-") => {
                let database = match self.clusters.named(region, name) {
                    Some(cluster) => self.database(cluster)?,
                    None => self.may_be_a_member(region).then_some(None)?,
                };
                Some((Name::Cluster(Some((*region).to_owned())), database))
            }
            kind if kind.starts_with("proxy-") => Some((Name::Proxy((*region).to_owned()), None)),
            _ => None,
        }
    }

    /// The database of a cluster that belongs to one; the outer `None` if it belongs to none.
    fn database(&self, cluster: Resource<'_>) -> Option<Option<String>> {
        self.members.find(cluster).map(|member| member.database().map(str::to_owned))
    }

    /// Whether a Region has a member that a deployment names.
    fn may_be_a_member(&self, region: &str) -> bool {
        let here = self.members.iter().filter(|member| member.cluster.region() == region);
        here.into_iter().any(|member| self.design.name(member.cluster).known().is_none())
    }
}
