//! `cargo bench --bench check`: how long `tideover check` takes as a whole process, side by side with cfn-lint on the
//! same templates, and whether it grows with the number of resources and no faster. Prints times of this run and
//! their ratios; asserts nothing.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 21;
const FUNCTIONS_PER_GROUP: usize = 40;

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let here = directory.path();
    let mut table = format!(
        "{:>10} {:>10} {:>10} {:>14} {:>8}\n",
        "functions", "resources", "ms", "µs/resource", "ratio"
    );
    let mut first = None;
    for functions in [3, 50, 200, 350, 1000] {
        let text = if functions == 3 { String::new() } else { file(functions) };
        fs::write(here.join("tideover.toml"), text).expect("the directory is writable");
        tideover(here, &["synth"]);
        let resources = resources(here);
        let time = median(RUNS, &mut || tideover(here, &["check", "cdk.out"]));
        let each = micros(time) / as_f64(resources);
        let ratio = each / *first.get_or_insert(each);
        let ms = micros(time) / 1000.0;
        writeln!(table, "{functions:>10} {resources:>10} {ms:>10.2} {each:>14.2} {ratio:>8.2}")
            .expect("writing to memory cannot fail");
    }
    let start = micros(median(RUNS, &mut || tideover(here, &["--version"]))) / 1000.0;
    let beside = beside(here);
    let text = format!(
        "whole process, median of {RUNS} runs; `tideover --version` takes {start:.2} ms\n\n{table}\n{beside}\n"
    );
    std::io::stdout().write_all(text.as_bytes()).expect("standard output is open");
}

/// The default assembly by tideover and by cfn-lint, one after the other.
fn beside(here: &Path) -> String {
    fs::write(here.join("tideover.toml"), "").expect("the directory is writable");
    tideover(here, &["synth"]);
    let linter =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/python/bin/cfn-lint");
    if !linter.is_file() {
        return "cfn-lint is not installed: `cargo xtask test` installs it".to_owned();
    }
    let ours = median(RUNS, &mut || tideover(here, &["check", "cdk.out"]));
    let mut lint = Command::new(&linter);
    lint.args(["--regions", "us-east-1", "us-east-2", "--"]).args(templates(here));
    let theirs = median(3, &mut || time(&mut lint));
    let (ours, theirs) = (micros(ours) / 1000.0, micros(theirs) / 1000.0);
    format!(
        "default assembly: tideover check {ours:.1} ms, cfn-lint {theirs:.0} ms on the same templates, ratio 1 : {:.0}",
        theirs / ours
    )
}

fn templates(here: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(here.join("cdk.out")).expect("the assembly was written");
    let files = files.map(|file| file.expect("it can be read").path());
    files.filter(|file| file.to_string_lossy().ends_with(".template.json")).collect()
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

/// Runs tideover; what it finds does not matter here.
fn tideover(here: &Path, arguments: &[&str]) -> Duration {
    time(Command::new(env!("CARGO_BIN_EXE_tideover")).args(arguments).current_dir(here))
}

fn time(command: &mut Command) -> Duration {
    let begin = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the program can be started");
    let time = begin.elapsed();
    assert!(status.code().is_some(), "{command:?} was killed");
    time
}

fn median(runs: usize, run: &mut dyn FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| run()).collect();
    times.sort();
    times[runs / 2]
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

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
