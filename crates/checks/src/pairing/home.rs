//! Which Region of the pair is the home primary, and what says so.

use super::words;
use crate::settings::Settings;
use crate::stack::{Declared, Stack};
use crate::value::Value;
use topology::Home;

/// What a stack says of its Region's home role, and how.
type Sign = fn(&Stack) -> Option<(Home, String)>;

/// What may tell the roles, the surest first.
const SIGNS: [Sign; 5] = [tag, aurora, record, replication, name];

/// The place of the home primary among the two Regions; `None` where nothing says it, and the first is taken.
pub(super) fn primary(
    stacks: &[Stack],
    regions: &[String; 2],
    settings: &Settings,
    reasons: &mut Vec<String>,
) -> Option<usize> {
    for home in Home::BOTH {
        if let Some(place) = regions.iter().position(|region| settings.region(home) == Some(region))
        {
            let primary = if home == Home::Primary { place } else { 1 - place };
            reasons.push(format!("{} is the home primary: the settings say so", regions[primary]));
            return Some(primary);
        }
    }
    for sign in SIGNS {
        if let Some((primary, why)) = told(stacks, regions, sign) {
            reasons.push(format!("{} is the home primary: {why}", regions[primary]));
            return Some(primary);
        }
    }
    reasons.push(format!(
        "nothing says which Region is the home primary; {} is taken for it: say it in the settings",
        regions[0]
    ));
    None
}

/// What a sign says where it does not contradict itself.
fn told(stacks: &[Stack], regions: &[String; 2], sign: Sign) -> Option<(usize, String)> {
    let mut told: Option<(usize, String)> = None;
    for stack in stacks {
        let Some(place) = regions.iter().position(|region| stack.region.as_ref() == Some(region))
        else {
            continue;
        };
        let Some((home, why)) = sign(stack) else { continue };
        let primary = if home == Home::Primary { place } else { 1 - place };
        match &told {
            Some((before, _)) if *before != primary => return None,
            Some(_) => {}
            None => told = Some((primary, why)),
        }
    }
    told
}

fn tag(stack: &Stack) -> Option<(Home, String)> {
    let role = stack.tags.get("DR-Role")?;
    let home = words::home(role)?;
    Some((home, format!("the tag `DR-Role` of `{}` is `{role}`", stack.name)))
}

/// The cluster with the master user is where the data came from.
fn aurora(stack: &Stack) -> Option<(Home, String)> {
    let is_source = |cluster: &Declared| {
        property(cluster, "MasterUsername").is_some()
            || property(cluster, "ManageMasterUserPassword").is_some()
    };
    if let Some(global) = of(stack, "AWS::RDS::GlobalCluster").next() {
        return Some((
            Home::Primary,
            format!("`{}` declares the global cluster `{}`", stack.name, global.id),
        ));
    }
    let member = of(stack, "AWS::RDS::DBCluster")
        .find(|cluster| property(cluster, "GlobalClusterIdentifier").is_some())?;
    if is_source(member) {
        return None;
    }
    Some((
        Home::Standby,
        format!("the cluster `{}` of `{}` joins a global database", member.id, stack.name),
    ))
}

/// A record's role counts where every Region keeps its own.
fn record(stack: &Stack) -> Option<(Home, String)> {
    let mut roles = of(stack, "AWS::Route53::RecordSet").filter_map(record_role);
    let (home, record) = roles.next()?;
    if roles.any(|(other, _)| other != home) {
        return None;
    }
    Some((home, format!("the record `{}` of `{}` {}", record.id, stack.name, record_words(home))))
}

fn record_role(record: &Declared) -> Option<(Home, &Declared)> {
    let home = match (text(record, "Failover").as_deref(), text(record, "Weight").as_deref()) {
        (Some("PRIMARY"), _) => Home::Primary,
        (Some("SECONDARY"), _) | (None, Some("0")) => Home::Standby,
        (None, Some(weight)) if weight.parse::<u32>().is_ok() => Home::Primary,
        _ => return None,
    };
    Some((home, record))
}

fn record_words(home: Home) -> &'static str {
    match home {
        Home::Primary => "is answered with while all is well",
        Home::Standby => "is answered with in the end only",
    }
}

/// Where only one bucket replicates, it is the primary's.
fn replication(stack: &Stack) -> Option<(Home, String)> {
    let bucket = of(stack, "AWS::S3::Bucket")
        .find(|bucket| property(bucket, "ReplicationConfiguration").is_some())?;
    Some((Home::Primary, format!("the bucket `{}` of `{}` replicates", bucket.id, stack.name)))
}

fn name(stack: &Stack) -> Option<(Home, String)> {
    let home = words::home(&stack.name)?;
    Some((home, format!("the name of `{}` suggests it, and nothing surer does", stack.name)))
}

fn of<'s>(stack: &'s Stack, kind: &'s str) -> impl Iterator<Item = &'s Declared> {
    stack.resources.values().filter(move |resource| resource.kind == kind)
}

fn property<'s>(resource: &'s Declared, name: &str) -> Option<&'s Value> {
    match &resource.properties {
        Value::Map(entries) => entries.get(name),
        _ => None,
    }
}

fn text(resource: &Declared, name: &str) -> Option<String> {
    match property(resource, name)? {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
