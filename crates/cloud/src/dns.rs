//! What DNS says: the name servers of the zone, which say what is served, and resolvers, which say what is remembered
//! (rule `r53-verify-by-authoritative-query`). Route 53 itself is not asked: it would say what was ordered.

mod query;
mod servers;
mod survey;

pub(crate) use servers::{PORT, Server, resolvers_of_machine};
pub(crate) use survey::Survey;

use std::net::SocketAddr;

use fence::RegionName;
use tokio::task::JoinSet;

use crate::reach::Reach;

/// Who is asked: every name server of the zone, and resolvers; and why name servers are not, where they are not.
pub(crate) type Servers = (Vec<Server>, Option<String>);

impl Reach {
    /// Whom to ask.
    pub(crate) async fn dns_servers(&self) -> Servers {
        let resolvers: Vec<SocketAddr> = self.resolvers();
        let zone = &self.system.names.zone;
        let found = servers::of_zone(zone, &resolvers, self.ways.name_server_port).await;
        let (mut all, why) = match found {
            Ok(servers) => (servers, None),
            Err(why) => (Vec::new(), Some(format!("the name servers of `{zone}`: {why}"))),
        };
        all.extend(resolvers.into_iter().map(Server::resolver));
        (all, why)
    }

    /// Asks all of these at once where the public name leads, and where each Region's own name does.
    pub(crate) async fn survey(&self, (servers, why): &Servers) -> Survey {
        let homes = &self.system.homes;
        let regions = [&homes.primary, &homes.standby];
        let mut asked = JoinSet::new();
        for (number, server) in servers.iter().enumerate() {
            for region in [None, Some(regions[0]), Some(regions[1])] {
                let name = self.domain(region);
                let (server, region) = (server.clone(), region.cloned());
                asked.spawn(async move { (number, region, server.addresses(&name).await) });
            }
        }
        let mut survey = Survey::new(self.system.public_domain(), why.clone());
        let mut answers = asked.join_all().await;
        answers.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        for (number, region, answer) in answers {
            survey.take(&servers[number], region, answer);
        }
        survey
    }

    fn domain(&self, region: Option<&RegionName>) -> String {
        region.map_or_else(
            || self.system.public_domain(),
            |region| self.system.regional_domain(region),
        )
    }

    fn resolvers(&self) -> Vec<SocketAddr> {
        match &self.ways.resolvers[..] {
            [] => resolvers_of_machine(),
            given => given.to_vec(),
        }
    }
}
