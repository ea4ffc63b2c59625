//! `tideover processor`: the simulated card processor, by itself or beside a served Region.

use std::future::pending;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use processor::Terms;
use region::Simulator;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use crate::args::ProcessorArgs;
use crate::serve::clock;
use crate::serve::signals::Signals;

pub(crate) fn processor(args: &ProcessorArgs) -> anyhow::Result<()> {
    let runtime =
        Builder::new_current_thread().enable_all().build().context("no thread can be had")?;
    runtime.block_on(async {
        let signals = Signals::listen().context("cannot listen to signals")?;
        let closes_unseen = args.closes_unseen.map(Duration::from_secs);
        let simulator = open(&args.book, Terms { closes_unseen, ..Terms::default() })?;
        let listener = TcpListener::bind(args.listen).await;
        let listener = listener.with_context(|| format!("cannot listen at {}", args.listen))?;
        let address = listener.local_addr().context("a listener has an address")?;
        writeln!(io::stderr(), "simulating a card processor at http://{address}")?;
        simulator.serve(listener, signals.told_to_end()).await.context("the processor failed")
    })
}

fn open(book: &Path, terms: Terms) -> anyhow::Result<Simulator> {
    Simulator::open(book, terms, clock)
        .with_context(|| format!("cannot keep the processor's book in `{}`", book.display()))
}

/// A simulated processor in this process, which ends with it.
pub(crate) struct Beside {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Beside {
    /// Starts it at a free port.
    pub(crate) async fn start(book: &Path) -> anyhow::Result<Self> {
        let simulator = open(book, Terms::default())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.context("cannot listen for the simulated processor")?;
        let address = listener.local_addr().context("a listener has an address")?;
        let serving = tokio::spawn(async move {
            // Without it calls are refused, which the worker puts down.
            let _ = simulator.serve(listener, pending()).await;
        });
        Ok(Self { address, serving })
    }

    /// Where it serves.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
