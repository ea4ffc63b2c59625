//! Where something is: in one of the two Regions, with the witness, or outside of all of them.

use std::net::Ipv4Addr;

use drill::Site;
use serde::{Deserialize, Serialize};

/// Where a connection comes from or goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In a Region.
    Region(Site),
    /// Where the third vote is.
    Witness,
    /// Clients, operators, the processor, DNS and its health checkers.
    Outside,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Region(Site::Primary), Self::Region(Site::Standby), Self::Witness, Self::Outside];

    /// The loopback address that stands for it: all of 127.0.0.0/8 is this machine's.
    #[must_use]
    pub const fn address(self) -> Ipv4Addr {
        match self {
            Self::Region(Site::Primary) => Ipv4Addr::new(127, 77, 1, 1),
            Self::Region(Site::Standby) => Ipv4Addr::new(127, 77, 2, 1),
            Self::Witness => Ipv4Addr::new(127, 77, 3, 1),
            Self::Outside => Ipv4Addr::new(127, 77, 4, 1),
        }
    }

    /// The word for it, in files and on command lines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Region(site) => site.role(),
            Self::Witness => "witness",
            Self::Outside => "outside",
        }
    }

    /// The place of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == word)
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::named(&word).ok_or_else(|| serde::de::Error::custom(format!("no place `{word}`")))
    }
}
