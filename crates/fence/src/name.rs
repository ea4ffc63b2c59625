//! Names and the epoch: the words that the record, the lease and the orders have in common.

use std::fmt;
use std::sync::Arc;

/// Makes a name of a text, so that no function takes one name for another. Names are copied with every
/// record, lease and plan, and never change: copies share the text.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name of this text.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name! {
    /// The name of a Region, such as `us-east-1`.
    RegionName
}

name! {
    /// Who holds a lease: a process, by a name that no other has, nor this one after its next start;
    /// or a group of processes that share one.
    HolderId
}

name! {
    /// The id of a run. Every run has its own; the same id on two machines is the same run.
    RunId
}

/// Who ordered something, for people: an operator, a function, a drill. The name is whatever was said; the principal is
/// as whom the order came, where somebody else vouches for that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Author {
    name: Arc<str>,
    principal: Option<Arc<str>>,
}

impl Author {
    /// Somebody who says that this is their name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into().into(), principal: None }
    }

    /// The same, as this principal: in AWS the ARN that the credentials are of.
    #[must_use]
    pub fn known_as(self, principal: impl Into<String>) -> Self {
        Self { principal: Some(principal.into().into()), ..self }
    }

    /// The name alone, as the control record has it.
    #[must_use]
    pub fn by_name(&self) -> Self {
        Self { name: self.name.clone(), principal: None }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// As whom the order came, where that is known.
    #[must_use]
    pub fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// Whether the two count as one person: they say the same name, or came as the same principal.
    #[must_use]
    pub fn is_one_with(&self, other: &Self) -> bool {
        let came_alike = self.principal.is_some() && self.principal == other.principal;
        self.name == other.name || came_alike
    }
}

impl fmt::Debug for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_tuple("Author");
        told.field(&self.name);
        self.principal.iter().for_each(|principal| {
            told.field(principal);
        });
        told.finish()
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// The number of a permission to write. It only ever grows, and under one epoch no more than one
/// Region is ever active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch of a system's first active Region.
    pub const FIRST: Self = Self(1);

    /// The epoch of this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The next epoch; nothing after the last there is.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
