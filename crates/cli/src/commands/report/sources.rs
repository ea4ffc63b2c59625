//! Where the journal of a run is read, and what else is known there: one function for each place.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use fence::Millis;
use local::Recovered;
use report::{ApiCall, AttemptCalls, Known, Movement, Probe, journal};
use runbook::{Entry, Event, Plan};

use crate::args::ReportArgs;
use crate::failure::WrongInput;
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::live::runs::find;
use crate::serve::clock;

/// What a place tells of a run.
pub(super) struct Told {
    pub(super) entries: Vec<Entry>,
    pub(super) known: Known,
}

/// What there is of the run that is meant.
pub(super) fn told(args: &ReportArgs) -> anyhow::Result<Told> {
    match (&args.journal, &args.run) {
        (Some(file), _) => kept(file),
        (None, Some(run)) => block_on(asked(args, run)),
        (None, None) => unreachable!("the command line asks for one of them"),
    }
}

/// A journal that was kept: nothing else is known.
fn kept(file: &Path) -> anyhow::Result<Told> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let entries = journal(&text).map_err(|fault| WrongInput {
        faults: format!("{name}: {fault}"),
        hint: Some("a journal has one entry on each line, from the plan on"),
    })?;
    Ok(Told { entries, known: Known::default() })
}

/// A run on the two Regions that are meant.
async fn asked(args: &ReportArgs, run: &str) -> anyhow::Result<Told> {
    let reach = on(&args.on, &args.input, None).await?;
    let entries = find(&reach, run).await?.entries;
    let mut known = Known::default();
    let recovered = match &reach {
        On::Here(reach) => on_this_machine(reach, &entries, &mut known).await,
        On::Aws(reach) => in_aws(reach, &entries, &mut known).await,
    };
    match recovered {
        None => {}
        Some(Ok(movements)) => {
            known.movements = Some(movements.into_iter().map(movement).collect());
        }
        Some(Err(cause)) => tell_why_not(&mut known, &format!("no ledger answers: {cause}")),
    }
    Ok(Told { entries, known })
}

/// What the ledger that a run opened lacked; nothing when it has opened none.
type Lacked = Option<Result<Vec<Recovered>, String>>;

/// Here the ledger says what it lacked, and DNS where it leads now.
async fn on_this_machine(reach: &local::Reach, entries: &[Entry], known: &mut Known) -> Lacked {
    for (what, why) in NOT_HERE {
        known.why.insert((*what).to_owned(), (*why).to_owned());
    }
    known.dns.after = Some(vec![probe(reach).await]);
    let recovered = reach.recovered(opened(entries)?).await;
    Some(recovered.map_err(|not_done| not_done.to_string()))
}

/// In AWS the control table has the calls of every attempt besides.
async fn in_aws(reach: &cloud::Reach, entries: &[Entry], known: &mut Known) -> Lacked {
    match calls(reach, entries).await {
        Ok(calls) => known.calls = Some(calls),
        Err(cause) => {
            known.why.insert("/api_calls".to_owned(), format!("the control table: {cause}"));
        }
    }
    Some(reach.recovered(opened(entries)?).await)
}

/// The calls of every attempt that began; an attempt whose calls were not kept has none here.
async fn calls(reach: &cloud::Reach, entries: &[Entry]) -> Result<Vec<AttemptCalls>, String> {
    let run = entries.iter().find_map(|entry| match &entry.event {
        Event::Planned { plan, .. } => Some(&plan.run),
        _ => None,
    });
    let began = entries.iter().filter_map(|entry| match &entry.event {
        Event::Began { action, attempt, .. } => Some((action.as_str(), *attempt)),
        _ => None,
    });
    let mut all = Vec::new();
    for (action, attempt) in began.collect::<BTreeSet<_>>() {
        let Some(run) = run else { break };
        let kept = reach.table().calls(run, action, attempt).await;
        let calls = kept.map_err(|said| said.to_string())?.unwrap_or_default();
        let calls = calls.into_iter().map(call).collect();
        all.push(AttemptCalls { action: action.to_owned(), attempt, calls });
    }
    Ok(all)
}

fn call(call: aws::Call) -> ApiCall {
    ApiCall {
        at: call.at,
        region: call.region,
        service: call.service,
        operation: call.operation,
        request_id: call.request_id,
        status: call.status,
        ms: call.ms,
    }
}

/// What two Regions on one machine do not have.
const NOT_HERE: &[(&str, &str)] = &[
    ("/alarms", "two Regions on one machine have no alarms"),
    ("/api_calls", "on one machine actions call no API that gives request ids"),
    ("/templates", "two Regions on one machine come from no templates"),
    ("/dns/before", "nobody asked DNS before the run; `confirm-traffic` asks it after"),
];

/// The plan in force of a run that may have opened its target: before that its ledger lacks nothing for good.
fn opened(entries: &[Entry]) -> Option<&Plan> {
    let is_held = |entry: &Entry| {
        let action = match &entry.event {
            Event::Ended { action, result: Ok(_), .. } => *action,
            _ => return false,
        };
        matches!(action, runbook::ActionName::HoldMissing | runbook::ActionName::Open)
    };
    let plans = entries.iter().rev().filter_map(|entry| match &entry.event {
        Event::Planned { plan, .. } => Some(&**plan),
        _ => None,
    });
    let mut plans = plans;
    entries.iter().any(is_held).then(|| plans.next())?
}

fn movement(recovered: Recovered) -> Movement {
    Movement {
        id: recovered.id,
        payment: recovered.payment,
        minor_units: recovered.minor_units,
        currency: recovered.currency,
        accepted_epoch: recovered.accepted_epoch,
        accepted_at: recovered.accepted_at,
        state: recovered.state,
        was_acknowledged: None,
    }
}

fn tell_why_not(known: &mut Known, why: &str) {
    for what in
        ["/reconciliation/movements", "/reconciliation/outcomes", "/recovery/rpo/measured_ms"]
    {
        known.why.insert(what.to_owned(), why.to_owned());
    }
}

/// Asks DNS here where it leads.
async fn probe(reach: &local::Reach) -> Probe {
    let (name, answer) = reach.look_up().await;
    Probe {
        at: Millis(clock().as_ms()).0,
        asked: "the authoritative server, when the report was made".to_owned(),
        name,
        answer,
    }
}
