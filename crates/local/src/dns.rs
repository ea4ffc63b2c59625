//! DNS as Route 53 serves it: weighted records whose health checks decide, checkers that ask from
//! two places, a name server over UDP, and resolvers that keep what they heard.
//!
//! What is decided is in values ([`zone`], [`check`], [`switch`]); the rest is packets and time.

mod authority;
mod check;
mod checkers;
mod message;
mod resolver;
mod server;
mod switch;
mod zone;

pub use authority::{Authority, CheckStatus, DnsStatus};
pub use check::View;
pub use checkers::{CHECKERS, Checkers};
pub use resolver::{Resolver, Ttl, Unresolved, look_up};
pub use server::DnsServer;
pub use switch::SwitchSettings;
