//! CloudFormation as a typed language.
//!
//! Resource types are plain structs generated from AWS's own schemas; properties are [`Value`]s, literal or
//! typed reference; a [`Stack`] collects resources and hands out the [`Handle`]s that references are made of;
//! [`assembly::render`] resolves everything into the files that the CDK CLI reads, or says what is wrong and
//! where. Knows nothing of payments or of this project's design.

pub mod assembly;
pub mod fault;
mod generated;
pub mod json;
pub mod kind;
mod policy_size;
mod resolve;
pub mod resource;
pub mod stack;
mod template;
pub mod value;
mod writer;

pub use generated::*;
pub use json::{Json, Object, ToJson};
pub use resource::{Attributes, Handle, Immutable, Policy, Resource};
pub use stack::{Asset, Condition, Environment, Parameter, Stack};
pub use value::{Text, Value, availability_zone, concat, join, only_if, set, sub};
