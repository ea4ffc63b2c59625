//! `cargo bench`: how long `tideover synth` takes as a whole process, and whether that grows with the number
//! of resources and no faster. Prints times of this run and their ratios; asserts nothing.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 21;
const FUNCTIONS_PER_GROUP: usize = 40;

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let start = median(&mut || run(directory.path(), &["--version"]));
    let mut table = format!(
        "{:>10} {:>10} {:>10} {:>14} {:>8}\n",
        "functions", "resources", "ms", "µs/resource", "ratio"
    );
    let mut first = None;
    for functions in [3, 50, 200, 1000] {
        let text = if functions == 3 { String::new() } else { file(functions) };
        fs::write(directory.path().join("tideover.toml"), text).expect("the directory is writable");
        let resources = resources(directory.path());
        let time = median(&mut || run(directory.path(), &["synth"]));
        let each = micros(time) / as_f64(resources);
        let ratio = each / *first.get_or_insert(each);
        let ms = micros(time) / 1000.0;
        writeln!(table, "{functions:>10} {resources:>10} {ms:>10.2} {each:>14.2} {ratio:>8.2}")
            .expect("writing to memory cannot fail");
    }
    let start = micros(start) / 1000.0;
    let text = format!(
        "whole process, median of {RUNS} runs; `tideover --version` takes {start:.2} ms\n\n{table}\n"
    );
    std::io::stdout().write_all(text.as_bytes()).expect("standard output is open");
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

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tideover"));
    command.args(arguments).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn run(directory: &Path, arguments: &[&str]) -> Duration {
    let begin = Instant::now();
    let status = command(directory, arguments).status().expect("the program can be started");
    let time = begin.elapsed();
    assert!(status.success(), "tideover {arguments:?} failed in {}", directory.display());
    time
}

fn median(run: &mut dyn FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort();
    times[RUNS / 2]
}

fn resources(directory: &Path) -> usize {
    let output = command(directory, &["list", "--output", "json"])
        .stdout(Stdio::piped())
        .output()
        .expect("the program can be started");
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the list is JSON");
    let stacks = list["stacks"].as_array().expect("the list has stacks");
    let counts = stacks.iter().filter_map(|stack| stack["resources"].as_u64());
    usize::try_from(counts.sum::<u64>()).expect("counts are small")
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
