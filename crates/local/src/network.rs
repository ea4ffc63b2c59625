//! The network between the places: every connection that crosses a border goes through a link, and
//! rules say what becomes of its bytes.
//!
//! A link is a listener that passes each connection on to one other address. The rules are asked
//! for each direction and each chunk of bytes, and asked again as soon as they change.
//!
//! Where the system permits it places are network namespaces, with [`Wires`] between them. Then a
//! link listens in the namespace of who connects, and what it passes on crosses a wire, on which
//! packets can be dropped.

mod connection;
mod direction;
mod namespace;
mod wires;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::place::Place;
use connection::Border;

pub use namespace::Namespace;
pub use wires::Wires;
pub(crate) use wires::address as wired_address;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Clients, operators and health checkers to the payment service of a Region.
    Api,
    /// Services and runners to an endpoint of the strongly consistent store.
    Store,
    /// One replica of that store to another.
    Vote,
    /// One PostgreSQL cluster to the other.
    Replication,
    /// Operators and runners to a PostgreSQL cluster.
    Sql,
    /// A payment service to the processor of cards.
    Processor,
    /// The bucket of a Region into that of the other.
    Objects,
}

/// A link by who connects, to where, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinkName {
    /// Who connects.
    pub from: Place,
    /// To where.
    pub to: Place,
    /// For what.
    pub line: Line,
}

/// What becomes of the bytes of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// They arrive, each this much later; that does not make them fewer.
    Open {
        /// How long they travel.
        delay: Duration,
    },
    /// They wait, and arrive in order when the direction opens again, as those do that TCP sends
    /// anew after a partition. New connections wait too.
    Held,
    /// Connections are reset, new ones at once.
    Refused,
}

impl Passage {
    /// Bytes arrive as soon as they are sent.
    pub const FREE: Self = Self::Open { delay: Duration::ZERO };
}

/// The way of some bytes: on a link, out or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The link.
    pub link: LinkName,
    /// Whether they go back to who connected.
    pub is_answer: bool,
}

impl Way {
    /// Where the bytes come from.
    #[must_use]
    pub const fn from(self) -> Place {
        if self.is_answer { self.link.to } else { self.link.from }
    }

    /// Where they go.
    #[must_use]
    pub const fn to(self) -> Place {
        if self.is_answer { self.link.from } else { self.link.to }
    }

    fn judged_by(self, rules: &Rules) -> Passage {
        rules(self)
    }
}

/// What becomes of bytes on their way.
type Rules = Arc<dyn Fn(Way) -> Passage + Send + Sync>;

/// All links of one system. They end with it.
pub struct Network {
    rules: watch::Sender<Rules>,
    wires: Option<Wires>,
    /// Dropped with the network, which ends all of them.
    listeners: Mutex<JoinSet<()>>,
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl Network {
    /// A network without links where everything passes.
    #[must_use]
    pub fn new() -> Self {
        Self::over(None)
    }

    /// The same, over these wires.
    #[must_use]
    pub fn over(wires: Option<Wires>) -> Self {
        let free: Rules = Arc::new(|_| Passage::FREE);
        Self { rules: watch::Sender::new(free), wires, listeners: Mutex::default() }
    }

    /// Begins to listen at `listen` (port 0 takes a free one) and to pass what comes there on to
    /// `upstream`. Gives the address to connect to, which is the same in the namespace of who
    /// connects, if that is one, and outside. Who connects while nobody listens at `upstream` is
    /// dropped at once.
    ///
    /// # Errors
    /// When the address cannot be listened at.
    pub async fn link(
        &self,
        name: LinkName,
        listen: SocketAddr,
        upstream: SocketAddr,
    ) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let inner = self.namespace(name.from).map(|inner| listen_in(inner, address)).transpose()?;
        // What is outside is reached by who knows the way; what is not, from where the wire begins.
        let begins_at = match (name.from, name.to) {
            (_, Place::Outside) => Place::Outside,
            (Place::Outside, to) => to,
            (from, _) => from,
        };
        let dials_in = self.namespace(begins_at).cloned();
        let border = Border { name, upstream, dials_in, rules: self.rules.subscribe() };
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        for listener in std::iter::once(listener).chain(inner) {
            listeners.spawn(border.clone().watch_over(listener));
        }
        Ok(address)
    }

    /// Listens in a place: in its namespace, if it is one.
    pub(crate) async fn listen(&self, at: Place, address: SocketAddr) -> io::Result<TcpListener> {
        match self.namespace(at) {
            Some(namespace) => listen_in(namespace, address),
            None => TcpListener::bind(address).await,
        }
    }

    /// The namespace of a place, if it is one.
    pub(crate) fn namespace(&self, place: Place) -> Option<&Namespace> {
        self.wires.as_ref()?.of(place)
    }

    /// Drops from now on what crosses a wire where `is_cut` says so; without wires nothing is dropped.
    ///
    /// # Errors
    /// When the system does not do so.
    pub fn cut(&self, is_cut: impl Fn(Place, Place) -> bool) -> io::Result<()> {
        self.wires.as_ref().map_or(Ok(()), |wires| wires.cut(is_cut))
    }

    /// From now on these rules hold, for the connections that there are too. The bytes from who
    /// connected and the answers are judged apart.
    pub fn set(&self, rules: impl Fn(Way) -> Passage + Send + Sync + 'static) {
        self.rules.send_replace(Arc::new(rules));
    }
}

/// A listener in a namespace.
fn listen_in(namespace: &Namespace, address: SocketAddr) -> io::Result<TcpListener> {
    let listener = namespace.within(move || std::net::TcpListener::bind(address))??;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}
