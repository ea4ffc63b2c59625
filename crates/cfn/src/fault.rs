//! What can be wrong with an assembly: every fault names the stack and, where there is one, the resource.

use std::fmt;

/// Everything that is wrong with an assembly, in the order of its stacks and resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Id of the stack.
    pub stack: String,
    /// Logical id of the resource, or the name of the output, where the fault is in one.
    pub resource: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

/// The ways in which an assembly can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Two stacks have this id.
    DuplicateStack,
    /// Two stacks of one Region have this name.
    DuplicateStackName(String),
    /// Stacks wait for one another, in this order.
    StackCycle(Vec<String>),
    /// The stack depends on one that is not in the assembly.
    UnknownStack(String),
    /// The stack has no resources, which CloudFormation refuses.
    Empty,
    /// A number or size over a quota of CloudFormation or IAM.
    Quota {
        /// What is counted.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much is allowed.
        limit: usize,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The id is used twice in the stack.
    DuplicateId,
    /// The id is not letters and digits only, 1 to 255 of them.
    InvalidId,
    /// A reference to a resource that the other stack does not have.
    Dangling {
        /// Stack that is referred to.
        stack: String,
        /// Logical id that is referred to.
        logical_id: String,
    },
    /// A reference to a stack of another Region or account, where imports do not reach.
    Unreachable {
        /// Stack that is referred to.
        stack: String,
        /// Logical id that is referred to.
        logical_id: String,
        /// Where that stack is.
        place: String,
    },
    /// `DependsOn` of a resource of another stack.
    ForeignDependency(String),
    /// A parameter that the template does not declare.
    UnknownParameter(String),
    /// A condition that the template does not declare.
    UnknownCondition(String),
    /// `${…}` that is no pseudo parameter, in text for `Fn::Sub`.
    UnknownPseudoParameter(String),
}

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stack `{}`", self.stack)?;
        if let Some(resource) = &self.resource {
            write!(f, ", `{resource}`")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateStack => {
                f.write_str("two stacks have this id; give one of them another")
            }
            Self::DuplicateStackName(name) => {
                write!(
                    f,
                    "two stacks of the Region have the name `{name}`; give one of them another"
                )
            }
            Self::StackCycle(ids) => {
                write!(f, "stacks wait for one another: {}; break the circle", ids.join(" → "))
            }
            Self::UnknownStack(id) => {
                write!(
                    f,
                    "depends on stack `{id}`, which is not in the assembly; add it or drop the dependency"
                )
            }
            Self::Empty => f.write_str("has no resources, and CloudFormation needs at least one"),
            Self::Quota { what, found, limit, remedy } => {
                write!(f, "has {found} {what}; AWS allows {limit}; {remedy}")
            }
            Self::DuplicateId => f.write_str("two resources have this logical id; rename one"),
            Self::InvalidId => {
                f.write_str("a logical id is 1 to 255 letters and digits; rename it")
            }
            Self::Dangling { stack, logical_id } => {
                write!(f, "refers to `{logical_id}`, which stack `{stack}` does not have")
            }
            Self::Unreachable { stack, logical_id, place } => write!(
                f,
                "refers to `{logical_id}` of stack `{stack}` in {place}; imports work only within an account \
                 and Region, so give the resource a name of your own and write that name here"
            ),
            Self::ForeignDependency(id) => {
                write!(
                    f,
                    "`DependsOn` names `{id}` of another stack; make the stack depend on that stack"
                )
            }
            Self::UnknownParameter(name) => {
                write!(f, "parameter `{name}` is not declared in the template")
            }
            Self::UnknownCondition(name) => {
                write!(f, "condition `{name}` is not declared in the template")
            }
            Self::UnknownPseudoParameter(name) => write!(
                f,
                "`${{{name}}}` is no pseudo parameter; allowed: AWS::AccountId, AWS::Partition, AWS::Region, \
                 AWS::StackId, AWS::StackName, AWS::URLSuffix"
            ),
        }
    }
}
