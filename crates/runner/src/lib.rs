//! The function `runbook`: makes the attempts of runs for a state machine, one at each invocation, and tells people when
//! they are waited for. What it is told and what it answers stands in `docs/runbooks/README.md`.
//!
//! When an alarm rings, it is asked whether a failover is to be started, and tells people what came of that.
//!
//! It decides nothing: what is due follows from the journal, by `runbook`, and what is done is `cloud`'s. An executable of
//! its own, so that the functions of the payment service carry nothing of what only runs call.

mod consider;
mod event;
mod logged;
mod people;
mod perform;
mod settings;
mod work;

use std::process::ExitCode;

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};

use crate::event::Event;
use crate::settings::Settings;
use crate::work::Work;

/// Runs as the function, until Lambda ends the process.
#[must_use]
pub fn run() -> ExitCode {
    match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => match serve(settings) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => refuse(&error.to_string()),
        },
        Err(fault) => refuse(&fault.to_string()),
    }
}

/// One thread: an instance has one event at a time, and mostly waits for AWS.
fn serve(settings: Settings) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let work = Work::new(settings)?;
        let handle = |event: LambdaEvent<Event>| {
            let done = work.handle(event.payload, event.context.deadline());
            // What the SDK does is large, and would be part of the runtime's own futures.
            Box::pin(async move { done.await.map_err(Diagnostic::from) })
        };
        lambda_runtime::run(service_fn(handle)).await
    })
}

/// Says why the function cannot run. Lambda sees by the exit code that it does not.
fn refuse(reason: &str) -> ExitCode {
    logged::line("error", "the function cannot run", reason);
    ExitCode::FAILURE
}
