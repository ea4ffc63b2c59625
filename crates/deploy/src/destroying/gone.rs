//! Stacks that are not there any more, such as those that a command which was killed has taken away: what of them was
//! named and is there yet, by the events of their end.

use std::collections::BTreeSet;

use super::database::{Rds, is_database};
use super::named::{self, SECRET};
use super::{DestroyOptions, Removal, secret};
use crate::events::Event;
use crate::guard::Refusal;
use crate::stack::Seat;
use crate::told::Failure;

/// A stack that is not there any more, and what of it may have been left behind that was named.
pub(super) struct Gone {
    pub(super) seat: Seat,
    /// The ARN of the stack.
    pub(super) stack_id: String,
    pub(super) left: Vec<Removal>,
    /// Why it cannot be removed.
    pub(super) refusals: Vec<Refusal>,
    /// The names that were said of it.
    pub(super) known: BTreeSet<String>,
    takes_snapshots: bool,
}

impl Gone {
    /// What is known of a stack that is not there, from the events of its end; none where nothing of it was named.
    pub(super) async fn of(seat: Seat, options: &DestroyOptions) -> Result<Option<Self>, Failure> {
        let (names, takes_snapshots) = (&options.delete_data, options.takes_snapshots);
        if names.is_empty() {
            return Ok(None);
        }
        let own = seat.stack.template.resources().flat_map(|(id, _)| [id, seat.stack.path(id)]);
        let known = own.filter(|name| names.contains(*name)).map(str::to_owned).collect();
        let (stack_id, left, refusals) = Default::default();
        let mut gone = Self { seat, stack_id, left, refusals, known, takes_snapshots };
        if let Some(stack_id) = gone.seat.deleted().await? {
            gone.stack_id = stack_id;
            gone.read_events(names).await?;
        }
        Ok((!gone.known.is_empty()).then_some(gone))
    }

    async fn read_events(&mut self, names: &BTreeSet<String>) -> Result<(), Failure> {
        for event in self.seat.watch_quietly(&self.stack_id).await? {
            let all = [&event.logical_id, &event.path, &event.physical_id];
            let said: Vec<String> =
                all.into_iter().filter(|name| names.contains(*name)).cloned().collect();
            if !event.is_of_stack && !said.is_empty() {
                self.known.extend(said);
                self.note(event);
            }
        }
        let Seat { site, place, .. } = &self.seat;
        for removal in std::mem::take(&mut self.left) {
            let is_there = if removal.type_name == SECRET {
                secret::is_there(site, place, &removal.physical_id).await?
            } else {
                Rds::of(site, place).await.is_there(&removal, &self.stack_id).await?
            };
            self.left.extend(is_there.then_some(removal));
        }
        Ok(())
    }

    fn note(&mut self, event: Event) {
        let stack = &self.seat.stack;
        let resource = &stack.template.json["Resources"][&event.logical_id];
        let removal = Removal {
            stack: stack.id.clone(),
            region: self.seat.region().to_owned(),
            path: event.path,
            logical_id: event.logical_id,
            type_name: event.type_name,
            physical_id: event.physical_id,
            manner: named::manner(resource, self.takes_snapshots),
        };
        let (is_secret, is_database) = (removal.type_name == SECRET, is_database(&removal));
        match event.status.as_str() {
            "DELETE_SKIPPED" if is_secret => self.left.push(removal),
            "DELETE_SKIPPED" => self.refusals.push(outside(&self.seat, removal)),
            // What CloudFormation takes for deleted may be there.
            "DELETE_COMPLETE" if is_database => self.left.push(removal),
            _ => {}
        }
    }
}

fn outside(seat: &Seat, removal: Removal) -> Refusal {
    let Removal { stack, region, path, type_name, physical_id, .. } = removal;
    let name = &seat.stack.name;
    Refusal {
        path,
        why: format!(
            "({type_name}) stayed in {region} as `{physical_id}` when `{name}` was deleted, and is in no stack"
        ),
        advice: format!(
            "`tideover deploy --import-existing {stack}` takes it in again, if it is still there"
        ),
        stack,
    }
}
