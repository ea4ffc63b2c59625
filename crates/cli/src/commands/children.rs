//! The child processes of two Regions on this machine: replicas of the strongly consistent store, runners, and
//! whoever ends what a supervisor left behind.

use std::io::{Write, stderr, stdin};

use anyhow::{Context as _, anyhow};
use fence::RunId;
use local::{Place, ReplicaSettings, RunnerSettings, carry_on, serve_replica, serve_warden};
use runbook::{RunnerName, Takeover};
use tokio::runtime::Builder;

use crate::args::{Child, ReplicaArgs, RunnerArgs};
use crate::serve::supervised::supervisor_gone;

pub(crate) fn run(child: Child) -> anyhow::Result<()> {
    match child {
        Child::Replica(args) => replica(args),
        Child::Warden { directory } => {
            for ended in serve_warden(stdin().lock(), &directory) {
                // The supervisor that would read it is gone; it is written to the warden's log.
                writeln!(stderr(), "ended {}", ended.name)?;
            }
            Ok(())
        }
        Child::Runner(args) => runner(args),
    }
}

fn replica(args: ReplicaArgs) -> anyhow::Result<()> {
    let ReplicaArgs { number, votes, clients, peer: peers, log } = args;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let settings = ReplicaSettings { number, votes, clients, peers, log };
    runtime.block_on(until_alone(async {
        match serve_replica(settings).await.context("the replica cannot go on")? {}
    }))
}

/// Does the work of a child for as long as its supervisor lives.
async fn until_alone(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let gone = supervisor_gone().context("no thread can be had")?;
    tokio::select! {
        done = work => done,
        () = gone => Ok(()),
    }
}

fn runner(args: RunnerArgs) -> anyhow::Result<()> {
    let home = Place::named(&args.home).ok_or_else(|| anyhow!("no place `{}`", args.home))?;
    let takeover = if args.takes_over { Takeover::AtOnce } else { Takeover::WhenSilent };
    let settings = RunnerSettings {
        socket: args.socket,
        run: RunId::new(args.run),
        home,
        name: RunnerName(args.name),
        takeover,
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(until_alone(async { Ok(carry_on(settings).await?) }))
}
