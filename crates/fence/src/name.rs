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

name! {
    /// Who changed the record last, for people: an operator, a function, a drill.
    Author
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
