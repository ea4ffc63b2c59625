//! What clients ask: a resolver that keeps answers for as long as they say, or for as long as it
//! likes.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use tokio::net::UdpSocket;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::message::{PACKET_BYTES_MAX, address_in, answers, question};

/// How often a question is sent. Packets get lost.
const TRIES: u32 = 2;

/// How long each is waited for.
const PATIENCE: Duration = Duration::from_millis(150);

/// For how long a resolver keeps an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// For as long as the answer says.
    Honoured,
    /// For this long, whatever it says.
    Ignored(Duration),
}

/// Why a name has no address.
#[derive(Debug, thiserror::Error)]
pub enum Unresolved {
    /// No answer came in time.
    #[error("the name server at {0} does not answer; is the system up? try `tideover status`")]
    Silence(SocketAddr),
    /// The answer has no address.
    #[error("`{name}` has no address: the name server says {code}")]
    NoAddress {
        /// The name that was asked for.
        name: String,
        /// What the server said.
        code: ResponseCode,
    },
    /// What was asked for is no name.
    #[error("`{0}` is no name of a host")]
    NoName(String),
    /// No packet could be sent.
    #[error("the name server at {server} cannot be asked")]
    NotSent {
        /// Who was to be asked.
        server: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A resolver. Whoever shares one shares what it keeps.
pub struct Resolver {
    server: SocketAddr,
    ttl: Ttl,
    /// By name: the address, and until when it is kept.
    kept: Mutex<BTreeMap<String, (Ipv4Addr, Instant)>>,
}

impl Resolver {
    /// A resolver that has not heard of anything yet.
    #[must_use]
    pub fn new(server: SocketAddr, ttl: Ttl) -> Self {
        Self { server, ttl, kept: Mutex::default() }
    }

    /// The address of a name, as the server says or said. It takes at most 300 milliseconds; who
    /// asks meanwhile waits for the same answer.
    ///
    /// # Errors
    /// When the server is silent, or knows no address. What was kept is not used any longer than it
    /// may be.
    pub async fn resolve(&self, name: &str) -> Result<Ipv4Addr, Unresolved> {
        let mut kept = self.kept.lock().await;
        if let Some((address, until)) = kept.get(name)
            && Instant::now() < *until
        {
            return Ok(*address);
        }
        let (address, ttl) = look_up(self.server, name).await?;
        let time = match self.ttl {
            Ttl::Honoured => ttl,
            Ttl::Ignored(time) => time,
        };
        kept.insert(name.to_owned(), (address, Instant::now() + time));
        Ok(address)
    }
}

/// Asks a name server for the address of a name, and for how long it may be kept. It takes at most
/// 300 milliseconds.
///
/// # Errors
/// When the server is silent, or knows no address.
pub async fn look_up(server: SocketAddr, name: &str) -> Result<(Ipv4Addr, Duration), Unresolved> {
    let no_name = || Unresolved::NoName(name.to_owned());
    let question = question(name).ok_or_else(no_name)?;
    let packet = question.to_vec().map_err(|_| no_name())?;
    let not_sent = |source| Unresolved::NotSent { server, source };
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.map_err(not_sent)?;
    socket.connect(server).await.map_err(not_sent)?;
    for _ in 0..TRIES {
        let exchange = exchange(&socket, &packet, &question);
        if let Ok(Ok(response)) = timeout(PATIENCE, exchange).await {
            let code = response.metadata.response_code;
            let name = name.to_owned();
            return address_in(&response).ok_or(Unresolved::NoAddress { name, code });
        }
    }
    Err(Unresolved::Silence(server))
}

async fn exchange(socket: &UdpSocket, packet: &[u8], question: &Message) -> io::Result<Message> {
    socket.send(packet).await?;
    let mut heard = [0; PACKET_BYTES_MAX];
    loop {
        let length = socket.recv(&mut heard).await?;
        if let Ok(response) = Message::from_vec(&heard[..length])
            && answers(&response, question)
        {
            return Ok(response);
        }
    }
}
