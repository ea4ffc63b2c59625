//! One connection of one client to the service of a Region, over HTTP/1.1, kept as long as both ends
//! keep it.

use std::net::{Ipv4Addr, SocketAddr};

use drill::Site;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Place;

/// An open connection.
pub struct Line {
    /// The Region at its other end.
    pub site: Site,
    to: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReply {
    /// No connection was made.
    NotConnected,
    /// It ended before the answer.
    Broken,
}

/// A status and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The whole body.
    pub body: Bytes,
}

/// The Region that an address is in.
#[must_use]
pub fn site_at(address: Ipv4Addr) -> Option<Site> {
    Site::ALL.into_iter().find(|site| Place::Region(*site).address() == address)
}

impl Line {
    /// Connects from outside of both Regions.
    ///
    /// # Errors
    /// When nobody takes the connection.
    pub async fn open(site: Site, to: SocketAddr) -> Result<Self, NoReply> {
        let stream = TcpStream::connect(to).await.map_err(|_| NoReply::NotConnected)?;
        // Small requests are not to wait for each other.
        stream.set_nodelay(true).map_err(|_| NoReply::NotConnected)?;
        let made = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = made.map_err(|_| NoReply::NotConnected)?;
        tokio::spawn(connection);
        Ok(Self { site, to, sender })
    }

    /// Where it leads.
    #[must_use]
    pub const fn to(&self) -> SocketAddr {
        self.to
    }

    /// Whether it leads there and may still be used.
    #[must_use]
    pub fn leads_to(&self, to: SocketAddr) -> bool {
        self.to == to && self.is_open()
    }

    /// Whether it may still be used.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Asks, and reads the whole answer.
    ///
    /// # Errors
    /// When the connection ends before that.
    pub async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Reply, NoReply> {
        self.sender.ready().await.map_err(|_| NoReply::Broken)?;
        let response = self.sender.send_request(request).await.map_err(|_| NoReply::Broken)?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|_| NoReply::Broken)?;
        Ok(Reply { status, body: body.to_bytes() })
    }
}
