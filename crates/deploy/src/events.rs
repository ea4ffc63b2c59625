//! Events of stacks: which belong to an operation, and which of them is the root of a failure.

use aws_sdk_cloudformation::types::StackEvent;

use crate::assembly::Stack;

/// Something that happened to a resource of a stack, or to the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What AWS calls the event.
    pub id: String,
    /// The resource's logical id.
    pub logical_id: String,
    /// Its construct path.
    pub path: String,
    /// Its type.
    pub type_name: String,
    /// What it is called in AWS.
    pub physical_id: String,
    /// What it has become.
    pub status: String,
    /// Why, where AWS says so.
    pub reason: Option<String>,
    /// Whether it is about the stack itself.
    pub is_of_stack: bool,
    /// What whoever began the operation called it.
    pub token: Option<String>,
}

/// How the events of an operation on a stack begin.
const BEGINS: [&str; 4] =
    ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "UPDATE_IN_PROGRESS"];

/// What is said of resources that only failed because another did.
const FOLLOWS: [&str; 3] =
    ["Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled"];

impl Event {
    pub(crate) fn of(stack: &Stack, event: &StackEvent) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let logical_id = text(event.logical_resource_id());
        Self {
            id: text(event.event_id()),
            path: stack.path(&logical_id).to_owned(),
            type_name: text(event.resource_type()),
            physical_id: text(event.physical_resource_id()),
            status: text(event.resource_status().map(|status| status.as_str())),
            reason: event.resource_status_reason().filter(|it| !it.is_empty()).map(str::to_owned),
            is_of_stack: event.physical_resource_id().is_some()
                && event.physical_resource_id() == event.stack_id(),
            token: event.client_request_token().map(str::to_owned),
            logical_id,
        }
    }

    /// Whether an operation on the stack begins here.
    pub(crate) fn is_beginning(&self) -> bool {
        self.is_of_stack && BEGINS.contains(&self.status.as_str())
    }

    fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED")
    }

    /// Whether the reason only says that something else failed.
    fn only_follows(&self) -> bool {
        self.reason.as_deref().is_none_or(|reason| FOLLOWS.iter().any(|it| reason.starts_with(it)))
    }
}

/// The root of a failure: the earliest that failed for a reason of its own. `events` are those of one operation, oldest
/// first.
pub(crate) fn root_cause(events: &[Event]) -> Option<&Event> {
    let failed = || events.iter().filter(|event| event.is_failure());
    let of_resources = failed().find(|event| !event.is_of_stack && !event.only_follows());
    of_resources
        .or_else(|| failed().find(|event| !event.only_follows()))
        .or_else(|| failed().next())
        .or_else(|| {
            // What fails before any resource is touched is told of the stack as it rolls back.
            events.iter().find(|event| {
                event.is_of_stack && event.status.contains("ROLLBACK") && event.reason.is_some()
            })
        })
}

#[cfg(test)]
mod tests;
