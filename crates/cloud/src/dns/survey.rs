//! What all servers answered, and whether traffic has crossed over by it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use fence::{Millis, RegionName};
use runbook::{DnsNote, Notes};

use super::Server;

/// Addresses, or why there are none.
type Found = Result<BTreeSet<IpAddr>, String>;

/// What all servers answered.
pub(crate) struct Survey {
    name: String,
    /// What each answered for the public name.
    public: Vec<(Server, Found)>,
    /// The addresses of each Region's own name, by whoever knows any: services behind many addresses show some at a time.
    own: BTreeMap<RegionName, BTreeSet<IpAddr>>,
    /// Why the zone's own servers were not asked, where they were not.
    why: Option<String>,
}

impl Survey {
    pub(crate) fn new(name: String, why: Option<String>) -> Self {
        Self { name, public: Vec::new(), own: BTreeMap::new(), why }
    }

    /// Takes what a server answered for the name of a Region, or for the public one.
    pub(crate) fn take(&mut self, server: &Server, region: Option<RegionName>, found: Found) {
        match (region, found) {
            (None, found) => self.public.push((server.clone(), found)),
            (Some(region), Ok(addresses)) => {
                self.own.entry(region).or_default().extend(addresses);
            }
            (Some(_), Err(_)) => {}
        }
    }

    /// Whether the public name leads to this Region: more than half of the zone's servers say so, whoever else answers
    /// says so too, and where none of the zone's is known a resolver does.
    pub(crate) fn leads_to(&self, region: &RegionName) -> Result<(), String> {
        for (server, found) in &self.public {
            if let Ok(addresses) = found
                && self.region_of(addresses) != Some(region)
            {
                let says = self.told(found);
                return Err(format!("`{}` is at {says}, says {}", self.name, server.called));
            }
        }
        let of_zone = || self.public.iter().filter(|(server, _)| server.is_of_zone);
        let (asked, known) = match of_zone().count() {
            0 => (1, self.answers(self.public.iter())),
            asked => (asked, self.answers(of_zone())),
        };
        if known * 2 > asked { Ok(()) } else { Err(self.silence(known, asked)) }
    }

    fn answers<'s>(&self, of: impl Iterator<Item = &'s (Server, Found)>) -> usize {
        of.filter(|(_, found)| found.is_ok()).count()
    }

    fn silence(&self, known: usize, asked: usize) -> String {
        let silent = self.public.iter().filter_map(|(server, found)| {
            Some(format!("{}: {}", server.called, found.as_ref().err()?))
        });
        let silent: Vec<String> = silent.collect();
        format!("{known} of {asked} DNS servers answer: {}", silent.join("; "))
    }

    /// The Region whose own name has all of these addresses.
    fn region_of(&self, addresses: &BTreeSet<IpAddr>) -> Option<&RegionName> {
        let mut all = self.own.iter();
        let found = all.find(|(_, own)| !addresses.is_empty() && addresses.is_subset(own));
        found.map(|(region, _)| region)
    }

    fn told(&self, found: &Found) -> String {
        let addresses = match found {
            Ok(addresses) if addresses.is_empty() => return "no address".to_owned(),
            Ok(addresses) => addresses,
            Err(why) => return format!("no answer: {why}"),
        };
        let listed: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let region = self.region_of(addresses).map(|region| format!(" ({region})"));
        listed.join(", ") + &region.unwrap_or_default()
    }

    /// All answers, for the journal.
    pub(crate) fn notes(&self, at: Millis) -> Notes {
        let dns = self.public.iter().map(|(server, found)| DnsNote {
            at,
            asked: server.called.clone(),
            name: self.name.clone(),
            answer: self.told(found),
        });
        Notes {
            dns: dns.collect(),
            lacking: self.why.clone().into_iter().collect(),
            ..Notes::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter for each server: of the zone in capitals, a resolver else. `p` and `s` answer with the address of the
    /// primary or the standby, `m` with both, `n` with none, `x` not at all.
    fn says(servers: &str) -> Result<(), String> {
        let address = |host: u8| IpAddr::from([192, 0, 2, host]);
        let mut survey = Survey::new("api.example.com".to_owned(), None);
        for (number, letter) in servers.chars().enumerate() {
            let server = Server {
                called: number.to_string(),
                is_of_zone: letter.is_ascii_uppercase(),
                address: ([127, 0, 0, 1], 53).into(),
            };
            let found = match letter.to_ascii_lowercase() {
                'p' => Ok([address(1)].into()),
                's' => Ok([address(2)].into()),
                'm' => Ok([address(1), address(2)].into()),
                'n' => Ok(BTreeSet::new()),
                _ => Err("silence".to_owned()),
            };
            survey.take(&server, None, found);
            for (host, region) in [(1, "primary"), (2, "standby")] {
                survey.take(&server, Some(RegionName::new(region)), Ok([address(host)].into()));
            }
        }
        survey.leads_to(&RegionName::new("standby"))
    }

    #[test]
    fn traffic_has_crossed_over_when_most_servers_of_the_zone_say_so_and_nobody_else() {
        for servers in ["SSSS", "SSSSss", "SSSX", "SSSSx", "s", "sx", "xs"] {
            assert_eq!(says(servers), Ok(()), "{servers}");
        }
        let rows = [
            ("SSXX", "2 of 4 DNS servers answer: 2: silence; 3: silence"),
            ("SSPS", "`api.example.com` is at 192.0.2.1 (primary), says 2"),
            ("SSSSp", "`api.example.com` is at 192.0.2.1 (primary), says 4"),
            ("SSSM", "`api.example.com` is at 192.0.2.1, 192.0.2.2, says 3"),
            ("SSSN", "`api.example.com` is at no address, says 3"),
            ("XXXXs", "0 of 4 DNS servers answer: 0: silence; 1: silence; 2: silence; 3: silence"),
            ("xx", "0 of 1 DNS servers answer: 0: silence; 1: silence"),
            ("", "0 of 1 DNS servers answer: "),
        ];
        for (servers, wanted) in rows {
            assert_eq!(says(servers), Err(wanted.to_owned()), "{servers}");
        }
    }
}
