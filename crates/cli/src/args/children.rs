//! What the supervisor of two Regions types to start its child processes. Not for people.

use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Child {
    /// A replica of the strongly consistent store
    Replica(ReplicaArgs),
    /// Ends everything that a supervisor left behind
    Warden {
        /// The folder of the two Regions
        #[arg(long)]
        directory: PathBuf,
    },
    /// Carries a run on
    Runner(RunnerArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReplicaArgs {
    /// Its number, from 1
    #[arg(long)]
    pub(crate) number: u8,
    /// Where it is asked for its vote
    #[arg(long)]
    pub(crate) votes: SocketAddr,
    /// Where clients ask it; a witness has none
    #[arg(long)]
    pub(crate) clients: Option<SocketAddr>,
    /// Where the others are asked for their votes
    #[arg(long)]
    pub(crate) peer: Vec<SocketAddr>,
    /// Where it writes down how it voted
    #[arg(long)]
    pub(crate) log: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunnerArgs {
    /// The socket of the supervisor
    #[arg(long)]
    pub(crate) socket: PathBuf,
    /// The run
    #[arg(long)]
    pub(crate) run: String,
    /// The Region that it runs in, by its home role
    #[arg(long)]
    pub(crate) home: String,
    /// Its name, which no other has
    #[arg(long)]
    pub(crate) name: String,
    /// Takes the run from whoever has it
    #[arg(long)]
    pub(crate) takes_over: bool,
}
