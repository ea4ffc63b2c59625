//! The sections that people look for first: the run, what it reached, what was lost, who decided.

use payments::{Amount, Currency, Money};

use super::Head::{Number, Words};
use super::{Cell, Kind, Part, Section, known_table, seconds, section, table};
use crate::report::{LedgerEnd, Objective, Reconciled, Report};

pub(super) fn run(report: &Report) -> Section {
    let run = &report.run;
    let standing = match run.status {
        "finished" => Cell::new(Kind::Good, format!("finished: {}", run.standing)),
        status => Cell::new(Kind::Bad, format!("{status}: {}", run.standing)),
    };
    let mut facts = vec![
        ("Run", Cell::name(&run.id)),
        ("Kind", Cell::plain(run.kind)),
        ("From, to", Cell::plain(format!("{} to {}", run.source, run.target))),
        ("Witness", Cell::plain(&run.witness)),
        ("Asked for by", Cell::person(Some(&run.initiator), run.initiator_principal.as_ref())),
        ("Reason", Cell::plain(&run.reason)),
        ("Planned", Cell::plain(&run.planned_at)),
        ("Told until", Cell::plain(&run.told_until)),
        ("Standing", standing),
    ];
    facts.extend(run.change.as_ref().map(|change| ("Change", Cell::plain(change))));
    let runners = run.runners.iter();
    let runners =
        runners.map(|runner| vec![Cell::name(&runner.name), Cell::plain(&runner.took_at)]);
    let columns = [Words("Runner"), Words("Took the run")];
    let runners =
        table("Who carried it on.", "No runner has taken it.", &columns, runners.collect());
    section("The run", vec![Part::Facts(facts), runners])
}

pub(super) fn recovery(report: &Report) -> Section {
    let recovery = &report.recovery;
    let served = recovery.served.as_ref();
    let served = served.map(|it| format!("{} at {}, shown by {}", it.region, it.at, it.shown_by));
    let objectives = [("RTO", &recovery.rto), ("RPO", &recovery.rpo)];
    let objectives = objectives.map(|(name, objective)| objective_row(name, objective));
    let columns = [Words("Objective"), Number("Promised"), Number("Measured"), Words("Verdict")];
    let caption = format!("The time counts from the {}.", recovery.counts_from);
    let phases = recovery.phases.iter().map(|spent| {
        let part = if spent.in_rto { "yes" } else { "no" };
        vec![Cell::plain(spent.stage), Cell::plain(seconds(spent.ms)), Cell::plain(part)]
    });
    let phase_columns = [Words("Phase"), Number("Took"), Words("Part of the RTO")];
    let phases = table("By phase.", "Nothing has begun.", &phase_columns, phases.collect());
    section(
        "RTO and RPO",
        vec![
            table(&caption, "", &columns, objectives.into()),
            Part::Facts(vec![("Service was back", Cell::known(served))]),
            phases,
        ],
    )
}

fn objective_row(name: &str, objective: &Objective) -> Vec<Cell> {
    let kind = match objective.verdict {
        "met" => Kind::Good,
        "missed" | "not-served" => Kind::Bad,
        _ => Kind::Soft,
    };
    vec![
        Cell::plain(name),
        Cell::known(objective.target_ms.map(seconds)),
        Cell::known(objective.measured_ms.map(seconds)),
        Cell::new(kind, objective.verdict.replace('-', " ")),
    ]
}

pub(super) fn loss(report: &Report) -> Section {
    let (loss, held) = (&report.loss, &report.reconciliation);
    let end = |end: &Option<LedgerEnd>| {
        Cell::maybe(end.as_ref().map(|end| {
            let position =
                end.position.map_or(String::new(), |position| format!(" up to {position}"));
            format!("{} movements{position}, books with {} faults", end.movements, end.faults)
        }))
    };
    let facts = vec![
        ("Lag at the decision", Cell::known(loss.lag_at_decision_ms.map(seconds))),
        ("Payments estimated to be missing", Cell::known(loss.estimated_movements)),
        ("Payments that were missing", Cell::known(loss.actual_movements)),
        ("Put into quarantine", Cell::maybe(held.held)),
        ("Left in quarantine", Cell::maybe(held.left)),
        ("The source's ledger", end(&loss.ledgers.source)),
        ("The target's ledger", end(&loss.ledgers.target)),
        ("Rows found in the old database", Cell::maybe(loss.rescued_rows)),
    ];
    section("What was lost", vec![Part::Facts(facts)])
}

pub(super) fn payments(report: &Report) -> Section {
    let told = &report.reconciliation;
    let columns = [
        Words("Payment or refund"),
        Number("Amount"),
        Words("Accepted"),
        Number("Epoch"),
        Words("Acknowledged"),
        Words("State"),
        Words("Became"),
    ];
    let list = known_table(
        told.movements.as_ref(),
        "Each payment and refund whose row in the ledger was lost, and whose intent was kept",
        "No payment was lost.",
        &columns,
        reconciled,
    );
    let outcomes = told.outcomes.iter().flatten();
    let outcomes = outcomes.map(|(state, count)| vec![Cell::plain(state), Cell::plain(count)]);
    let outcomes: Vec<Vec<Cell>> = outcomes.collect();
    let columns = [Words("State"), Number("How many")];
    let counts = (!outcomes.is_empty()).then(|| table("By state.", "", &columns, outcomes));
    section("What became of each payment", counts.into_iter().chain([list]).collect())
}

fn reconciled(movement: &Reconciled) -> Vec<Cell> {
    let kind = match movement.state.as_str() {
        "succeeded" | "declined" | "refused" => Kind::Good,
        _ => Kind::Bad,
    };
    let told = movement.was_acknowledged.map(|was| if was { "yes" } else { "no" });
    let id = match &movement.payment {
        Some(payment) => format!("{payment}/{}", movement.id),
        None => movement.id.clone(),
    };
    vec![
        Cell::name(id),
        Cell::plain(money(movement)),
        Cell::whole(&movement.accepted_at),
        Cell::plain(movement.accepted_epoch),
        Cell::known(told),
        Cell::new(kind, &movement.state),
        Cell::plain(&movement.became),
    ]
}

/// An amount as people read it; in minor units where the currency is not one that is known.
fn money(movement: &Reconciled) -> String {
    let money = Currency::find(&movement.currency)
        .zip(Amount::new(movement.minor_units))
        .map(|(currency, amount)| Money::new(amount, currency).to_string());
    money
        .unwrap_or_else(|| format!("{} minor units of {}", movement.minor_units, movement.currency))
}

pub(super) fn decision(report: &Report) -> Section {
    let approvals = report.approvals.iter().map(|approval| {
        vec![
            Cell::person(Some(&approval.by), approval.principal.as_ref()),
            Cell::name(approval.action),
            Cell::whole(&approval.at),
            Cell::whole(&approval.expires_at),
            Cell::plain(&approval.shown.text),
        ]
    });
    let columns =
        [Words("Who"), Words("Of what"), Words("When"), Words("Until"), Words("Was shown")];
    let empty = "Nobody approved of anything; a run without loss asks for no approval.";
    let approvals = table("Approvals.", empty, &columns, approvals.collect());
    let conditions = report.preconditions.iter().map(|condition| {
        let kind = if condition.result == "met" { Kind::Good } else { Kind::Bad };
        vec![
            Cell::name(condition.name),
            Cell::new(kind, condition.result.replace('-', " ")),
            Cell::maybe(condition.found.as_ref()),
        ]
    });
    let columns = [Words("Condition"), Words("Result"), Words("Found")];
    let conditions =
        table("Conditions, when the plan was made.", "", &columns, conditions.collect());
    section("The decision", vec![approvals, conditions])
}
