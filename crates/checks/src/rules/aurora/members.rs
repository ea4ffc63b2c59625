//! The global databases of a design: which clusters are their members, in which part, and with which instances.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::{Reference, Value};

/// A cluster that belongs to a global database.
pub(super) struct Member<'d> {
    /// The cluster.
    pub(super) cluster: Resource<'d>,
    /// How it came to belong to it.
    pub(super) part: Part,
    /// The global cluster, where it is in these templates.
    pub(super) global: Option<Resource<'d>>,
    /// Its instances, in the order of the templates.
    pub(super) instances: Vec<Resource<'d>>,
    /// What tells its global database from others; `None` where that is not known.
    database: Option<String>,
}

/// How a cluster came to belong to a global database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The global database was made from it (`SourceDBClusterIdentifier`).
    Source,
    /// It names the global database (`GlobalClusterIdentifier`).
    Joined,
}

/// Every member of every global database of a design.
pub(super) struct Members<'d> {
    design: &'d Design,
    members: Vec<Member<'d>>,
    by_cluster: BTreeMap<Reference, usize>,
    /// The first of each global database in each Region.
    by_database: BTreeMap<(String, &'d str), usize>,
    /// Regions that have, or may have, instances of which it is not known to which cluster they belong.
    strays: BTreeSet<&'d str>,
}

impl<'d> Members<'d> {
    /// The members that these templates declare.
    pub(super) fn of(design: &'d Design) -> Self {
        let globals: Vec<Resource<'d>> = design.of("AWS::RDS::GlobalCluster").collect();
        let clusters = Named::of(design, "AWS::RDS::DBCluster");
        let sources: BTreeMap<Reference, Resource<'d>> = globals
            .iter()
            .filter_map(|global| Some((clusters.meant(&source(*global))?.reference(None), *global)))
            .collect();
        let (mut instances, strays) = instances(design, &clusters);
        let named = Named::of(design, "AWS::RDS::GlobalCluster");
        let members = design.of("AWS::RDS::DBCluster").filter_map(|cluster| {
            let (part, global) = match sources.get(&cluster.reference(None)) {
                Some(global) => (Part::Source, Some(*global)),
                None => (Part::Joined, joined(cluster, &named, &globals)?),
            };
            let database = global
                .map_or_else(|| cluster.at(IDENTIFIER).text().known(), |global| Some(key(global)));
            let instances = instances.remove(&cluster.reference(None)).unwrap_or_default();
            Some(Member { cluster, part, global, instances, database })
        });
        let members = members.collect::<Vec<_>>();
        let regions: BTreeSet<&str> =
            members.iter().map(|member| member.cluster.region()).collect();
        let hiding = regions.into_iter().filter(|region| design.may_hide(INSTANCE, region));
        let strays = strays.into_iter().chain(hiding).collect();
        Self::indexed(design, members, strays)
    }

    fn indexed(design: &'d Design, members: Vec<Member<'d>>, strays: BTreeSet<&'d str>) -> Self {
        let (mut by_cluster, mut by_database) = (BTreeMap::new(), BTreeMap::new());
        for (index, member) in members.iter().enumerate() {
            by_cluster.insert(member.cluster.reference(None), index);
            if let Some(database) = &member.database {
                by_database.entry((database.clone(), member.cluster.region())).or_insert(index);
            }
        }
        Self { design, members, by_cluster, by_database, strays }
    }

    /// All of them, in the order of the templates.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Member<'d>> {
        self.members.iter()
    }

    /// Those in the Region of a home role.
    pub(super) fn of_home(&self, home: Home) -> impl Iterator<Item = &Member<'d>> {
        self.members.iter().filter(move |member| self.home(member) == Some(home))
    }

    /// The home role of a member's Region.
    pub(super) fn home(&self, member: &Member<'_>) -> Option<Home> {
        self.design.home(member.cluster)
    }

    /// The member that a cluster is, if it is one.
    pub(super) fn find(&self, cluster: Resource<'_>) -> Option<&Member<'d>> {
        self.by_cluster.get(&cluster.reference(None)).map(|index| &self.members[*index])
    }

    /// The member of the same global database in the other Region of the pair.
    pub(super) fn partner(&self, member: &Member<'_>) -> Option<&Member<'d>> {
        let region = self.design.region(self.home(member)?.other())?;
        let named = member.database.clone().map(|database| (database, region));
        let named = named.and_then(|key| self.by_database.get(&key));
        let unnamed = || {
            let partner = self.find(self.design.counterpart(member.cluster)?)?;
            (member.database.is_none() || partner.database.is_none()).then_some(partner)
        };
        named.map(|index| &self.members[*index]).or_else(unnamed)
    }

    /// Whether its global database certainly has no other member in these templates, in whatever Region.
    pub(super) fn is_alone(&self, member: &Member<'_>) -> bool {
        let Some(database) = &member.database else { return false };
        let first = (database.clone(), "");
        let all = self.by_database.range(first..).take_while(|((name, _), _)| name == database);
        all.count() == 1
    }

    /// Whether each cluster of a Region certainly belongs to a global database that is known.
    pub(super) fn are_all(&self, home: Home) -> bool {
        let known = |cluster| self.find(cluster).is_some_and(|member| member.database.is_some());
        self.design.of_home("AWS::RDS::DBCluster", home).all(known)
    }

    /// Why a member may have instances that are not seen here, if it may.
    pub(super) fn hidden_instances(&self, member: &Member<'_>) -> Option<Unknown> {
        let region = member.cluster.region();
        // A stack whose Region is not known may be in the cluster's.
        (self.strays.contains(region) || self.strays.contains("")).then(|| {
            Unknown(format!("it is not known which instances of {region} are the cluster's"))
        })
    }

    /// The members of the pair by home role: primary's, standby's.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Member<'d>, &Member<'d>)> {
        self.of_home(Home::Primary).filter_map(|primary| Some((primary, self.partner(primary)?)))
    }
}

impl<'d> Member<'d> {
    /// Its engine, such as `aurora-postgresql`, where a template says it.
    pub(super) fn engine(&self) -> Option<String> {
        let own = self.cluster.at("Engine").text().known();
        own.or_else(|| self.global?.at("Engine").text().known())
    }

    /// What tells its global database from others, where that is known: see [`key`].
    pub(super) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Whether its cluster certainly sets a property, whatever an operator chooses.
    pub(super) fn sets(&self, property: &str) -> bool {
        self.cluster.at(property).exists().known() == Some(true)
            && chosen(self.cluster, property).is_none()
    }
}

/// Why a property is there or not only by an operator's choice, if it is: one template is often used for both
/// Regions, with a parameter that says which.
pub(super) fn chosen(resource: Resource<'_>, property: &str) -> Option<Unknown> {
    let why = || Unknown("a parameter decides whether it is set".to_owned());
    matches!(resource.open(property).exists(), Answer::Unknown(_)).then(why)
}

const INSTANCE: &str = "AWS::RDS::DBInstance";

/// The property by which a cluster joins a global database.
pub(super) const IDENTIFIER: &str = "GlobalClusterIdentifier";

/// What tells a global database of these templates from others.
pub(super) fn key(global: Resource<'_>) -> String {
    format!("{}/{}", global.stack.index, global.id())
}

/// The cluster that a global cluster is made from.
pub(super) fn source(global: Resource<'_>) -> Place<'_> {
    global.at("SourceDBClusterIdentifier")
}

/// The global cluster that a cluster names; the outer `None` where it names none.
fn joined<'d>(
    cluster: Resource<'d>,
    named: &Named<'d>,
    globals: &[Resource<'d>],
) -> Option<Option<Resource<'d>>> {
    let identifier = cluster.at(IDENTIFIER);
    if identifier.exists().known() != Some(true) || identifier.text().known().as_deref() == Some("")
    {
        return None;
    }
    let only = match (globals, identifier.text()) {
        // An identifier that only a deployment knows means the one global database that is there.
        ([global], Answer::Unknown(_)) => Some(*global),
        _ => None,
    };
    Some(named.meant(&identifier).or(only))
}

/// The instances of each cluster, and the Regions of those whose cluster is not known.
fn instances<'d>(
    design: &'d Design,
    clusters: &Named<'d>,
) -> (BTreeMap<Reference, Vec<Resource<'d>>>, BTreeSet<&'d str>) {
    let mut instances: BTreeMap<Reference, Vec<Resource<'d>>> = BTreeMap::new();
    let mut strays = BTreeSet::new();
    for instance in design.of(INSTANCE) {
        let cluster = instance.at("DBClusterIdentifier");
        match clusters.meant(&cluster) {
            Some(cluster) => {
                instances.entry(cluster.reference(None)).or_default().push(instance);
            }
            None if cluster.exists() != Answer::Known(false) => {
                strays.insert(instance.region());
            }
            None => {}
        }
    }
    (instances, strays)
}

/// Resources of one type by their names and ARNs, as RDS compares them: without regard to case.
pub(super) struct Named<'d> {
    design: &'d Design,
    kind: &'static str,
    /// By Region and name; by no Region and ARN.
    by_name: BTreeMap<(&'d str, String), Resource<'d>>,
}

impl<'d> Named<'d> {
    /// The resources of a type that are certainly created.
    pub(super) fn of(design: &'d Design, kind: &'static str) -> Self {
        let mut by_name = BTreeMap::new();
        for resource in design.of(kind) {
            // A global cluster has one name in all Regions.
            let region = if kind == "AWS::RDS::GlobalCluster" { "" } else { resource.region() };
            if let Some(name) = design.name(resource).known() {
                by_name.insert((region, name.to_lowercase()), resource);
            }
            if let Some(arn) = design.arn(resource).known() {
                by_name.insert(("", arn.to_lowercase()), resource);
            }
        }
        Self { design, kind, by_name }
    }

    /// The resource of this name in a Region, or of this ARN.
    pub(super) fn named(&self, region: &str, name: &str) -> Option<Resource<'d>> {
        let name = name.to_lowercase();
        let here = self.by_name.get(&(region, name.clone()));
        here.or_else(|| self.by_name.get(&("", name))).copied()
    }

    /// The resource that a property refers to or names.
    pub(super) fn meant(&self, place: &Place<'d>) -> Option<Resource<'d>> {
        let value = place.value().known()?;
        if let Value::Reference(reference) = value {
            let found = self.design.resource(reference);
            return found.filter(|found| found.kind() == self.kind);
        }
        let name = self.design.text(value).known()?;
        self.named(place.stack.region.as_deref().unwrap_or_default(), &name)
    }
}
