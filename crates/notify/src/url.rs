//! The address of an endpoint, as far as it can be judged without a network. Whether a name leads into our own network
//! is for the caller to find out, each time it calls.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that callbacks may be sent to. There is no `Debug`: receivers keep secrets in paths.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url(String);

/// What an address must be, for people.
pub(crate) const ALLOWED: &str = "an `https://` address with a host and without user, password, fragment or \
                                  blanks; `http://` for `localhost` and loopback addresses only";

/// The longest address, in characters.
const CHARACTERS_MAX: usize = 2_000;

impl Url {
    /// The address written like this, if callbacks may be sent to it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_plain =
            text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\\\"<>".contains(&byte));
        if !is_plain || text.len() > CHARACTERS_MAX {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let host = host(&rest[..end])?;
        let is_allowed = match scheme {
            "https" => true,
            "http" => is_this_machine(host),
            _ => false,
        };
        is_allowed.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The host in `host`, `host:port` or `[address]:port`, if it is one.
fn host(authority: &str) -> Option<&str> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        address.parse::<Ipv6Addr>().ok()?;
        return is_port(port).then_some(address);
    }
    let end = authority.find(':').unwrap_or(authority.len());
    let (host, port) = authority.split_at(end);
    (is_port(port) && is_host(host)).then_some(host)
}

/// Nothing, or a colon and a number.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':');
    let is_number = |digits: &str| {
        digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.parse::<u16>().is_ok_and(|port| port > 0)
    };
    text.is_empty() || digits.is_some_and(is_number)
}

/// Whether it is an IPv4 address or has the form of a name. What ends in a number is an address to every client, and
/// must then be written as one.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let fits =
            (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
        fits && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let ends_in_number =
        text.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    match ends_in_number {
        true => text.parse::<Ipv4Addr>().is_ok(),
        false => text.len() <= 253 && text.split('.').all(is_label),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
