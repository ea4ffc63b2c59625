//! The RTO of every run as a bar and as a table.

use html::chart::{self, Chart, Scale};
use html::{Column, Markup, figure, table};

use super::figures::{BAR, ROW};
use crate::judge::Seconds;
use crate::report::{Part, Recovery, Report, unmeasured};
use crate::words;

/// One bar and one table for each run that made a Region active.
pub(super) fn recoveries(report: &Report) -> Markup {
    if report.recoveries.is_empty() {
        return Markup::literal("<p>No run changed the active Region.</p>\n");
    }
    report.recoveries.iter().map(recovery).collect()
}

fn recovery(recovery: &Recovery) -> Markup {
    let route = recovery.route;
    let way = format!("{} {} → {}", route.kind, route.source.region(), route.target.region());
    let cause = match &recovery.cause {
        Some(cause) => format!("after {} at", words::happened(cause)),
        None => "planned at".to_owned(),
    };
    let cause = format!("{cause} {}", Seconds(recovery.began_ms));
    let Some(rto_ms) = recovery.rto_ms() else {
        let text = format!("{way}, {cause}: {}.", unmeasured(recovery));
        return Markup::plain("p", Markup::text(text)).line();
    };
    let heading = Markup::plain("h3", Markup::text(format!("{}: {way}", Seconds(rto_ms)))).line();
    let scale = Scale { from_ms: 0, until_ms: rto_ms.max(1) };
    let mut chart = Chart::new(scale);
    let top = chart.row(ROW, "RTO");
    let mut from_ms = 0;
    for (part, took_ms) in recovery.parts.iter().filter(|(_, took_ms)| *took_ms > 0) {
        let span = (from_ms, from_ms + took_ms);
        chart.bar((top + 4.0, BAR), span, part.as_str(), part.as_str());
        from_ms += took_ms;
    }
    let title = format!("The parts of the RTO of {}", recovery.run);
    let picture = chart.finish(&title, "The table below has the same numbers.", &[]);
    let caption = format!("{}, {cause}.", recovery.run);
    heading.then(figure(&caption, &[], picture)).then(parts(recovery, rto_ms))
}

fn parts(recovery: &Recovery, rto_ms: u64) -> Markup {
    let columns = [
        Column::Words("Phase"),
        Column::Number("Took"),
        Column::Number("Share"),
        Column::Words("Until"),
    ];
    let row = |(part, took_ms): &(Part, u64)| {
        let swatch = Markup::of_class("span", part.as_str(), Markup::default());
        let name = Markup::of_class("span", "named", swatch.then(Markup::text(part.as_str())));
        let share = format!("{:.1} %", chart::ratio(*took_ms, rto_ms) * 100.0);
        let took = Seconds(*took_ms);
        vec![name, Markup::text(took), Markup::text(share), Markup::text(part.ends_with())]
    };
    let mut rows: Vec<_> = recovery.parts.iter().map(row).collect();
    let whole =
        ["RTO".to_owned(), Seconds(rto_ms).to_string(), "100.0 %".to_owned(), String::new()];
    rows.push(whole.iter().map(Markup::text).collect());
    table("The parts add up to the whole.", &columns, &rows)
}
