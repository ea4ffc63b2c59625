//! Whom to ask: the name servers of a zone, found by a resolver, and resolvers.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use hickory_proto::op::Message;
use hickory_proto::rr::{RData, RecordType};
use tokio::task::JoinSet;

use super::query::{Recursion, ask};

/// Where machines say whom they ask.
const RESOLVERS_FILE: &str = "/etc/resolv.conf";

/// Resolvers that anybody may ask, of two who do not belong together: what users' resolvers remember is seen there.
const PUBLIC: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)), IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8))];

/// The port of DNS.
pub(crate) const PORT: u16 = 53;

/// A DNS server that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// What it is called in reports.
    pub(crate) called: String,
    /// Whether it is one of the zone's own.
    pub(crate) is_of_zone: bool,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn resolver(address: SocketAddr) -> Self {
        Self { called: format!("{address}, a resolver"), is_of_zone: false, address }
    }

    /// The addresses that it knows for a name.
    pub(crate) async fn addresses(&self, name: &str) -> Result<BTreeSet<IpAddr>, String> {
        let recursion = if self.is_of_zone { Recursion::No } else { Recursion::Asked };
        let answer = ask(self.address, name, RecordType::A, recursion).await?;
        Ok(addresses_in(&answer))
    }
}

/// The machine's resolvers, and the public ones.
pub(crate) fn resolvers_of_machine() -> Vec<SocketAddr> {
    let text = fs::read_to_string(RESOLVERS_FILE).unwrap_or_default();
    let mut all = named_in(&text);
    all.extend(PUBLIC.into_iter().filter(|public| !named_in(&text).contains(public)));
    all.into_iter().map(|address| SocketAddr::new(address, PORT)).collect()
}

/// The resolvers that such a file names, in their order.
fn named_in(text: &str) -> Vec<IpAddr> {
    let lines = text.lines().map(str::split_ascii_whitespace);
    let named = lines.filter_map(|mut words| match (words.next(), words.next()) {
        (Some("nameserver"), Some(address)) => address.parse().ok(),
        _ => None,
    });
    named.collect()
}

/// Every name server of a zone, as the first resolver says that knows them. All are asked at once.
pub(super) async fn of_zone(
    zone: &str,
    resolvers: &[SocketAddr],
    port: u16,
) -> Result<Vec<Server>, String> {
    let mut asked = JoinSet::new();
    for resolver in resolvers.iter().copied() {
        let zone = zone.to_owned();
        asked.spawn(async move { (resolver, by_resolver(&zone, resolver, port).await) });
    }
    let mut words = Vec::new();
    while let Some(Ok((resolver, found))) = asked.join_next().await {
        match found {
            Ok(servers) => return Ok(servers),
            Err(why) => words.push(format!("{resolver}: {why}")),
        }
    }
    words.sort();
    Err(words.join("; "))
}

async fn by_resolver(zone: &str, resolver: SocketAddr, port: u16) -> Result<Vec<Server>, String> {
    let answer = ask(resolver, zone, RecordType::NS, Recursion::Asked).await?;
    let mut asked = JoinSet::new();
    for name in names_in(&answer) {
        asked.spawn(async move {
            let found = ask(resolver, &name, RecordType::A, Recursion::Asked).await;
            (name, found.map(|answer| addresses_in(&answer)))
        });
    }
    let found = asked.join_all().await.into_iter();
    let mut servers: Vec<Server> = found
        .filter_map(|(name, addresses)| {
            let address = *addresses.ok()?.first()?;
            let called = format!("{name}, a name server of the zone");
            Some(Server { called, is_of_zone: true, address: SocketAddr::new(address, port) })
        })
        .collect();
    servers.sort_by(|one, other| one.called.cmp(&other.called));
    if servers.is_empty() { Err("it names none".to_owned()) } else { Ok(servers) }
}

fn names_in(answer: &Message) -> BTreeSet<String> {
    let data = answer.answers.iter().map(|record| &record.data);
    let names = data.filter_map(|data| match data {
        RData::NS(name) => Some(name.0.to_ascii().trim_end_matches('.').to_owned()),
        _ => None,
    });
    names.collect()
}

fn addresses_in(answer: &Message) -> BTreeSet<IpAddr> {
    let data = answer.answers.iter().map(|record| &record.data);
    data.filter_map(|data| match data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        _ => None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_read_as_machines_name_them() {
        let text = "# mine\nnameserver 192.0.2.1\nsearch example.com\nnameserver\t2001:db8::1 \nnameserver x\n";
        let named: Vec<String> = named_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(named, ["192.0.2.1", "2001:db8::1"]);
    }
}
