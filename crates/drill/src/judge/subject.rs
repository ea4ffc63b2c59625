//! How a violation names what it is about: the payment, the time, the Region.

use std::fmt;

use payments::{Money, MovementId};

use crate::history::{ClientRequest, RequestKind, Site};

/// A moment in milliseconds since the beginning of the drill, written as seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:03} s", self.0 / 1_000, self.0 % 1_000))
    }
}

/// When and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Milliseconds since the beginning of the drill.
    pub ms: u64,
    /// The Region.
    pub site: Site,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.site.region(), Seconds(self.ms))
    }
}

/// The payment or refund that something is about, by every name that somebody may look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id, when one was seen.
    pub movement: Option<MovementId>,
    /// How much, when that is known.
    pub money: Option<Money>,
    /// The request and its number, when a client heard of it.
    pub request: Option<(u32, ClientRequest)>,
}

impl Subject {
    fn kind(&self) -> &'static str {
        let is_refund = match (self.movement, &self.request) {
            (Some(movement), _) => matches!(movement, MovementId::Refund(..)),
            (None, Some((_, request))) => matches!(request.kind, RequestKind::Refund { .. }),
            (None, None) => false,
        };
        if is_refund { "refund" } else { "payment" }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        if let Some(movement) = self.movement {
            write!(f, " {movement}")?;
        }
        if let Some(money) = self.money {
            write!(f, " of {money}")?;
        }
        if let Some((number, request)) = &self.request {
            let ClientRequest { client, key, .. } = request;
            write!(f, " (request {number} of client {client}, key `{key}`)")?;
        }
        Ok(())
    }
}
