//! What would be done, without doing it: change sets are made, shown and deleted. What it comes to has a name, by which
//! people say what they have reviewed (rule `cfn-deploy-guard-after-failover`).

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Planned, Todo};
use super::{Brought, Options, UNCHANGED};
use crate::changes::{Action, Change, Changes};
use crate::guard::Refusal;
use crate::stack::{Seat, hash};
use crate::told::{Failure, Told};

/// A name for what would be done, which follows from all of it.
pub(super) fn review(planned: &BTreeMap<String, Planned>) -> String {
    let lines = planned.iter().map(|(id, one)| match &one.course {
        Todo::Leave => format!("{id} leave\n"),
        Todo::Review(_) => format!("{id} create {}\n", hash(&one.seat.stack.template.text)),
        Todo::Execute { changes, .. } => format!("{id} {changes:?}\n"),
    });
    hash(&lines.collect::<String>())
}

/// Why it is not done: people have reviewed something else.
pub(super) fn refuses(options: &Options, review: &str) -> Option<Refusal> {
    let reviewed = options.reviewed.as_ref().filter(|it| *it != review)?;
    Some(Refusal {
        stack: String::new(),
        path: String::new(),
        why: format!("what would be done is not what was reviewed as {reviewed} any more"),
        advice: "type the command without `--reviewed` to see what would be done now".to_owned(),
    })
}

/// Deletes the change sets.
pub(super) async fn forget(planned: &BTreeMap<String, Planned>) -> Result<(), Failure> {
    for one in planned.values() {
        if let Todo::Execute { id, .. } = &one.course {
            one.seat.forget(id).await?;
        }
    }
    Ok(())
}

/// Tells what would become of each stack. `second` are those that would be changed once more.
pub(super) async fn told(
    planned: BTreeMap<String, Planned>,
    second: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Vec<Brought>, Failure> {
    forget(&planned).await?;
    let stacks = planned.into_iter().map(|(id, one)| {
        let what = match &one.course {
            Todo::Leave if !second.contains_key(&id) => UNCHANGED,
            Todo::Review(_) if one.found.is_none() => {
                one.seat.site.tell(Told::Planned(creation(&one.seat)));
                "to create"
            }
            _ => "to update",
        };
        let (stack, name) = (id, one.seat.stack.name.clone());
        Brought { stack, name, region: one.seat.region().to_owned(), what, asleep: Vec::new() }
    });
    Ok(stacks.collect())
}

/// All that a new stack would make.
fn creation(seat: &Seat) -> Changes {
    let stack = &seat.stack;
    let changes = stack.template.resources();
    let changes = changes.map(|(id, resource)| Change::of(stack, id, Action::Add, resource));
    let (changes, region) = (changes.collect(), seat.region().to_owned());
    Changes { stack: stack.id.clone(), region, is_new: true, changes }
}
