//! One question to one DNS server, over UDP.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// For how long an answer is waited for until the question is sent again: packets are lost. Three such questions, for the
/// names of servers, their addresses and what they say, fit into the shortest action that asks them.
const LIMITS: [Duration; 2] = [Duration::from_millis(700), Duration::from_millis(1_300)];
/// The largest answer over UDP that is read.
const ANSWER_BYTES_MAX: usize = 4_096;

/// Whether a server is to ask others for what it does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recursion {
    Asked,
    No,
}

/// What a server answers to the question for these records of a name.
pub(super) async fn ask(
    server: SocketAddr,
    name: &str,
    kind: RecordType,
    recursion: Recursion,
) -> Result<Message, String> {
    let question = question(name, kind, recursion)?;
    let mut last = "it was not asked".to_owned();
    for limit in LIMITS {
        match timeout(limit, exchange(server, &question)).await {
            Ok(Ok(answer)) => return checked(answer),
            Ok(Err(error)) => last = error,
            Err(_) => "no answer in time".clone_into(&mut last),
        }
    }
    Err(last)
}

fn question(name: &str, kind: RecordType, recursion: Recursion) -> Result<Message, String> {
    let name = Name::from_ascii(format!("{}.", name.trim_end_matches('.')));
    let mut message = Message::query();
    message.metadata.recursion_desired = recursion == Recursion::Asked;
    message.add_query(Query::query(name.map_err(|error| error.to_string())?, kind));
    Ok(message)
}

async fn exchange(server: SocketAddr, question: &Message) -> Result<Message, String> {
    let said = |error: &dyn ToString| error.to_string();
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await.map_err(|error| said(&error))?;
    socket.connect(server).await.map_err(|error| said(&error))?;
    let bytes = question.to_vec().map_err(|error| said(&error))?;
    socket.send(&bytes).await.map_err(|error| said(&error))?;
    let mut bytes = vec![0; ANSWER_BYTES_MAX];
    loop {
        let length = socket.recv(&mut bytes).await.map_err(|error| said(&error))?;
        // What is no answer to this question is somebody else's, or nobody's.
        if let Ok(answer) = Message::from_vec(&bytes[..length])
            && answer.metadata.id == question.metadata.id
            && answer.queries == question.queries
        {
            return Ok(answer);
        }
    }
}

fn checked(answer: Message) -> Result<Message, String> {
    match answer.metadata.response_code {
        ResponseCode::NoError => Ok(answer),
        code => Err(format!("it answers {code}")),
    }
}
