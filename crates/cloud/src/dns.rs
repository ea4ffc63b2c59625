//! Which addresses a name has: by the machine's resolver, or by a DNS server that was named.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::net::{UdpSocket, lookup_host};
use tokio::time::timeout;

/// For how long an answer is waited for.
const LIMIT: Duration = Duration::from_secs(3);
/// The largest answer over UDP that is read.
const ANSWER_BYTES_MAX: usize = 4_096;

/// The addresses of a name.
pub(crate) async fn addresses(
    name: &str,
    server: Option<SocketAddr>,
) -> Result<BTreeSet<IpAddr>, String> {
    let asked = async {
        match server {
            Some(server) => by_server(name, server).await,
            None => by_machine(name).await,
        }
    };
    timeout(LIMIT, asked).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

async fn by_machine(name: &str) -> Result<BTreeSet<IpAddr>, String> {
    let found = lookup_host((name, 443)).await.map_err(|error| error.to_string())?;
    Ok(found.map(|address| address.ip()).collect())
}

async fn by_server(name: &str, server: SocketAddr) -> Result<BTreeSet<IpAddr>, String> {
    let said = |error: &dyn ToString| error.to_string();
    let name = Name::from_ascii(format!("{name}.")).map_err(|error| said(&error))?;
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name, RecordType::A));
    let question = message.to_vec().map_err(|error| said(&error))?;
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await.map_err(|error| said(&error))?;
    socket.connect(server).await.map_err(|error| said(&error))?;
    socket.send(&question).await.map_err(|error| said(&error))?;
    let mut bytes = vec![0; ANSWER_BYTES_MAX];
    loop {
        let length = socket.recv(&mut bytes).await.map_err(|error| said(&error))?;
        let answer = Message::from_vec(&bytes[..length]).map_err(|error| said(&error))?;
        if answer.metadata.id == message.metadata.id {
            return Ok(addresses_in(&answer));
        }
    }
}

fn addresses_in(answer: &Message) -> BTreeSet<IpAddr> {
    let data = answer.answers.iter().map(|record| &record.data);
    data.filter_map(|data| match data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    })
    .collect()
}
