//! An assembly compared with the templates that are deployed, without leaving anything behind: no change set is made.

mod compare;

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tokio::task::JoinSet;

pub(crate) use self::compare::compare;
use crate::assembly::{Assembly, Stack};
use crate::changes::{Changes, Recreation};
use crate::deploying::seats;
use crate::peer::{self, PEER, PRESENT};
use crate::site::Site;
use crate::stack::Found;
use crate::status::is_settled;
use crate::told::Failure;

/// Tells whether a property of a type can only be set when the resource is made. The property is a path such as
/// `StreamSpecification/StreamViewType`.
pub type CreateOnly = fn(type_name: &str, property: &str) -> Recreation;

/// What differs, stack by stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Each chosen stack.
    pub stacks: Vec<StackDiff>,
}

/// What differs in a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackDiff {
    /// Its name in CloudFormation.
    pub name: String,
    /// What its status is; none when it is not there.
    pub status: Option<String>,
    /// What would become of its resources.
    pub changes: Changes,
    /// What else differs: sections of the template, tags, protection.
    pub besides: Vec<String>,
}

impl StackDiff {
    /// Whether anything differs.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.changes.changes.is_empty() || !self.besides.is_empty()
    }
}

/// Compares the chosen stacks with what is deployed.
///
/// # Errors
/// When the account is another than the one that is wanted, or does not answer.
pub async fn diff(
    site: &Site,
    assembly: &Assembly,
    chosen: &BTreeSet<String>,
    create_only: CreateOnly,
) -> Result<Compared, Failure> {
    let stacks: Vec<&Stack> = assembly.stacks.iter().filter(|it| chosen.contains(&it.id)).collect();
    let speaker = site.verify(&stacks).await?;
    let mut running = JoinSet::new();
    for seat in seats(site, &speaker, &stacks)? {
        running.spawn(async move {
            let found = seat.look().await?;
            let template = match &found {
                Some(_) => seat.template().await?.unwrap_or(Json::Null),
                None => Json::Null,
            };
            Ok::<_, Failure>((seat, found, template))
        });
    }
    let (mut compared, mut open) = (Vec::new(), BTreeSet::new());
    while let Some(Ok(one)) = running.join_next().await {
        let (seat, found, template) = one?;
        open.extend(
            found.as_ref().filter(|it| is_open(&seat.stack, it)).map(|_| seat.stack.id.clone()),
        );
        // A stack that is only being reviewed has nothing in it.
        let found = found.filter(|found| found.status != "REVIEW_IN_PROGRESS");
        let (stack, region) = (&seat.stack, seat.region().to_owned());
        let changes = compare(stack, &template, create_only);
        let changes = Changes { stack: stack.id.clone(), region, is_new: found.is_none(), changes };
        let besides = found.as_ref().map_or_else(Vec::new, |it| besides(stack, it, &template));
        compared.push(StackDiff {
            name: stack.name.clone(),
            status: found.map(|found| found.status),
            changes,
            besides,
        });
    }
    second_pass(assembly, &mut compared, &open);
    compared.sort_by(|one, other| one.changes.stack.cmp(&other.changes.stack));
    Ok(Compared { stacks: compared })
}

/// What else differs of a stack that is there.
fn besides(stack: &Stack, found: &Found, template: &Json) -> Vec<String> {
    let mut besides = compare::sections(template, &stack.template.json);
    // A value that nobody gives stays as it is.
    let changed = stack.parameters.iter().filter(|(name, value)| {
        stack.template.parameter(name).is_some() && found.parameters.get(*name) != Some(value)
    });
    besides.extend(changed.map(|(name, _)| format!("the value of the parameter `{name}`")));
    besides.extend((found.tags != stack.tags).then(|| "tags".to_owned()));
    let is_other = found.is_protected != stack.is_protected;
    besides.extend(is_other.then(|| "termination protection".to_owned()));
    besides.extend((!is_settled(&found.status)).then(|| format!("it is {}", found.status)));
    besides
}

/// Whether a stack waits for its peer, which a deployment would tell it of.
fn is_open(stack: &Stack, found: &Found) -> bool {
    peer::is_peer(stack) && found.parameters.get(PEER).map(String::as_str) != Some(PRESENT)
}

/// Stacks that a deployment would change once more, because all their peers are there.
fn second_pass(assembly: &Assembly, compared: &mut [StackDiff], open: &BTreeSet<String>) {
    let peers = peer::peers(assembly);
    let is_there = |one: &&StackDiff| peers.contains(&one.changes.stack) && one.status.is_some();
    if peers.len() < 2 || compared.iter().filter(is_there).count() < peers.len() {
        return;
    }
    for one in compared.iter_mut().filter(|one| open.contains(&one.changes.stack)) {
        one.besides.push(format!("the value of the parameter `{PEER}`"));
    }
}
