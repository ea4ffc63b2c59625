//! The strongly consistent store: three voters, of which any two decide.
//!
//! It is a register for each key, after CASPaxos (Rystsov, 2018): there is no leader and no log in
//! common. Whoever is asked to change a register proposes the change: the voters promise to listen
//! to nobody who came before, and say what they hold; the change is made to that; the voters accept
//! it. What two of three have accepted is chosen, and every later change begins with it. A replica in
//! each Region votes and proposes; the witness only votes.
//!
//! `voter` and `proposer` are values without clock or IO; the rest carries them.

mod ask;
mod client;
mod endpoint;
mod evidence;
mod keys;
mod log;
mod proposer;
mod replica;
mod voter;

pub use client::{RunJournal, StoreClient};
pub use evidence::{Chosen, ChosenValue, read_logs};
pub use replica::{ReplicaSettings, serve_replica};

#[cfg(test)]
mod simulated;
