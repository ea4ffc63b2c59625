//! An assembly compared with the templates that are deployed, without leaving anything behind: no change set is made.

mod compare;

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tokio::task::JoinSet;

pub(crate) use self::compare::compare;
use crate::assembly::{Assembly, Stack};
use crate::changes::{Changes, Recreation};
use crate::deploying::seats;
use crate::site::Site;
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
    let mut compared = Vec::new();
    while let Some(Ok(one)) = running.join_next().await {
        let (seat, found, template) = one?;
        // A stack that is only being reviewed has nothing in it.
        let found = found.filter(|found| found.status != "REVIEW_IN_PROGRESS");
        let (stack, region) = (&seat.stack, seat.region().to_owned());
        let changes = compare(stack, &template, create_only);
        let changes = Changes { stack: stack.id.clone(), region, is_new: found.is_none(), changes };
        let mut besides = found
            .as_ref()
            .map_or_else(Vec::new, |_| compare::sections(&template, &stack.template.json));
        besides
            .extend(found.as_ref().filter(|it| it.tags != stack.tags).map(|_| "tags".to_owned()));
        besides.extend(
            found
                .as_ref()
                .filter(|it| it.is_protected != stack.is_protected)
                .map(|_| "termination protection".to_owned()),
        );
        compared.push(StackDiff {
            name: stack.name.clone(),
            status: found.map(|found| found.status),
            changes,
            besides,
        });
    }
    compared.sort_by(|one, other| one.changes.stack.cmp(&other.changes.stack));
    Ok(Compared { stacks: compared })
}
