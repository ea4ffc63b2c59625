//! What a failed creation or deletion has left of a stack, taken away so that the stack can be made again: nothing that
//! holds data unless its name was said, and nothing that its template retains. That stays, and is taken in again.

use serde_json::Value as Json;

use crate::assembly::resources;
use crate::guard::{Guard, Refusal};
use crate::stack::{Ending, Found, Seat};
use crate::stateful::{NESTED, is_kept, is_stateful};
use crate::told::{Failure, Told};

/// A stack that can only be taken away.
#[derive(Clone)]
pub(super) struct Remains {
    pub(super) found: Found,
    /// The template that is there.
    template: Json,
    /// The logical ids of what is left.
    left: Vec<String>,
}

impl Remains {
    pub(super) async fn look(seat: &Seat, found: Found) -> Result<Self, Failure> {
        let template = seat.template().await?.unwrap_or(Json::Null);
        let left = seat.resources(&found.id).await?.into_iter();
        let left = left.filter(|(_, _, physical)| !physical.is_empty());
        let left = left.map(|(id, _, _)| id).collect();
        Ok(Self { found, template, left })
    }

    /// Why it is not taken away: it holds what would be lost.
    pub(super) fn refusals(&self, seat: &Seat, guard: &Guard) -> Vec<Refusal> {
        let stack = &seat.stack;
        let named = |id: &str| guard.replace.contains(id) || guard.replace.contains(stack.path(id));
        let lost = resources(&self.template).filter(|(id, resource)| {
            let type_name = resource["Type"].as_str().unwrap_or_default();
            let holds_data = is_stateful(type_name) || type_name == NESTED;
            let is_left = self.left.iter().any(|left| left == id);
            holds_data && is_left && !is_kept(resource["DeletionPolicy"].as_str()) && !named(id)
        });
        let refusal = |(id, resource): (&str, &Json)| Refusal {
            stack: stack.id.clone(),
            path: stack.path(id).to_owned(),
            why: format!(
                "({}) is left of a stack that is {}, and would be deleted with what is in it",
                resource["Type"].as_str().unwrap_or_default(),
                self.found.status
            ),
            advice: format!("if that is meant: `--allow-replace {id}`"),
        };
        lost.map(refusal).collect()
    }

    /// Whether its template retains anything, so that the new stack must take in what is there under its names.
    pub(super) fn retains(&self) -> bool {
        resources(&self.template).any(|(_, it)| is_kept(it["DeletionPolicy"].as_str()))
    }

    /// Takes it away, but for what its template retains; or answers how that failed.
    pub(super) async fn take_away(&self, seat: &Seat) -> Result<Result<(), Ending>, Failure> {
        if self.found.is_protected {
            seat.protect(false).await?;
        }
        let (stack, region) = (seat.stack.id.clone(), seat.region().to_owned());
        seat.site.tell(Told::Begun { stack, region, what: "delete" });
        let ending = seat.delete(&self.found).await?;
        Ok(if ending.status == "DELETE_COMPLETE" { Ok(()) } else { Err(ending) })
    }
}
