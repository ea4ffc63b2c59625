//! Connections that functions may open, against those that the database takes.

use std::collections::BTreeMap;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::functions::{self, Functions};
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Reference;

rule! {
    /// The functions of a Region cannot open more connections than its database takes after a promotion.
    ///
    /// ## What is checked
    ///
    /// The sum of `ReservedConcurrentExecutions` of all functions whose variables name a cluster of Aurora
    /// PostgreSQL, each times the size of its pool (a variable such as `DB_POOL_SIZE`; one where there is none),
    /// against `max_connections`: that of the cluster's parameter group, or the default for its largest class,
    /// memory / 9,531,392 and 5,000 at most. Functions behind an RDS Proxy are left out, and a cluster with a
    /// function without reservation is not judged.
    ///
    /// ## Why it hurts
    ///
    /// After the promotion every instance of every function connects at once. The new writer refuses the rest, and
    /// each refusal is tried again.
    ///
    /// ## What to change
    ///
    /// Lower `ReservedConcurrentExecutions` or the pool, put an `AWS::RDS::DBProxy` in front, or take a larger class
    /// in both Regions.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Maximum connections to an Aurora PostgreSQL DB instance".
    "lambda-db-pool-bounds": Error, SlowTakeover, Derived, Pair;
    why: "the promoted writer refuses connections while everybody connects at once";
    check
}

/// What the functions of a cluster may open.
#[derive(Default)]
struct Demand<'d> {
    functions: Vec<Resource<'d>>,
    connections: f64,
    /// Why it may be more.
    more: Option<Unknown>,
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (cluster, demand) in demands(design) {
        let Some(cluster) = design.resource(&cluster) else { continue };
        judge.subject();
        let limit = limit(design, cluster);
        let Some(Some(limit)) = judge.known(&cluster.whole(), limit) else { continue };
        if demand.connections > limit {
            let places: Vec<_> = demand.functions.iter().map(|function| function.whole()).collect();
            judge.finding_with(
                &cluster.whole(),
                &places,
                format!(
                    "{} functions may open {} connections at once, and `{}` takes {limit} at most",
                    demand.functions.len(),
                    demand.connections,
                    cluster.id()
                ),
                "lower `ReservedConcurrentExecutions` or the pools of these functions, put an `AWS::RDS::DBProxy` in \
                 front of the cluster, or take a larger class in both Regions",
            );
        } else if let Some(why) = demand.more {
            judge.cannot_judge(&cluster.whole(), why);
        }
    }
}

/// What each cluster of the pair is asked for by functions that name it.
fn demands(design: &Design) -> BTreeMap<Reference, Demand<'_>> {
    let mut demands: BTreeMap<Reference, Demand<'_>> = BTreeMap::new();
    let functions = Functions::of(design);
    for function in functions.of_application().filter(|one| design.home(*one).is_some()) {
        let Some(cluster) = cluster(design, function) else { continue };
        let demand = demands.entry(cluster).or_default();
        demand.functions.push(function);
        let why = || Unknown(format!("no concurrency is reserved for `{}`", function.id()));
        match function.at("ReservedConcurrentExecutions").number() {
            Answer::Known(most) => demand.connections += most * pool(function),
            Answer::Absent => demand.more = Some(why()),
            Answer::Unknown(why) => demand.more = Some(why),
        }
    }
    demands
}

/// The cluster of Aurora PostgreSQL that a function's variables name directly.
fn cluster(design: &Design, function: Resource<'_>) -> Option<Reference> {
    let variables = functions::variables(function);
    let values = variables.iter().filter_map(|(_, place)| place.value().known());
    let named = values.flat_map(crate::value::Value::references).filter_map(|reference| {
        let resource = design.resource(reference)?;
        let engine = resource.at("Engine").text().known();
        let is_cluster = resource.kind() == "AWS::RDS::DBCluster"
            && engine.as_deref() == Some("aurora-postgresql");
        is_cluster.then(|| resource.reference(None))
    });
    named.min()
}

/// The size of a function's pool of connections, as a variable says it; one connection is the least.
fn pool(function: Resource<'_>) -> f64 {
    let variables = functions::variables(function);
    let sizes = variables.iter().filter_map(|(name, place)| {
        let name = name.to_uppercase();
        let is_size = name.contains("POOL") && (name.contains("SIZE") || name.contains("MAX"));
        place.number().known().filter(|size| is_size && *size >= 1.0)
    });
    sizes.fold(1.0, f64::max)
}

/// How many connections a cluster takes at most: as many as the instance that takes most of them.
fn limit(design: &Design, cluster: Resource<'_>) -> Answer<f64> {
    let of_group = set(design, cluster, "DBClusterParameterGroupName");
    let capacity = cluster.at("ServerlessV2ScalingConfiguration.MaxCapacity").number().known();
    let instances = design.of("AWS::RDS::DBInstance").filter(|instance| {
        let named = instance.at("DBClusterIdentifier").reference().known();
        named.is_some_and(|named| *named == cluster.reference(None))
    });
    let mut most: Option<f64> = None;
    for instance in instances {
        let set = match set(design, instance, "DBParameterGroupName") {
            Answer::Absent => of_group.clone(),
            set => set,
        };
        let limit = match set {
            Answer::Absent => default_limit(instance, capacity),
            set => set,
        };
        match limit {
            Answer::Known(limit) => most = Some(most.map_or(limit, |most| most.max(limit))),
            unknown => return unknown,
        }
    }
    most.map_or_else(
        || Answer::Unknown(Unknown("its instances are not in these templates".into())),
        Answer::Known,
    )
}

/// `max_connections` of the parameter group that a property names.
fn set(design: &Design, resource: Resource<'_>, property: &str) -> Answer<f64> {
    let group = resource.at(property).reference().known();
    match group.and_then(|group| design.resource(group)) {
        Some(group) => group.at("Parameters.max_connections").number(),
        None => Answer::Absent,
    }
}

fn default_limit(instance: Resource<'_>, capacity: Option<f64>) -> Answer<f64> {
    let class = instance.at("DBInstanceClass").text().known().unwrap_or_default();
    match memory_gib(&class, capacity) {
        Some(memory) => {
            Answer::Known((memory * 1_073_741_824.0 / 9_531_392.0).floor().min(5_000.0))
        }
        None => Answer::Unknown(Unknown(format!("the memory of `{class}` is not known here"))),
    }
}

/// Memory of a class, in GiB; all of it, so that the limit is rather too high.
fn memory_gib(class: &str, capacity: Option<f64>) -> Option<f64> {
    let (family, size) = class
        .strip_prefix("db.")?
        .split_once('.')
        .or_else(|| (class == "db.serverless").then_some(("serverless", "")))?;
    let large = match family.chars().next()? {
        's' => return capacity.map(|units| units * 2.0),
        'r' => 16.0,
        'x' => 32.0,
        't' => 8.0,
        _ => return None,
    };
    match size {
        "medium" => Some(large / 2.0),
        "large" => Some(large),
        "xlarge" => Some(large * 2.0),
        size => {
            let times: f64 = size.strip_suffix("xlarge")?.parse().ok()?;
            Some(large * 2.0 * times)
        }
    }
}
