//! A replica: a voter with its log, and in a Region an endpoint for clients too. The body of a
//! process.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;

use super::endpoint::Endpoint;
use super::log::LoggedVoter;
use crate::wire::serve_all;

/// What a replica is told at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaSettings {
    /// Its number, from 1 to 3; no other replica has it.
    pub number: u8,
    /// Where it votes.
    pub votes: SocketAddr,
    /// Where clients ask it; a witness has none.
    pub clients: Option<SocketAddr>,
    /// Where the other two vote, seen from here. In any order.
    pub peers: Vec<SocketAddr>,
    /// Where it writes down what it votes. Made if it is not there.
    pub log: PathBuf,
}

/// Votes, and answers clients, for as long as the process lives.
///
/// # Errors
///
/// When the log cannot be read, or an address is taken.
pub async fn serve_replica(settings: ReplicaSettings) -> Result<Infallible, io::Error> {
    let voter = Arc::new(Mutex::new(LoggedVoter::open(&settings.log)?));
    let votes = TcpListener::bind(settings.votes).await?;
    let voting = {
        let voter = Arc::clone(&voter);
        serve_all(votes, move |ask| {
            let answer = voter.lock().unwrap_or_else(PoisonError::into_inner).answer(&ask);
            std::future::ready(answer)
        })
    };
    let Some(clients) = settings.clients else { return Ok(voting.await) };
    let clients = TcpListener::bind(clients).await?;
    let endpoint = Arc::new(Endpoint::new(settings.number, voter, &settings.peers));
    let answering = serve_all(clients, move |ask| {
        let endpoint = Arc::clone(&endpoint);
        async move { endpoint.answer(ask).await }
    });
    tokio::select! {
        never = voting => Ok(never),
        never = answering => Ok(never),
    }
}
