//! Where everything listens, and the links by which one place reaches another.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};

use drill::Site;

use crate::network::{Line, LinkName, Network, Wires, wired_address};
use crate::place::Place;

/// How often a port is looked for that is free in both Regions.
const TRIES_MAX: u32 = 100;

/// Where the processes themselves listen.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) databases: [SocketAddr; 2],
    pub(crate) services: [SocketAddr; 2],
    /// The home primary's, the home standby's and the witness's.
    pub(crate) votes: [SocketAddr; 3],
    pub(crate) endpoints: [SocketAddr; 2],
    /// Where the bucket of each Region takes what is copied into it.
    pub(crate) buckets: [SocketAddr; 2],
    pub(crate) processor: SocketAddr,
    pub(crate) dns: SocketAddr,
    /// The port at which clients reach both Regions.
    pub(crate) public_port: u16,
}

/// Ports that are kept from others until those listen who are to: links take free ones too.
pub(crate) struct Reserved(Vec<TcpListener>);

impl Addresses {
    /// Free ones. Somebody else may take one when they are no longer reserved; then we fail to start, and
    /// say so.
    pub(crate) fn find(network: &Network) -> io::Result<(Self, Reserved)> {
        let mut reserved = Reserved(Vec::new());
        let both = Site::ALL.map(Place::Region);
        let mut free = |place| reserved.free(network, place);
        let addresses = Self {
            databases: [free(both[0])?, free(both[1])?],
            services: [free(both[0])?, free(both[1])?],
            votes: [free(both[0])?, free(both[1])?, free(Place::Witness)?],
            endpoints: [free(both[0])?, free(both[1])?],
            buckets: [free(both[0])?, free(both[1])?],
            processor: free(Place::Outside)?,
            dns: free(Place::Outside)?,
            public_port: free_in_both()?,
        };
        Ok((addresses, reserved))
    }
}

impl Reserved {
    /// A port that nobody listens at.
    fn free(&mut self, network: &Network, place: Place) -> io::Result<SocketAddr> {
        let listener = match network.namespace(place) {
            None => TcpListener::bind((place.address(), 0))?,
            Some(namespace) => {
                namespace.within(move || TcpListener::bind((wired_address(place), 0)))??
            }
        };
        let address = listener.local_addr();
        self.0.push(listener);
        address
    }
}

/// A port for links, which are the first to listen.
fn free_in_both() -> io::Result<u16> {
    let [primary, standby] = Site::ALL.map(|site| Place::Region(site).address());
    for _ in 0..TRIES_MAX {
        let listener = TcpListener::bind((primary, 0))?;
        let port = listener.local_addr()?.port();
        if TcpListener::bind((standby, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free in both Regions"))
}

/// Where the supervisor itself reaches what is in a Region, whatever is broken.
pub(crate) struct Direct {
    pub(crate) databases: [SocketAddr; 2],
    pub(crate) services: [SocketAddr; 2],
    /// The links that lead there, if the Regions are namespaces.
    _links: Network,
}

impl Direct {
    /// Makes the links, over the network's wires but without its rules.
    pub(crate) async fn make(wires: Option<Wires>, addresses: &Addresses) -> io::Result<Self> {
        let Addresses { mut databases, mut services, .. } = *addresses;
        let links = Network::over(wires);
        for site in
            Site::ALL.into_iter().filter(|site| links.namespace(Place::Region(*site)).is_some())
        {
            let lines = [(Line::Sql, &mut databases), (Line::Api, &mut services)];
            for (line, ends) in lines {
                let to = Place::Region(site);
                let name = LinkName { from: Place::Outside, to, line };
                let (end, listen) = (&mut ends[site as usize], (Place::Outside.address(), 0));
                *end = links.link(name, listen.into(), *end).await?;
            }
        }
        Ok(Self { databases, services, _links: links })
    }
}

/// The near ends of all links.
#[derive(Debug, Clone)]
pub(crate) struct Links(BTreeMap<LinkName, SocketAddr>);

impl Links {
    /// Makes them all.
    pub(crate) async fn make(network: &Network, addresses: &Addresses) -> io::Result<Self> {
        let mut ends = BTreeMap::new();
        for (link, upstream) in all(addresses) {
            let port = match (link.from, link.line) {
                // Clients connect to the address that DNS tells them, and to one port.
                (Place::Outside, Line::Api) => {
                    SocketAddr::from((link.to.address(), addresses.public_port))
                }
                (from, _) => SocketAddr::from((from.address(), 0)),
            };
            ends.insert(link, network.link(link, port, upstream).await?);
        }
        Ok(Self(ends))
    }

    /// The near end of a link.
    ///
    /// # Panics
    /// When there is no such link.
    pub(crate) fn end(&self, from: Place, to: Place, line: Line) -> SocketAddr {
        self.0[&LinkName { from, to, line }]
    }
}

fn all(addresses: &Addresses) -> Vec<(LinkName, SocketAddr)> {
    let mut links = Vec::new();
    for to in Site::ALL {
        let place = Place::Region(to);
        for from in [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Outside] {
            let mut add =
                |line, upstream| links.push((LinkName { from, to: place, line }, upstream));
            add(Line::Store, addresses.endpoints[to as usize]);
            add(Line::Sql, addresses.databases[to as usize]);
            add(Line::Api, addresses.services[to as usize]);
            if from == Place::Region(to.other()) {
                add(Line::Replication, addresses.databases[to as usize]);
                add(Line::Vote, addresses.votes[to as usize]);
                add(Line::Objects, addresses.buckets[to as usize]);
            }
        }
        let mut leave = |to, line, upstream| {
            links.push((LinkName { from: place, to, line }, upstream));
        };
        leave(Place::Witness, Line::Vote, addresses.votes[2]);
        leave(Place::Outside, Line::Processor, addresses.processor);
    }
    // Those whose port is chosen come before those that take any.
    links.sort_by_key(|(link, _)| (link.from, link.line) != (Place::Outside, Line::Api));
    links
}
