//! The functions that reach the ledger, as one executable for AWS Lambda: the three of the payment service, and the one
//! that runs ask.
//!
//! `payment-validation` and `transaction-processing` serve the router of `service`, `notification` runs the worker of
//! `region`, `ledger` answers by `recovery`; all over PostgreSQL and AWS. Decides nothing about money: reads what the function is told, puts the parts
//! together, and hands events over.
//!
//! What takes time is done at the first event or beside the wait for it, never before: a function asks for its first
//! event as soon as it can. Only where environments are kept warm, which nobody waits for, it is done first.

mod event;
mod ledger;
mod outbox;
mod ports;
mod requests;
mod settings;
mod site;
mod start;
mod task;

use std::process::ExitCode;

use lambda_runtime::Error;
use service::Log;
use settings::{Settings, Work};
use site::Site;

/// Runs as the function that the environment says, until Lambda ends the process.
#[must_use]
pub fn run() -> ExitCode {
    let variables = std::env::vars_os();
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let settings = match settings::read(&variables.filter_map(text).collect()) {
        Ok(settings) => settings,
        Err(faults) => return refuse(&faults.lines()),
    };
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&[error.to_string()]),
    }
}

/// One thread: an instance has one event at a time, and mostly less than one processor.
fn serve(settings: Settings) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let work = settings.work.clone();
    let site = Site::new(settings);
    runtime.block_on(async {
        match work {
            Work::Requests { wake_up_queue } => requests::answer(site, &wake_up_queue).await,
            Work::Outbox(outside) => outbox::work_off(site, outside).await,
            Work::Ledger { processor } => ledger::answer(site, processor).await,
        }
    })
}

/// Says why the function cannot run. Lambda sees by the exit code that it does not.
fn refuse(reasons: &[String]) -> ExitCode {
    for reason in reasons {
        let line = serde_json::json!({
            "level": "error",
            "message": "the function cannot run",
            "reason": reason,
        });
        site::log().line(&line.to_string());
    }
    ExitCode::FAILURE
}
