//! Which Region of the pair is the home primary, and what says so.

use std::collections::BTreeMap;

use topology::Home;

use super::words;
use crate::answer::Answer;
use crate::design::Design;
use crate::place::Resource;
use crate::rules::route53::records::{Policy, Record, records};
use crate::rules::s3::logs;
use crate::rules::s3::replications::Timing;
use crate::stack::Stack;

/// What says which of the two Regions is the primary, and how.
type Sign = fn(&Design, &[String; 2]) -> Vec<Vote>;

/// What may tell the roles, the surest first.
const SIGNS: [Sign; 6] = [tag, aurora, failover, weight, name, replication];

/// The place of the home primary among the two Regions, and why.
struct Vote {
    primary: usize,
    why: String,
}

impl Vote {
    fn new(home: Home, place: usize, why: String) -> Self {
        Self { primary: if home == Home::Primary { place } else { 1 - place }, why }
    }
}

/// The place of the home primary among the two Regions, and what says so; `None` where nothing says it, and the first
/// is taken.
pub(super) fn primary(design: &Design, regions: &[String; 2]) -> (Option<usize>, String) {
    let said = |Vote { primary, why }: Vote| {
        (Some(primary), format!("{} is the home primary: {why}", regions[primary]))
    };
    for home in Home::BOTH {
        let region = design.settings().region(home);
        if let Some(place) = regions.iter().position(|one| region == Some(one)) {
            return said(Vote::new(home, place, "the settings say so".to_owned()));
        }
    }
    SIGNS.into_iter().find_map(|sign| agreed(sign(design, regions))).map_or_else(
        || {
            let first = &regions[0];
            let why = format!(
                "nothing says which Region is the home primary; {first} is taken for it: say it in the settings"
            );
            (None, why)
        },
        said,
    )
}

/// What a sign says where it does not contradict itself.
fn agreed(votes: Vec<Vote>) -> Option<Vote> {
    let mut votes = votes.into_iter();
    let first = votes.next()?;
    votes.all(|vote| vote.primary == first.primary).then_some(first)
}

fn place(regions: &[String; 2], region: &str) -> Option<usize> {
    regions.iter().position(|one| one == region)
}

/// What the stacks of the two Regions say, each of its own Region.
fn of_stacks(
    design: &Design,
    regions: &[String; 2],
    says: impl Fn(&Stack) -> Option<(Home, String)>,
) -> Vec<Vote> {
    let votes = design.stacks().iter().filter_map(|stack| {
        let place = place(regions, stack.region.as_deref()?)?;
        says(stack).map(|(home, why)| Vote::new(home, place, why))
    });
    votes.collect()
}

fn tag(design: &Design, regions: &[String; 2]) -> Vec<Vote> {
    of_stacks(design, regions, |stack| {
        let role = stack.tags.get("DR-Role")?;
        Some((words::home(role)?, format!("the tag `DR-Role` of `{}` is `{role}`", stack.name)))
    })
}

fn name(design: &Design, regions: &[String; 2]) -> Vec<Vote> {
    of_stacks(design, regions, |stack| {
        let why = format!("the name of `{}` suggests it, and nothing surer does", stack.name);
        Some((words::home(&stack.name)?, why))
    })
}

/// A global database is declared where its data came from; elsewhere, a cluster without a master user joins it.
fn aurora(design: &Design, regions: &[String; 2]) -> Vec<Vote> {
    let of = |kind| {
        let resources = design.of(kind);
        resources.filter_map(|one| Some((place(regions, one.region())?, one)))
    };
    let declared = of("AWS::RDS::GlobalCluster").map(|(place, global)| {
        let why = format!("`{}` declares the global cluster `{}`", global.stack.name, global.id());
        Vote::new(Home::Primary, place, why)
    });
    let mut votes: Vec<Vote> = declared.collect();
    let declaring: Vec<usize> = votes.iter().map(|vote| vote.primary).collect();
    let joining = of("AWS::RDS::DBCluster")
        .filter(|(place, cluster)| !declaring.contains(place) && joins(*cluster));
    votes.extend(joining.map(|(place, cluster)| {
        let (id, stack) = (cluster.id(), &cluster.stack.name);
        let why = format!("the cluster `{id}` of `{stack}` joins a global database");
        Vote::new(Home::Standby, place, why)
    }));
    votes
}

/// Whether a cluster certainly joins a global database and brings no data.
fn joins(cluster: Resource<'_>) -> bool {
    const SOURCES: [&str; 4] = [
        "MasterUsername",
        "ManageMasterUserPassword",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
    ];
    let is = |property: &str, there| cluster.at(property).exists() == Answer::Known(there);
    is("GlobalClusterIdentifier", true) && SOURCES.iter().all(|property| is(property, false))
}

/// The primary of two failover records leads to the home primary.
fn failover(design: &Design, regions: &[String; 2]) -> Vec<Vote> {
    let led = led(design, regions, |policy| matches!(policy, Policy::First | Policy::Second));
    let votes = led.into_iter().map(|(place, policy, record)| {
        let (home, words) = match policy {
            Policy::First => (Home::Primary, "is answered with while all is well"),
            _ => (Home::Standby, "is answered with in the end only"),
        };
        Vote::new(home, place, format!("{} {words}", named(&record)))
    });
    votes.collect()
}

/// The heavier of two weighted records leads to the home primary.
fn weight(design: &Design, regions: &[String; 2]) -> Vec<Vote> {
    type Heaviest<'d> = [Option<(f64, Record<'d>)>; 2];
    let mut by_name: BTreeMap<_, Heaviest<'_>> = BTreeMap::new();
    for (place, policy, record) in
        led(design, regions, |policy| matches!(policy, Policy::Weighted(_)))
    {
        let (Policy::Weighted(weight), Some(name)) = (policy, name_of(design, &record)) else {
            continue;
        };
        let heaviest = &mut by_name.entry(name).or_default()[place];
        if heaviest.as_ref().is_none_or(|(before, _)| weight > *before) {
            *heaviest = Some((weight, record));
        }
    }
    let votes = by_name.into_values().filter_map(|heaviest| {
        let [Some((first, one)), Some((second, other))] = heaviest else { return None };
        let (primary, record) = if first > second { (0, one) } else { (1, other) };
        let why = format!("{} has the greater weight", named(&record));
        (first.to_bits() != second.to_bits()).then_some(Vote { primary, why })
    });
    votes.collect()
}

/// The records of a policy that lead to a Region of the pair, with its place. A record that does not say where it leads
/// leads to its own Region where the stacks of both Regions have such records.
fn led<'d>(
    design: &'d Design,
    regions: &[String; 2],
    counts: fn(Policy) -> bool,
) -> Vec<(usize, Policy, Record<'d>)> {
    let chosen = records(design).into_iter().filter_map(|record| {
        let policy = record.policy().filter(|policy| counts(*policy))?;
        Some((policy, record))
    });
    let chosen: Vec<(Policy, Record<'_>)> = chosen.collect();
    let is_in_both = regions
        .iter()
        .all(|region| chosen.iter().any(|(_, record)| record.resource.region() == region));
    let led = chosen.into_iter().filter_map(|(policy, record)| {
        let own = is_in_both.then(|| record.resource.region());
        let place = place(regions, record.region.as_deref().or(own)?)?;
        Some((place, policy, record))
    });
    led.collect()
}

/// The name of a record, by which those of one name are found; where it is not known, by how the template writes it.
fn name_of(design: &Design, record: &Record<'_>) -> Option<[String; 2]> {
    let name = record.place.at("Name").value().known()?;
    let name = design.text(name).known().unwrap_or_else(|| name.shown());
    Some([name.to_lowercase(), record.place.at("Type").shown()])
}

fn named(record: &Record<'_>) -> String {
    format!("the record `{}` of `{}`", record.resource.id(), record.resource.stack.name)
}

/// Where buckets of one Region only replicate to the other, it is the primary.
fn replication(design: &Design, regions: &[String; 2]) -> Vec<Vote> {
    let lasting = logs::lasting(design).into_iter();
    let certain = lasting.filter(|(rule, _)| rule.timing != Timing::Planned);
    let votes = certain.filter_map(|(rule, destination)| {
        let why = format!(
            "the bucket `{}` of `{}` replicates to `{}`",
            rule.source.id(),
            rule.source.stack.name,
            destination.stack.name
        );
        Some(Vote { primary: place(regions, rule.source.region())?, why })
    });
    votes.collect()
}
