//! `cargo bench -p drill`: drills that one core plays and judges in a second, how much faster than life that is, and
//! how it grows with clients and payments. Prints figures of this run and their ratios; asserts nothing.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "speed is measured by a clock"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use drill::{Figures, STANDARD, Scenario, judge, parse, shipped, simulate};

/// How long each row is measured.
const ROUND: Duration = Duration::from_secs(3);

/// What one row has measured.
#[derive(Default)]
struct Measured {
    drills: u32,
    broken: u32,
    requests: u64,
    simulated_ms: u64,
    simulate: Duration,
    judge: Duration,
    figures: Duration,
}

fn main() {
    let standard = standard();
    let mut text = format!("{STANDARD} on one core, seeds from 1\n\n");
    text += &shares(&measure(&standard));
    text += "\n";
    for (name, change) in
        [("clients", set_clients as fn(&mut Scenario, u32)), ("payments each", set_payments)]
    {
        text += &growth(&standard, name, change);
        text += "\n";
    }
    std::io::stdout().write_all(text.as_bytes()).expect("standard output is open");
}

fn standard() -> Scenario {
    let (name, text) = shipped().iter().find(|(name, _)| *name == STANDARD).expect("it is shipped");
    parse(name, text).expect("what is shipped can be read")
}

fn set_clients(scenario: &mut Scenario, clients: u32) {
    scenario.workload.clients = clients;
}

fn set_payments(scenario: &mut Scenario, payments: u32) {
    scenario.workload.payments = payments;
}

fn measure(scenario: &Scenario) -> Measured {
    let mut measured = Measured::default();
    let begin = Instant::now();
    for seed in 1.. {
        measured.one(scenario, seed);
        if begin.elapsed() >= ROUND {
            break;
        }
    }
    measured
}

impl Measured {
    fn one(&mut self, scenario: &Scenario, seed: u64) {
        let begin = Instant::now();
        let scenario = scenario.fixed(seed);
        let history = simulate(&scenario, seed);
        let simulated = Instant::now();
        let verdict = judge(&scenario, &history);
        let judged = Instant::now();
        black_box(Figures::of(&history, &verdict));
        self.figures += judged.elapsed();
        self.judge += judged - simulated;
        self.simulate += simulated - begin;
        self.drills += 1;
        self.broken += u32::from(!verdict.holds());
        self.requests += history.requests.len() as u64;
        self.simulated_ms += history.end.at_ms;
    }

    fn whole(&self) -> Duration {
        self.simulate + self.judge + self.figures
    }

    fn in_a_second(&self) -> f64 {
        f64::from(self.drills) / self.whole().as_secs_f64()
    }

    /// How much faster than life.
    fn ratio(&self) -> f64 {
        Duration::from_millis(self.simulated_ms).as_secs_f64() / self.whole().as_secs_f64()
    }
}

fn shares(measured: &Measured) -> String {
    let whole = measured.whole().as_secs_f64();
    let mut text = format!(
        "{:>10.0} drills in a second\n{:>10.0} times as fast as life\n",
        measured.in_a_second(),
        measured.ratio()
    );
    for (name, share) in [
        ("to simulate", measured.simulate),
        ("to judge", measured.judge),
        ("to measure", measured.figures),
    ] {
        let percent = share.as_secs_f64() / whole * 100.0;
        writeln!(text, "{percent:>9.0} % of the time {name}")
            .expect("writing to memory cannot fail");
    }
    text
}

/// A row for each number; the ratio is what one request costs, against the first row.
fn growth(standard: &Scenario, name: &str, change: fn(&mut Scenario, u32)) -> String {
    let mut text = format!(
        "{name:>13} {:>12} {:>12} {:>16} {:>8} {:>8}\n",
        "drills/s", "x life", "us per request", "ratio", "broken"
    );
    let mut first = None;
    for number in [3, 10, 30, 100] {
        let mut scenario = standard.clone();
        change(&mut scenario, number);
        let measured = measure(&scenario);
        let requests = measured.requests.max(1);
        let each = measured.whole().div_f64(as_f64(requests)).as_secs_f64() * 1e6;
        let ratio = each / *first.get_or_insert(each);
        let (drills, life) = (measured.in_a_second(), measured.ratio());
        let broken = measured.broken;
        let row = format!("{number:>13} {drills:>12.0} {life:>12.0} {each:>16.1} {ratio:>8.2}");
        writeln!(text, "{row} {broken:>8}").expect("writing to memory cannot fail");
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
