//! The report as one page of HTML that needs nothing else, with the looks of the drill's.

use html::chart::{Chart, Scale};
use html::{Column, Markup, document, figure, section, table};

use super::sections::{Cell, Head, Kind, Part, Section, seconds};
use crate::report::{Objective, Report};

/// The height of a bar, and of the room that it has.
const BAR: f64 = 20.0;
const ROW: f64 = 28.0;

pub(super) fn page(report: &Report, title: &str, sections: &[Section], digest: &str) -> String {
    let run = &report.run;
    let reason = format!("{}: {}", run.initiator, run.reason);
    let all = sections.iter().map(|part| told(report, part)).collect();
    let main = Markup::plain("h1", Markup::text(title))
        .line()
        .then(Markup::of_class("p", "soft", Markup::text(reason)).line())
        .then(verdict(report))
        .then(figures(report))
        .then(all);
    document(title, Markup::plain("main", main).line().then(footer(report, digest)))
}

/// Whether it is over and as it should be, in a sentence.
fn verdict(report: &Report) -> Markup {
    let run = &report.run;
    let missed = [("RTO", &report.recovery.rto), ("RPO", &report.recovery.rpo)];
    let missed = missed.into_iter().filter(|(_, objective)| objective.verdict == "missed");
    let missed: Vec<&str> = missed.map(|(name, _)| name).collect();
    let is_good = run.status == "finished" && missed.is_empty();
    let (class, sign) = if is_good { ("verdict good", "✓") } else { ("verdict bad", "✗") };
    let mut text = format!("{sign} {}", run.standing);
    if !missed.is_empty() {
        text = format!("{text}. Missed: {}", missed.join(", "));
    }
    let text = Markup::plain("strong", Markup::text(text));
    Markup::of_class("div", class, text).line()
}

/// The numbers that people look for first.
fn figures(report: &Report) -> Markup {
    let known = |number: Option<u64>| number.map_or("not known".to_owned(), |it| it.to_string());
    let promised = |objective: &Objective| {
        let target = objective.target_ms.map_or("not known".to_owned(), seconds);
        format!("promised: {target}")
    };
    let measured = |objective: &Objective| {
        objective.measured_ms.map_or_else(|| objective.verdict.replace('-', " "), seconds)
    };
    let (rto, rpo) = (&report.recovery.rto, &report.recovery.rpo);
    let left = format!("left in quarantine: {}", known(report.reconciliation.left));
    let people: std::collections::BTreeSet<&str> =
        report.approvals.iter().map(|approval| approval.by.as_str()).collect();
    let tiles = [
        ("RTO", measured(rto), promised(rto)),
        ("RPO", measured(rpo), promised(rpo)),
        ("Payments lost and found", known(report.loss.actual_movements), left),
        ("Approved by", people.len().to_string(), "people".to_owned()),
        ("Deviations", report.deviations.len().to_string(), "from the plan".to_owned()),
    ];
    let tiles = tiles.into_iter().map(|(name, value, note)| {
        let name = Markup::plain("dt", Markup::literal(name));
        let note = Markup::plain("small", Markup::text(note));
        let value = Markup::plain("dd", Markup::text(value).then(note));
        Markup::plain("div", name.then(value)).line()
    });
    Markup::of_class("dl", "figures", tiles.collect()).line()
}

fn told(report: &Report, told: &Section) -> Markup {
    let picture = if told.title == "RTO and RPO" { phases(report) } else { Markup::default() };
    section(told.title, picture.then(told.parts.iter().map(part).collect()))
}

/// The phases as one bar; the table below it has the same numbers.
fn phases(report: &Report) -> Markup {
    let phases = || report.recovery.phases.iter().filter(|spent| spent.in_rto && spent.ms > 0);
    let whole_ms: u64 = phases().map(|spent| spent.ms).sum();
    if whole_ms == 0 {
        return Markup::default();
    }
    let mut chart = Chart::new(Scale { from_ms: 0, until_ms: whole_ms });
    let top = chart.row(ROW, "RTO");
    let mut from_ms = 0;
    for spent in phases() {
        let until_ms = from_ms + spent.ms;
        chart.bar((top + 4.0, BAR), (from_ms, until_ms), spent.stage, spent.stage);
        from_ms = until_ms;
    }
    let picture =
        chart.finish("The phases of the RTO", "The table below has the same numbers.", &[]);
    figure("The phases of the RTO.", &[], picture)
}

fn part(part: &Part) -> Markup {
    match part {
        Part::Words(words) => Markup::plain("p", Markup::text(words)).line(),
        Part::Facts(facts) => {
            let rows = facts.iter().map(|(name, value)| {
                let scope = [("scope", "row".to_owned()), ("class", "named".to_owned())];
                let name = Markup::element("th", &scope, Markup::literal(name));
                Markup::plain("tr", name.then(Markup::plain("td", cell(value)))).line()
            });
            let body = Markup::plain("tbody", rows.collect());
            let attributes = [("class", "scroll".to_owned()), ("tabindex", "0".to_owned())];
            Markup::element("div", &attributes, Markup::plain("table", body)).line()
        }
        Part::Table { caption, columns, rows } => {
            let columns: Vec<Column> = columns.iter().map(|head| column(*head)).collect();
            let rows: Vec<Vec<Markup>> =
                rows.iter().map(|row| row.iter().map(cell).collect()).collect();
            table(caption, &columns, &rows)
        }
    }
}

const fn column(head: Head) -> Column {
    match head {
        Head::Words(name) => Column::Words(name),
        Head::Number(name) => Column::Number(name),
    }
}

fn cell(cell: &Cell) -> Markup {
    let text = Markup::text(&cell.text);
    match cell.kind {
        Kind::Plain => text,
        Kind::Whole => Markup::of_class("span", "keep", text),
        Kind::Name => Markup::plain("code", text),
        Kind::Good => Markup::of_class("span", "good-word", text),
        Kind::Bad => Markup::of_class("span", "alarm", text),
        Kind::Soft => Markup::of_class("span", "soft", text),
    }
}

fn footer(report: &Report, digest: &str) -> Markup {
    let made = format!("tideover {}, {}. ", report.tideover, report.reported_at);
    let text = Markup::text(made)
        .then(Markup::literal("What is signed is the JSON, whose SHA-256 is "))
        .then(Markup::plain("code", Markup::text(digest)));
    Markup::plain("footer", text).line()
}
