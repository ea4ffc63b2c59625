//! What is judged: the text of a template with what is known of its stack.

use std::collections::BTreeMap;

/// A template and its stack.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The template's file, for messages.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The stack's name for people.
    pub name: String,
    /// The name of the deployed stack.
    pub stack_name: String,
    /// The Region, where it is known.
    pub region: Option<String>,
    /// The account, where it is known.
    pub account: Option<String>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected against deletion; `None` where no assembly says so.
    pub termination_protection: Option<bool>,
    /// Names of the stacks that are deployed before it.
    pub dependencies: Vec<String>,
    /// What it is nested in.
    pub parent: Option<Parent>,
}

/// The resource of another template that a nested stack is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Name of that template's stack, which stands before the nested one.
    pub stack: String,
    /// Logical id of the resource of type `AWS::CloudFormation::Stack`.
    pub resource: String,
}
