//! The name server: UDP on one address.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::authority::Authority;
use super::message::PACKET_BYTES_MAX;
use crate::network::Namespace;

/// After a failed read, so that one that fails for ever does not keep a processor busy.
const BREATHER: Duration = Duration::from_millis(10);

/// A name server. It ends with this value.
pub struct DnsServer {
    address: SocketAddr,
    _task: JoinSet<()>,
}

impl DnsServer {
    /// Begins to answer at `listen` what the authority says; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be listened at.
    pub async fn start(listen: SocketAddr, authority: Authority) -> io::Result<Self> {
        Self::on(UdpSocket::bind(listen).await?, authority)
    }

    /// The same at an address in a namespace.
    ///
    /// # Errors
    /// When the address cannot be listened at.
    pub fn start_in(
        namespace: &Namespace,
        listen: SocketAddr,
        authority: Authority,
    ) -> io::Result<Self> {
        let socket = namespace.within(move || std::net::UdpSocket::bind(listen))??;
        socket.set_nonblocking(true)?;
        Self::on(UdpSocket::from_std(socket)?, authority)
    }

    fn on(socket: UdpSocket, authority: Authority) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let mut task = JoinSet::new();
        task.spawn(serve(socket, authority));
        Ok(Self { address, _task: task })
    }

    /// Where it is asked.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(socket: UdpSocket, authority: Authority) {
    let mut packet = [0; PACKET_BYTES_MAX];
    loop {
        match socket.recv_from(&mut packet).await {
            Ok((length, asker)) => {
                if let Some(response) = authority.respond(&packet[..length]) {
                    // An asker that is gone asks again, or does not care.
                    let _ = socket.send_to(&response, asker).await;
                }
            }
            Err(_) => sleep(BREATHER).await,
        }
    }
}
