//! The pictures of what happened over time, each with its text.

use html::chart::{self, Chart, Scale};
use html::{Markup, figure};
use runbook::Stage;

use crate::history::Site;
use crate::judge::Seconds;
use crate::report::{ActionReport, Course, LagPoint, Report, RunReport, Traffic};
use crate::words;

/// The height of a bar, and of the room that it has.
pub(super) const BAR: f64 = 20.0;
pub(super) const ROW: f64 = 28.0;

/// The height of a chart of numbers.
const PLOT: f64 = 120.0;

/// Runs, gates, DNS, traffic and lag over the same time.
pub(super) fn course(report: &Report) -> Markup {
    let whole = Scale { from_ms: 0, until_ms: report.end_ms.max(1) };
    let pictures = |scale: Scale| {
        timeline(report, scale)
            .then(traffic(&report.course, scale))
            .then(lag(&report.course, scale))
    };
    match outage(report) {
        None => pictures(whole),
        Some(scale) => {
            let near = Markup::plain("h3", Markup::literal("The outage")).line();
            let all = Markup::plain("h3", Markup::literal("The whole drill")).line();
            near.then(pictures(scale)).then(all).then(pictures(whole))
        }
    }
}

/// The time around the first recovery, where it is lost in the whole.
fn outage(report: &Report) -> Option<Scale> {
    let recovery = report.recoveries.first()?;
    let served_ms = recovery.served_ms?;
    let margin_ms = (served_ms - recovery.began_ms) / 5 + 1_000;
    let from_ms = recovery.began_ms.saturating_sub(margin_ms);
    let until_ms = (served_ms + margin_ms).min(report.end_ms);
    ((until_ms - from_ms) * 2 < report.end_ms).then_some(Scale { from_ms, until_ms })
}

/// When faults began, as marks.
fn marks(course: &Course) -> Vec<u64> {
    let faults = course.happenings.iter().filter(|happening| happening.is_fault);
    faults.map(|happening| happening.at_ms).collect()
}

fn timeline(report: &Report, scale: Scale) -> Markup {
    let course = &report.course;
    let mut chart = Chart::new(scale);
    for run in &report.runs {
        let stages = stages(run, report.end_ms);
        if !stages.iter().any(|(_, from_ms, until_ms)| scale.shows(*from_ms, *until_ms)) {
            continue;
        }
        let top = chart.row(ROW, &run.run);
        for (stage, from_ms, until_ms) in stages {
            chart.bar((top + 4.0, BAR), (from_ms, until_ms), class(stage), stage.as_str());
        }
    }
    for site in Site::ALL {
        let top = chart.row(ROW, &format!("gate {}", site.region()));
        for gate in course.gates.iter().filter(|gate| gate.site == site) {
            let words = format!("open, epoch {}", gate.epoch);
            chart.bar((top + 4.0, BAR), (gate.from_ms, gate.until_ms), site.role(), &words);
        }
    }
    let top = chart.row(ROW, "DNS answer");
    for dns in &course.dns {
        let words = dns.site.region();
        chart.bar((top + 4.0, BAR), (dns.from_ms, dns.until_ms), dns.site.role(), words);
    }
    let picture = chart.finish("Runs, gates and DNS over time", &described(report), &marks(course));
    let caption = "Phases of each run, when each Region's gate was open, and the Region that DNS \
        answered with. Dashed lines are faults.";
    figure(caption, &[], picture)
}

/// The same in words.
fn described(report: &Report) -> String {
    let course = &report.course;
    let faults = course.happenings.iter().filter(|happening| happening.is_fault);
    let faults = faults
        .map(|fault| format!("At {}: {}.", Seconds(fault.at_ms), words::happened(&fault.line)));
    let gates = course.gates.iter().map(|gate| {
        let (region, epoch) = (gate.site.region(), gate.epoch);
        let (from, until) = (Seconds(gate.from_ms), Seconds(gate.until_ms));
        format!("The gate of {region} is open from {from} to {until} under epoch {epoch}.")
    });
    let dns = course.dns.iter().map(|dns| {
        format!("From {} DNS answers with {}.", Seconds(dns.from_ms), dns.site.region())
    });
    faults.chain(gates).chain(dns).collect::<Vec<_>>().join(" ")
}

/// The phases of a run, each from the first begin of an action to the next phase.
fn stages(run: &RunReport, end_ms: u64) -> Vec<(Stage, u64, u64)> {
    let mut stages: Vec<(Stage, u64, u64)> = Vec::new();
    for action in &run.actions {
        match stages.last_mut() {
            Some((stage, _, until_ms)) if *stage == action.stage => {
                *until_ms = (*until_ms).max(ended_ms(action, end_ms));
            }
            Some((_, _, until_ms)) => {
                *until_ms = (*until_ms).min(action.began_ms);
                stages.push((action.stage, action.began_ms, ended_ms(action, end_ms)));
            }
            None => stages.push((action.stage, action.began_ms, ended_ms(action, end_ms))),
        }
    }
    stages
}

fn ended_ms(action: &ActionReport, end_ms: u64) -> u64 {
    action.ended_ms.unwrap_or(end_ms)
}

const fn class(stage: Stage) -> &'static str {
    match stage {
        Stage::Decide => "decide",
        Stage::Fence => "fence",
        Stage::Promote => "promote",
        Stage::Verify => "verify",
        Stage::Route => "route",
        Stage::Stabilize | Stage::Restore => "after",
    }
}

/// A series of the traffic: its class, and its part of a bin.
type Series = (&'static str, fn(&Traffic) -> u32);

/// The series of the traffic, from the bottom to the top.
const SERIES: [Series; 4] = [
    ("primary", |bin| bin.by_primary),
    ("standby", |bin| bin.by_standby),
    ("waiting", |bin| bin.put_off),
    ("silent", |bin| bin.unanswered),
];

fn traffic(course: &Course, scale: Scale) -> Markup {
    let mut chart = Chart::new(scale);
    let bins = (0..).zip(&course.traffic);
    let shown = bins
        .filter(|(number, _)| scale.shows(number * course.bin_ms, (number + 1) * course.bin_ms));
    let most = shown.map(|(_, bin)| bin.total()).max().unwrap_or_default().max(1);
    let top = chart.row(PLOT, "answers");
    plot_axis(&mut chart, top, u64::from(most), &|value| value.to_string());
    for (number, (class, _)) in SERIES.iter().enumerate() {
        let bars = bars(course, scale, top, most, number);
        chart.add(chart::path(bars, class));
    }
    let caption = format!(
        "What clients heard, in each {} of the drill: at most {most}.",
        Seconds(course.bin_ms)
    );
    let picture = chart.finish("Answers by Region over time", &heard(course), &marks(course));
    let (primary, standby) = (Site::Primary.region(), Site::Standby.region());
    let (primary, standby) = (format!("served by {primary}"), format!("served by {standby}"));
    let key = [
        ("primary", primary.as_str()),
        ("standby", standby.as_str()),
        ("waiting", "asked to wait or try again"),
        ("silent", "no answer"),
    ];
    figure(&caption, &key, picture)
}

/// The same in words.
fn heard(course: &Course) -> String {
    let sum = |of: fn(&Traffic) -> u32| course.traffic.iter().map(of).sum::<u32>();
    let [primary, standby, waiting, silent] = SERIES.map(|(_, of)| sum(of));
    format!(
        "{} served {primary} requests, {} served {standby}; {waiting} answers asked to wait or try \
         again, and {silent} tries had no answer.",
        Site::Primary.region(),
        Site::Standby.region()
    )
}

/// One series as bars on top of those before it.
fn bars(course: &Course, scale: Scale, top: f64, most: u32, series: usize) -> String {
    let mut commands = String::new();
    for (number, bin) in (0..).zip(&course.traffic) {
        let (from_ms, until_ms) = (number * course.bin_ms, (number + 1) * course.bin_ms);
        let value = SERIES[series].1(bin);
        if value == 0 || !scale.shows(from_ms, until_ms) {
            continue;
        }
        let below: u32 = SERIES[..series].iter().map(|(_, of)| of(bin)).sum();
        let unit = (PLOT - 12.0) / f64::from(most);
        let (left, right) = (scale.x(from_ms), scale.x(until_ms));
        let height = f64::from(value) * unit;
        let bottom = top + PLOT - f64::from(below) * unit;
        let [x, y, width, height] =
            [left, bottom - height, (right - left) * 0.9, height].map(chart::number);
        commands += &format!("M{x} {y}h{width}v{height}h-{width}z");
    }
    commands
}

/// Lines at round values, with their numbers.
fn plot_axis(chart: &mut Chart, top: f64, most: u64, words: &dyn Fn(u64) -> String) {
    let step = chart::step(most, 4);
    for value in (1..=most / step).map(|number| number * step) {
        let y = top + PLOT - (PLOT - 12.0) * chart::ratio(value, most);
        chart.grid(y, &words(value));
    }
}

fn lag(course: &Course, scale: Scale) -> Markup {
    let shown = course.lag.iter().filter(|point| scale.shows(point.at_ms, point.at_ms + 1));
    let shown = shown.chain(lag_before(course, scale));
    let most = shown.map(|point| point.lag_ms).max().unwrap_or_default();
    if most == 0 {
        return Markup::default();
    }
    let mut chart = Chart::new(scale);
    let top = chart.row(PLOT, "lag");
    plot_axis(&mut chart, top, most, &|value| format!("{} s", chart::seconds(value)));
    let (area, line) = steps(course, scale, top, most);
    chart.add(chart::path(area, "lag-area"));
    chart.add(chart::path(line, "lag-line"));
    let description = format!("The largest lag was {}.", Seconds(most));
    let picture = chart.finish("Replication lag over time", &description, &marks(course));
    let caption = format!(
        "How far the standby's database was behind: at most {}. What it lacks is lost if the \
         writer is.",
        Seconds(most)
    );
    figure(&caption, &[], picture)
}

/// The lag with which a picture begins.
fn lag_before(course: &Course, scale: Scale) -> Option<&LagPoint> {
    course.lag.iter().rfind(|point| point.at_ms <= scale.from_ms)
}

/// The lag holds until the next one is seen.
fn steps(course: &Course, scale: Scale, top: f64, most: u64) -> (String, String) {
    let y = |lag_ms: u64| chart::number(top + PLOT - (PLOT - 12.0) * chart::ratio(lag_ms, most));
    let (left, right) =
        (chart::number(scale.x(scale.from_ms)), chart::number(scale.x(scale.until_ms)));
    let before_ms = lag_before(course, scale).map_or(0, |point| point.lag_ms);
    let mut line = format!("M{left} {}", y(before_ms));
    for point in &course.lag {
        if point.at_ms > scale.from_ms && point.at_ms < scale.until_ms {
            line += &format!("H{}V{}", chart::number(scale.x(point.at_ms)), y(point.lag_ms));
        }
    }
    line += &format!("H{right}");
    (format!("{line}V{bottom}H{left}z", bottom = chart::number(top + PLOT)), line)
}
