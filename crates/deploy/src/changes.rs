//! What a change set would do, as AWS says it.

use aws_sdk_cloudformation::types::{
    BeforeValueFrom, Change as AwsChange, ChangeAction, Replacement as AwsReplacement,
    RequiresRecreation, ResourceAttribute, ResourceChange, ResourceChangeDetail,
    StackResourceDriftStatus,
};

use serde_json::Value as Json;

use crate::assembly::Stack;
use crate::stateful::NESTED;

/// What would be done to a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The stack's id in the assembly.
    pub stack: String,
    /// Its Region.
    pub region: String,
    /// Whether it is created.
    pub is_new: bool,
    /// What becomes of its resources.
    pub changes: Vec<Change>,
}

/// What becomes of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub type_name: String,
    /// Its construct path.
    pub path: String,
    /// What it is called in AWS, where it is there.
    pub physical_id: Option<String>,
    /// Whether another takes its place.
    pub replacement: Replacement,
    /// Whether the one that is taken away or replaced stays in AWS, outside of the stack.
    pub is_kept: bool,
    /// How it differs from what was deployed last; none where nobody has looked (`--revert-drift`).
    pub drift: Option<Drift>,
    /// Which of its properties change.
    pub properties: Vec<PropertyChange>,
}

impl Change {
    /// What is done to a resource of a template, where nothing else is known of it.
    pub(crate) fn of(stack: &Stack, id: &str, action: Action, resource: &Json) -> Self {
        Self {
            action,
            logical_id: id.to_owned(),
            type_name: resource["Type"].as_str().unwrap_or_default().to_owned(),
            path: stack.path(id).to_owned(),
            physical_id: None,
            replacement: Replacement::Never,
            is_kept: false,
            drift: None,
            properties: Vec::new(),
        }
    }
}

/// How a resource differs from what was deployed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// It does not.
    None,
    /// It was changed outside CloudFormation.
    Modified,
    /// It was deleted outside CloudFormation.
    Deleted,
    /// AWS cannot tell, or not for this type.
    Unknown,
}

/// What is done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Add,
    /// It is changed.
    Modify,
    /// It is taken out.
    Remove,
    /// One that exists is taken into the stack.
    Import,
    /// Something else, which AWS cannot tell yet.
    Other,
}

/// Whether a resource is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// No.
    Never,
    /// AWS cannot tell.
    Perhaps,
    /// Yes.
    Always,
}

/// A property that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// Its name, or path.
    pub name: String,
    /// Whether that replaces the resource.
    pub recreation: Recreation,
    /// Whether it was changed outside CloudFormation, and would be changed back.
    pub is_drift: bool,
}

/// Whether a change of a property replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recreation {
    /// No.
    Never,
    /// It depends.
    Perhaps,
    /// Yes: it can only be set when the resource is made.
    Always,
}

impl Change {
    /// Whether what is there now is taken away or replaced, or may be.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        self.action == Action::Remove || self.replacement != Replacement::Never
    }
}

/// A change of a resource, as a change set tells it; none for what is no resource.
pub(crate) fn change(stack: &Stack, change: &AwsChange) -> Option<Change> {
    let told = change.resource_change()?;
    let logical_id = told.logical_resource_id().unwrap_or_default().to_owned();
    Some(Change {
        action: action(told.action()),
        type_name: told.resource_type().unwrap_or_default().to_owned(),
        path: stack.path(&logical_id).to_owned(),
        physical_id: told.physical_resource_id().map(str::to_owned),
        replacement: replacement(told),
        is_kept: told.policy_action().is_some_and(|policy| policy.as_str().contains("Retain")),
        drift: told.resource_drift_status().map(drift),
        properties: told.details().iter().filter_map(property).collect(),
        logical_id,
    })
}

/// The change set of a stack in the stack, where AWS has made one with that of the whole.
pub(crate) fn nested_change_set(change: &AwsChange) -> Option<String> {
    change.resource_change()?.change_set_id().map(str::to_owned)
}

fn action(action: Option<&ChangeAction>) -> Action {
    match action {
        Some(ChangeAction::Add) => Action::Add,
        Some(ChangeAction::Modify | ChangeAction::SyncWithActual) => Action::Modify,
        Some(ChangeAction::Remove) => Action::Remove,
        Some(ChangeAction::Import) => Action::Import,
        _ => Action::Other,
    }
}

fn replacement(told: &ResourceChange) -> Replacement {
    match told.replacement() {
        Some(AwsReplacement::True) => Replacement::Always,
        Some(AwsReplacement::Conditional) => Replacement::Perhaps,
        // What becomes of it AWS cannot tell yet, so that it may be anything.
        _ if action(told.action()) == Action::Other => Replacement::Perhaps,
        _ if is_in_the_dark(told) => Replacement::Perhaps,
        _ => Replacement::Never,
    }
}

/// Whether a stack in the stack is changed and nobody tells how.
fn is_in_the_dark(told: &ResourceChange) -> bool {
    let is_changed = action(told.action()) == Action::Modify;
    told.resource_type() == Some(NESTED) && is_changed && told.change_set_id().is_none()
}

fn property(detail: &ResourceChangeDetail) -> Option<PropertyChange> {
    let target = detail.target()?;
    let name = match target.attribute()? {
        ResourceAttribute::Properties => target.name()?.to_owned(),
        attribute => attribute.as_str().to_owned(),
    };
    let recreation = match target.requires_recreation() {
        Some(RequiresRecreation::Always) => Recreation::Always,
        Some(RequiresRecreation::Conditionally) => Recreation::Perhaps,
        _ => Recreation::Never,
    };
    let is_drift = target.drift().is_some()
        || target.before_value_from() == Some(&BeforeValueFrom::ActualState);
    Some(PropertyChange { name, recreation, is_drift })
}

fn drift(status: &StackResourceDriftStatus) -> Drift {
    match status {
        StackResourceDriftStatus::InSync => Drift::None,
        StackResourceDriftStatus::Modified => Drift::Modified,
        StackResourceDriftStatus::Deleted => Drift::Deleted,
        _ => Drift::Unknown,
    }
}
