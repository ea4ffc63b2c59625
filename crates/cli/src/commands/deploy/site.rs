//! What all commands on stacks in AWS begin with: an assembly, stacks of it, AWS, and an end when it is told to end.

use std::collections::BTreeSet;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use aws::{Aws, Identity, Manner, Place};
use deploy::Assembly;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::prepared::valid;
use crate::args::{ChosenArgs, Output, SynthArgs};
use crate::commands::synth;
use crate::failure::{WrongInput, with_hint};

/// Where the assembly of our own file is written, as `tideover synth` does.
const OUT: &str = "cdk.out";

/// How long making a connection may take: whoever types this may be far away, where a function is not.
const CONNECTION_TIME: Duration = Duration::from_secs(5);

/// The assembly that is meant, where it is deployed: what is to be known of it is said.
pub(crate) fn assembly_to_deploy(args: &ChosenArgs) -> anyhow::Result<Assembly> {
    let directory = match &args.assembly {
        Some(directory) => directory.clone(),
        None => {
            synth::with_notes(&synth_args(args))?;
            PathBuf::from(OUT)
        }
    };
    valid(&directory)?;
    read(&directory)
}

/// The assembly that is meant; ours is written first.
pub(crate) fn assembly(args: &ChosenArgs) -> anyhow::Result<Assembly> {
    let directory = match &args.assembly {
        Some(directory) => directory.clone(),
        None => {
            synth::quietly(&synth_args(args))?;
            PathBuf::from(OUT)
        }
    };
    read(&directory)
}

fn synth_args(args: &ChosenArgs) -> SynthArgs {
    SynthArgs { input: args.input.clone(), out: PathBuf::from(OUT), output: Output::Text }
}

fn read(directory: &Path) -> anyhow::Result<Assembly> {
    let wrong = |fault: deploy::AssemblyFault| {
        let hint = Some("type `tideover synth` or `cdk synth` to write an assembly");
        WrongInput { faults: fault.to_string(), hint }
    };
    Ok(Assembly::read(directory).map_err(wrong)?)
}

/// The ids of the stacks that are meant.
pub(crate) fn chosen(assembly: &Assembly, args: &ChosenArgs) -> anyhow::Result<BTreeSet<String>> {
    let missed = match assembly.select(&args.patterns, args.exclusively) {
        Ok(chosen) => return Ok(chosen),
        Err(missed) => missed,
    };
    let ids: Vec<&str> = assembly.stacks.iter().map(|stack| stack.id.as_str()).collect();
    let what = format!("no stack is called {}", missed.join(" or "));
    Err(with_hint(what, format!("there are: {}", ids.join(", "))))
}

/// AWS in a Region, as whoever runs this.
pub(crate) fn aws(region: &str) -> Aws {
    let place =
        Place { region: region.to_owned(), endpoint_url: None, identity: Identity::OfProcess };
    let manner = Manner { connection_timeout: CONNECTION_TIME, ..Manner::default() };
    Aws::with(place, manner, || RandomState::new().hash_one(()), |_| {})
}

/// Does it until it is done, or somebody ends it.
pub(crate) fn until_told<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = Runtime::new().context("cannot begin")?;
    runtime.block_on(async {
        let mut end = signal(SignalKind::terminate()).context("cannot listen to signals")?;
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => Err(ended()),
            _ = end.recv() => Err(ended()),
        }
    })
}

fn ended() -> anyhow::Error {
    with_hint(
        "ended before it was done; what CloudFormation has begun goes on",
        "type the same command again: it goes on where AWS is",
    )
}
