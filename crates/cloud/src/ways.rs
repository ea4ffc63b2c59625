//! By which ways two Regions are reached from where somebody stands.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use aws::{Identity, Patience};
use fence::RegionName;

/// Where a Region's service is called instead of by its Regional name.
const SERVICES: &str = "TIDEOVER_SERVICES";
/// Who is asked for names.
const RESOLVER: &str = "TIDEOVER_RESOLVER";

/// A variable that holds no way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` holds `{found}`, and not {wanted}")]
pub struct NoWay {
    name: &'static str,
    found: String,
    wanted: &'static str,
}

/// How an operator's program, or a function, reaches AWS.
#[derive(Debug, Clone)]
pub struct Ways {
    /// The Region whose replica of the control table is asked first: where the function runs, or the Region that is to
    /// be opened.
    pub here: RegionName,
    /// As whom.
    pub identity: Identity,
    /// The address of every service instead of AWS's, such as an emulator's; else the SDK's own settings count.
    pub endpoint_url: Option<String>,
    /// The account in which the system is; none: whichever the credentials are of.
    pub account: Option<String>,
    /// How long to wait for the control table.
    pub patience: Patience,
    /// How long to wait for a connection.
    pub connection_timeout: Duration,
    /// For how long one call of a control plane is waited for.
    pub call_limit: Duration,
    /// The pause between two looks at something that takes a while.
    pub look_interval: Duration,
    /// Where a Region's payment service is called instead of by its Regional name, such as `http://127.0.0.1:8080`.
    pub services: BTreeMap<RegionName, String>,
    /// The resolvers that are asked; none: the machine's, and public ones.
    pub resolvers: Vec<SocketAddr>,
    /// The port at which name servers of the zone are asked: that of DNS, but in tests.
    pub name_server_port: u16,
}

impl Ways {
    /// From a function in this Region.
    #[must_use]
    pub fn of_function(here: &RegionName) -> Self {
        Self {
            here: here.clone(),
            identity: Identity::OfProcess,
            endpoint_url: None,
            account: None,
            patience: Patience::default(),
            connection_timeout: Duration::from_millis(400),
            call_limit: Duration::from_secs(4),
            look_interval: Duration::from_secs(1),
            services: BTreeMap::new(),
            resolvers: Vec::new(),
            name_server_port: crate::dns::PORT,
        }
    }

    /// From a person's machine, which may be far away.
    #[must_use]
    pub fn of_operator(here: &RegionName) -> Self {
        let patience = Patience {
            local: Duration::from_secs(3),
            other: Duration::from_secs(3),
            total: Duration::from_secs(9),
            pause: Duration::from_millis(100),
            avoidance: Duration::from_secs(60),
        };
        let connection_timeout = Duration::from_secs(2);
        Self { patience, connection_timeout, ..Self::of_function(here) }
    }

    /// With what variables of the environment say, for places where Regional names do not lead: `TIDEOVER_SERVICES` holds
    /// where Regions' services are called (`REGION=URL`, with commas between them), and `TIDEOVER_RESOLVER` the resolver
    /// that is asked, at whose port name servers are asked too.
    ///
    /// # Errors
    /// When one of them holds something else.
    pub fn told_by(self, variable: impl Fn(&str) -> Option<String>) -> Result<Self, NoWay> {
        let said = |name: &str| variable(name).filter(|text| !text.is_empty());
        let services = said(SERVICES).map(|text| services(&text)).transpose()?;
        let resolver = said(RESOLVER).map(|text| resolver(&text)).transpose()?;
        Ok(Self {
            services: services.unwrap_or(self.services),
            resolvers: resolver.map_or(self.resolvers, |resolver| vec![resolver]),
            name_server_port: resolver.map_or(self.name_server_port, |resolver| resolver.port()),
            ..self
        })
    }
}

fn services(text: &str) -> Result<BTreeMap<RegionName, String>, NoWay> {
    let fault = || NoWay { name: SERVICES, found: text.to_owned(), wanted: "REGION=URL" };
    let pairs = text.split(',').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (region, url) = pair.split_once('=').ok_or_else(fault)?;
        Ok((RegionName::new(region), url.to_owned()))
    });
    pairs.collect()
}

fn resolver(text: &str) -> Result<SocketAddr, NoWay> {
    let wanted = "an address with a port, such as 192.0.2.1:53";
    text.parse().map_err(|_| NoWay { name: RESOLVER, found: text.to_owned(), wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(services: &str, resolver: &str) -> Result<Ways, NoWay> {
        let ways = Ways::of_operator(&RegionName::new("us-east-2"));
        ways.told_by(|name| match name {
            SERVICES => Some(services.to_owned()),
            RESOLVER => Some(resolver.to_owned()),
            _ => None,
        })
    }

    #[test]
    fn variables_say_where_names_do_not_lead() {
        let ways = told("us-east-1=http://a,us-east-2=http://b", "127.0.0.1:5353").expect("it is");
        let services: Vec<_> =
            ways.services.iter().map(|(at, url)| (at.as_str(), &**url)).collect();
        assert_eq!(services, [("us-east-1", "http://a"), ("us-east-2", "http://b")]);
        assert_eq!((ways.resolvers.len(), ways.name_server_port), (1, 5353));
        let ways = told("", "").expect("nothing is said");
        assert!(ways.services.is_empty() && ways.resolvers.is_empty());
        assert_eq!(ways.name_server_port, crate::dns::PORT);
    }

    #[test]
    fn what_they_hold_else_is_told() {
        let rows = [
            ("us-east-1", "", "`TIDEOVER_SERVICES` holds `us-east-1`, and not REGION=URL"),
            (
                "",
                "localhost",
                "`TIDEOVER_RESOLVER` holds `localhost`, and not an address with a port, such as 192.0.2.1:53",
            ),
        ];
        for (services, resolver, wanted) in rows {
            let fault = told(services, resolver).expect_err("it is wrong");
            assert_eq!(fault.to_string(), wanted);
        }
    }
}
