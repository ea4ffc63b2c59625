//! The connections of one link: how they are made across the border, and how they end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::direction::Direction;
use super::namespace::Namespace;
use super::{LinkName, Passage, Rules, Way};

/// How often a connection that waits is looked at, whether its client still does.
const GLANCE: Duration = Duration::from_millis(20);

/// For so long a client that has said all before it is connected still hears an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// After a failed `accept`, which is mostly for want of file descriptors.
const BREATHER: Duration = Duration::from_millis(10);

/// Where the connections of a link cross, and by whose rules.
#[derive(Clone)]
pub(super) struct Border {
    pub(super) name: LinkName,
    pub(super) upstream: SocketAddr,
    /// The namespace from which it is dialled; none: from outside.
    pub(super) dials_in: Option<Namespace>,
    pub(super) rules: watch::Receiver<Rules>,
}

impl Border {
    /// Passes connections on until the network ends.
    pub(super) async fn watch_over(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((client, _)) => drop(connections.spawn(self.clone().carry(client))),
                    Err(_) => sleep(BREATHER).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    /// One connection from its first byte to its last.
    async fn carry(mut self, client: TcpStream) {
        let mut refusal = self.clone();
        let mut ends = Ends { client, upstream: None, have_said_all: false };
        tokio::select! {
            biased;
            () = refusal.refused() => {}
            () = self.pass(&mut ends) => {}
        }
    }

    async fn pass(&mut self, ends: &mut Ends) {
        let Some(upstream) = self.reach(&ends.client).await else { return };
        let upstream = ends.upstream.insert(upstream);
        let (mut asks, mut answers) = (self.direction(self.out()), self.direction(self.back()));
        let (mut from_client, mut to_client) = ends.client.split();
        let (mut from_upstream, mut to_upstream) = upstream.split();
        let asked = asks.carry(&mut from_client, &mut to_upstream);
        let answered = answers.carry(&mut from_upstream, &mut to_client);
        ends.have_said_all = tokio::try_join!(asked, answered).is_ok();
    }

    /// Connects on the far side, as late as two messages would have gone there and back. None when
    /// nobody listens there, or when the client no longer waits.
    async fn reach(&mut self, client: &TcpStream) -> Option<TcpStream> {
        let must_wait = !self.is_open();
        let round_trip = tokio::select! {
            // Who has said all at once, and hears the answer, has not left an open link.
            biased;
            round_trip = self.opened() => round_trip?,
            () = has_left(client) => return None,
        };
        if must_wait && is_gone(client).await {
            return None;
        }
        sleep(round_trip).await;
        let upstream = tokio::select! {
            upstream = self.dial() => upstream.ok()?,
            // A process that is stopped accepts nobody, and clients come and go.
            () = has_left_after(client, PATIENCE) => return None,
        };
        // It fails for a socket that is already gone, and whoever reads there will learn that.
        let _ = [client, &upstream].map(|end| end.set_nodelay(true));
        Some(upstream)
    }

    async fn dial(&self) -> io::Result<TcpStream> {
        let Some(namespace) = &self.dials_in else {
            return TcpStream::connect(self.upstream).await;
        };
        let socket = namespace.within(TcpSocket::new_v4)??;
        socket.connect(self.upstream).await
    }

    /// Waits until both directions are open, because making a connection takes a message each way.
    /// Gives how long the two take.
    async fn opened(&mut self) -> Option<Duration> {
        loop {
            let ways = [self.out(), self.back()];
            let passages = ways.map(|way| way.judged_by(&self.rules.borrow_and_update()));
            if let [Passage::Open { delay: out }, Passage::Open { delay: back }] = passages {
                return Some(out + back);
            }
            self.rules.changed().await.ok()?;
        }
    }

    /// Waits until one of the directions is refused.
    async fn refused(&mut self) {
        let ways = [self.out(), self.back()];
        let is_refused =
            |rules: &Rules| ways.iter().any(|way| way.judged_by(rules) == Passage::Refused);
        // The other end of the channel only goes with the network, and then this does too.
        let _ = self.rules.wait_for(is_refused).await;
    }

    fn is_open(&self) -> bool {
        let rules = self.rules.borrow();
        [self.out(), self.back()]
            .iter()
            .all(|way| matches!(way.judged_by(&rules), Passage::Open { .. }))
    }

    fn out(&self) -> Way {
        Way { link: self.name, is_answer: false }
    }

    fn back(&self) -> Way {
        Way { link: self.name, is_answer: true }
    }

    fn direction(&self, way: Way) -> Direction {
        Direction::new(way, self.rules.clone())
    }
}

/// The two sockets of a connection. Whatever ends it before both sides have said all resets both:
/// they learn that something broke, and not that it was over.
struct Ends {
    client: TcpStream,
    upstream: Option<TcpStream>,
    have_said_all: bool,
}

impl Drop for Ends {
    fn drop(&mut self) {
        if !self.have_said_all {
            for end in [Some(&self.client), self.upstream.as_ref()].into_iter().flatten() {
                // It fails for a socket that is already gone.
                let _ = end.set_zero_linger();
            }
        }
    }
}

async fn has_left_after(client: &TcpStream, time: Duration) {
    sleep(time).await;
    has_left(client).await;
}

/// Waits until the client has closed its end.
async fn has_left(client: &TcpStream) {
    while !is_gone(client).await {
        sleep(GLANCE).await;
    }
}

/// Whether the client has closed its end, though what it sent before lies unread. It does not wait:
/// a socket that was never written to can be.
async fn is_gone(client: &TcpStream) -> bool {
    let ready = client.ready(Interest::READABLE | Interest::WRITABLE).await;
    ready.map_or(true, |ready| ready.is_read_closed())
}
