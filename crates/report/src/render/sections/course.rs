//! The sections about what was done, where it left the plan, and where all of this comes from.

use super::Head::{Number, Words};
use super::{Cell, Kind, Part, Section, known_table, seconds, section, table};
use crate::known::Alarm;
use crate::report::{CallTold, ProbeTold, Report, Step, TemplateTold};

/// How many letters a date has, and the `T` behind it.
const DATE_LENGTH: usize = 11;

pub(super) fn fence(report: &Report) -> Section {
    let fence = &report.fence;
    let lease = format!(
        "{}, clocks at most {} apart",
        seconds(fence.lease_length_ms),
        seconds(fence.clock_bound_ms)
    );
    let kind = if fence.outcome == "not-reached" { Kind::Bad } else { Kind::Good };
    let facts = vec![
        ("Outcome", Cell::new(kind, format!("{}: {}", fence.outcome, fence.told))),
        ("The source was told to stop", Cell::plain(&fence.source_told_to_stop)),
        ("Leases", Cell::plain(lease)),
        ("Waited for leases", Cell::maybe(fence.waited_ms.map(seconds))),
        ("Point of no return", Cell::maybe(fence.point_of_no_return_at.as_ref())),
        ("Epoch in the opened ledger", Cell::maybe(fence.epoch_in_ledger)),
    ];
    section("The fence", vec![Part::Facts(facts)])
}

pub(super) fn steps(report: &Report) -> Section {
    let columns = [
        Words("Action"),
        Words("Phase"),
        Words("Region"),
        Words("Began"),
        Words("Ended"),
        Number("Took"),
        Number("Attempts"),
        Words("Result"),
        Words("Told"),
    ];
    let (date, _) = report.run.planned_at.split_at(DATE_LENGTH - 1);
    let caption =
        format!("In the order of the plan; times are those of {date} unless they say so.");
    let rows = report.steps.iter().map(|one| step(report, one)).collect();
    section("The steps", vec![table(&caption, "", &columns, rows)])
}

fn step(report: &Report, step: &Step) -> Vec<Cell> {
    let kind = match step.result {
        "done" => Kind::Good,
        "not-due" | "not-begun" => Kind::Soft,
        _ => Kind::Bad,
    };
    let name =
        if step.way == "back" { format!("back: {}", step.action) } else { step.action.to_owned() };
    vec![
        Cell::name(name),
        Cell::plain(step.stage),
        Cell::whole(&step.region),
        moment(report, step.began_at.as_ref()),
        moment(report, step.ended_at.as_ref()),
        Cell::maybe(step.took_ms.map(seconds)),
        Cell::plain(step.attempts.len()),
        Cell::new(kind, step.result.replace('-', " ")),
        Cell::maybe(step.told.as_ref()),
    ]
}

pub(super) fn calls(report: &Report) -> Section {
    if report.api_calls.is_none() {
        let words = "API calls and their request ids: not known.".to_owned();
        return section("API calls", vec![Part::Words(words)]);
    }
    let columns = [
        Words("Action"),
        Number("Attempt"),
        Words("Began"),
        Words("Region"),
        Words("Call"),
        Words("Request id"),
        Number("Status"),
        Number("Took"),
    ];
    let rows = report.steps.iter().flat_map(|step| {
        step.attempts.iter().flat_map(move |attempt| {
            let calls = attempt.calls.iter().flatten();
            calls.map(move |one| call(report, step.action, attempt.number, one))
        })
    });
    let empty = "No action called an API.";
    section("API calls", vec![table("By attempt.", empty, &columns, rows.collect())])
}

/// An instant without its date, where that is the date of the plan.
fn moment(report: &Report, at: Option<&String>) -> Cell {
    let (date, _) = report.run.planned_at.split_at(DATE_LENGTH);
    let short = at.map(|at| at.strip_prefix(date).unwrap_or(at));
    short.map_or_else(|| Cell::maybe(None::<&str>), Cell::whole)
}

fn call(report: &Report, action: &str, attempt: u32, call: &CallTold) -> Vec<Cell> {
    vec![
        Cell::name(action),
        Cell::plain(attempt),
        moment(report, Some(&call.at)),
        Cell::whole(&call.region),
        Cell::plain(format!("{} {}", call.service, call.operation)),
        call.request_id.as_ref().map_or_else(|| Cell::maybe(None::<&str>), Cell::name),
        Cell::maybe(call.status),
        Cell::maybe(call.ms.map(seconds)),
    ]
}

pub(super) fn dns(report: &Report) -> Section {
    let columns = [Words("Asked"), Words("When"), Words("Name"), Words("Answered")];
    let row = |probe: &ProbeTold| {
        vec![
            Cell::plain(&probe.asked),
            Cell::whole(&probe.at),
            Cell::name(&probe.name),
            Cell::plain(&probe.answer),
        ]
    };
    let empty = "DNS was not asked.";
    let of = |probes, caption| known_table(probes, caption, empty, &columns, row);
    section(
        "DNS",
        vec![
            of(report.dns.before.as_ref(), "Before the switch was turned"),
            of(report.dns.after.as_ref(), "After it"),
            Part::Facts(vec![("Asked by the run", Cell::plain(&report.dns.confirmed))]),
        ],
    )
}

pub(super) fn alarms(report: &Report) -> Section {
    let columns = [Words("Region"), Words("Alarm"), Words("State")];
    let row = |alarm: &Alarm| {
        let kind = if alarm.state == "OK" { Kind::Good } else { Kind::Bad };
        vec![Cell::plain(&alarm.region), Cell::name(&alarm.name), Cell::new(kind, &alarm.state)]
    };
    let of = |alarms: &Option<Vec<Alarm>>, caption| {
        known_table(alarms.as_ref(), caption, "There are no alarms.", &columns, row)
    };
    section(
        "Alarms",
        vec![
            of(&report.alarms_at_decision, "Alarms, before anything changed"),
            of(&report.alarms_at_end, "Alarms of the Region that serves, when users were served"),
            of(&report.alarms, "Alarms, when the report was made"),
        ],
    )
}

pub(super) fn deviations(report: &Report) -> Section {
    let columns = [Words("When"), Words("Kind"), Words("What"), Words("Who")];
    let rows = report.deviations.iter().map(|deviation| {
        vec![
            Cell::whole(&deviation.at),
            Cell::plain(deviation.kind.replace('-', " ")),
            Cell::plain(&deviation.what),
            Cell::person(deviation.by.as_ref(), deviation.principal.as_ref()),
        ]
    });
    let empty = "The run went as it was planned.";
    let table = table("Where the run left its plan.", empty, &columns, rows.collect());
    section("Deviations", vec![table])
}

pub(super) fn follow_ups(report: &Report) -> Section {
    let columns = [Words("What"), Words("Owner")];
    let rows = report.follow_ups.iter();
    let rows =
        rows.map(|follow_up| vec![Cell::plain(&follow_up.what), Cell::plain(&follow_up.owner)]);
    let table = table("To be done.", "Nothing is left to be done.", &columns, rows.collect());
    section("Follow-ups", vec![table])
}

pub(super) fn origin(report: &Report) -> Section {
    let plans = report.plans.iter().map(|plan| {
        vec![
            Cell::plain(plan.kind),
            Cell::whole(&plan.at),
            Cell::plain(&plan.by),
            Cell::plain(format!("{} to {}", plan.epoch_seen, plan.epoch_reserved)),
            Cell::plain(plan.format),
            Cell::name(&plan.sha256),
        ]
    });
    let columns = [
        Words("Plan"),
        Words("Made"),
        Words("By"),
        Words("Epochs"),
        Number("Format"),
        Words("SHA-256"),
    ];
    let plans = table("Plans.", "", &columns, plans.collect());
    let facts = vec![
        ("Made by", Cell::plain(format!("tideover {}", report.tideover))),
        ("Made", Cell::plain(&report.reported_at)),
        ("SHA-256 of the journal", Cell::name(&report.journal_sha256)),
    ];
    let columns = [Words("Region"), Words("Stack"), Words("SHA-256"), Words("Deployed")];
    let templates = known_table(
        report.templates.as_ref(),
        "Templates",
        "There are no templates.",
        &columns,
        |one| {
            let (region, stack) = (Cell::plain(&one.region), Cell::plain(&one.stack));
            vec![region, stack, Cell::name(&one.sha256), deployed(one)]
        },
    );
    section("Where this comes from", vec![Part::Facts(facts), plans, templates, kept(report)])
}

/// How a template is deployed, beside that of the assembly.
fn deployed(template: &TemplateTold) -> Cell {
    let Some(deployed) = &template.deployed else {
        let why = template.not_deployed.as_ref();
        return why.map_or_else(|| Cell::maybe(None::<&str>), |why| Cell::new(Kind::Bad, why));
    };
    let since = deployed.changed_at.as_ref().map(|at| format!(" since {at}"));
    let since = since.unwrap_or_default();
    match (deployed.is_same, deployed.was_there_before) {
        (true, true) => Cell::new(Kind::Good, format!("the same{since}")),
        (true, false) => {
            Cell::new(Kind::Bad, format!("the same{since}, after the run was planned"))
        }
        (false, _) => Cell::new(Kind::Bad, format!("another{since}: {}", deployed.sha256)),
    }
}

fn kept(report: &Report) -> Part {
    let columns = [Words("Stored"), Words("Cannot be deleted before"), Words("SHA-256")];
    let rows = report.kept.iter().map(|kept| {
        let locked_until = Cell::maybe(kept.locked_until.as_ref());
        vec![Cell::name(&kept.place), locked_until, Cell::name(&kept.sha256)]
    });
    let empty = "The run has stored nothing of itself.";
    table("What the run has stored of itself.", empty, &columns, rows.collect())
}

pub(super) fn not_known(report: &Report) -> Section {
    let columns = [Words("What"), Words("Why")];
    let rows = report.not_known.iter();
    let rows = rows.map(|one| vec![Cell::name(&one.what), Cell::plain(&one.why)]);
    let caption = "By its place in the JSON.";
    let table = table(caption, "Everything is known.", &columns, rows.collect());
    section("What is not known", vec![table])
}
