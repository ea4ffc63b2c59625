//! Systems of many sizes, and how long a command takes over each: what the benches of `synth` and `check` share.
//! In a folder, because cargo takes every file beside it for a bench of its own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How often each command runs; its time is the median.
pub(crate) const RUNS: usize = 21;
const FUNCTIONS_PER_GROUP: usize = 40;

/// A table of how long a command takes over systems of so many functions, against the first of them.
pub(crate) fn growth(
    here: &Path,
    functions: &[usize],
    prepare: impl Fn(),
    run: impl Fn() -> Duration,
) -> String {
    let mut table = format!(
        "{:>10} {:>10} {:>10} {:>14} {:>8}\n",
        "functions", "resources", "ms", "µs/resource", "ratio"
    );
    let mut first = None;
    for &functions in functions {
        let text = if functions == 3 { String::new() } else { file(functions) };
        fs::write(here.join("tideover.toml"), text).expect("the directory is writable");
        prepare();
        let resources = resources(here);
        let time = median(RUNS, &mut || run());
        let each = micros(time) / as_f64(resources);
        let ratio = each / *first.get_or_insert(each);
        let ms = micros(time) / 1000.0;
        writeln!(table, "{functions:>10} {resources:>10} {ms:>10.2} {each:>14.2} {ratio:>8.2}")
            .expect("writing to memory cannot fail");
    }
    table
}

/// A file with so many functions, in groups that fit into stacks.
fn file(functions: usize) -> String {
    let one = |number: usize| {
        let route = if number == 0 { "routes = [\"GET /health\"]\n" } else { "" };
        let group = number / FUNCTIONS_PER_GROUP;
        format!("[[functions]]\nname = \"function-{number}\"\ngroup = \"Group{group}\"\n{route}")
    };
    (0..functions).map(one).collect()
}

fn resources(here: &Path) -> usize {
    let output = Command::new(env!("CARGO_BIN_EXE_tideover"))
        .args(["list", "--output", "json"])
        .current_dir(here)
        .output()
        .expect("the program can be started");
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the list is JSON");
    let stacks = list["stacks"].as_array().expect("the list has stacks");
    let counts = stacks.iter().filter_map(|stack| stack["resources"].as_u64());
    usize::try_from(counts.sum::<u64>()).expect("counts are small")
}

pub(crate) fn median(runs: usize, run: &mut dyn FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| run()).collect();
    times.sort();
    times[runs / 2]
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
