//! Resources: what the generated property structs have in common, and the attributes around them.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::json::{Object, ToJson};
use crate::value::{Expression, Target, Value};

/// A resource type of CloudFormation.
pub trait Resource: ToJson {
    /// The type's name, such as `AWS::EC2::VPC`.
    const TYPE: &'static str;
    /// What `Ref` yields.
    type Reference;
}

/// Which properties of a resource type cannot change in place, as paths such as `/properties/VpcId`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Immutable {
    /// A change of one of these replaces the resource.
    pub create_only: &'static [&'static str],
    /// A change of one of these replaces the resource in some cases.
    pub conditionally_create_only: &'static [&'static str],
}

/// A resource that was added to a stack: the only source of references to it.
#[derive(Debug)]
pub struct Handle<R> {
    pub(crate) target: Target,
    resource: PhantomData<fn() -> R>,
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self::new(self.target.clone())
    }
}

impl<R> Handle<R> {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, resource: PhantomData }
    }

    /// Logical id of the resource.
    pub fn logical_id(&self) -> &Arc<str> {
        &self.target.logical_id
    }

    /// Id of the stack that owns the resource.
    pub fn stack(&self) -> &Arc<str> {
        &self.target.stack
    }

    /// `Fn::GetAtt`; the generated methods call it with attributes that the schema lists as readable.
    pub(crate) fn attribute<T>(&self, name: &'static str) -> Value<T> {
        Value::Expression(Expression::GetAtt(self.target.clone(), name))
    }
}

impl<R: Resource> Handle<R> {
    /// `Ref`: usually the resource's physical id, for some types its name or ARN.
    pub fn reference(&self) -> Value<R::Reference> {
        Value::Expression(Expression::Ref(self.target.clone()))
    }
}

/// What CloudFormation does with the physical resource when its description goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Delete it.
    Delete,
    /// Keep it.
    Retain,
    /// Keep it, except when the stack that was to create it fails (`DeletionPolicy` only).
    RetainExceptOnCreate,
    /// Take a final snapshot, then delete it (types that have snapshots).
    Snapshot,
}

impl Policy {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::RetainExceptOnCreate => "RetainExceptOnCreate",
            Self::Snapshot => "Snapshot",
        }
    }
}

/// What stands around a resource's properties.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// What happens when the resource leaves the template or its stack is deleted.
    pub deletion_policy: Option<Policy>,
    /// What happens to the old resource when a change replaces it.
    pub update_replace_policy: Option<Policy>,
    /// Resources of the same stack that must exist first, beyond those referred to.
    pub depends_on: Vec<Target>,
    /// Condition of the same template under which the resource exists.
    pub condition: Option<String>,
    /// Free-form data about the resource, for tools.
    pub metadata: Object,
}

impl Attributes {
    /// Keeps the data: on replacement, on removal and on deletion of the stack. What a failed first deployment
    /// has made goes again, so that its name is free for the next try.
    pub fn retained() -> Self {
        Self {
            deletion_policy: Some(Policy::RetainExceptOnCreate),
            update_replace_policy: Some(Policy::Retain),
            ..Self::default()
        }
    }

    /// After another resource of the same stack.
    pub fn after<R>(resource: &Handle<R>) -> Self {
        Self::default().and_after(resource)
    }

    /// The same, and after one more resource of the same stack.
    #[must_use]
    pub fn and_after<R>(mut self, resource: &Handle<R>) -> Self {
        self.depends_on.push(resource.target.clone());
        self
    }
}
