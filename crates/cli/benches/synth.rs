//! `cargo bench`: how long `tideover synth` takes as a whole process, and whether that grows with the number
//! of resources and no faster. Prints times of this run and their ratios; asserts nothing.

mod systems;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use systems::{RUNS, growth, median, micros};

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let here = directory.path();
    let start = median(RUNS, &mut || run(here, &["--version"]));
    let table = growth(here, &[3, 50, 200, 1000], || {}, || run(here, &["synth"]));
    let start = micros(start) / 1000.0;
    let text = format!(
        "whole process, median of {RUNS} runs; `tideover --version` takes {start:.2} ms\n\n{table}\n"
    );
    std::io::stdout().write_all(text.as_bytes()).expect("standard output is open");
}

fn run(directory: &Path, arguments: &[&str]) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tideover"));
    command.args(arguments).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let status = command.status().expect("the program can be started");
    let time = begin.elapsed();
    assert!(status.success(), "tideover {arguments:?} failed in {}", directory.display());
    time
}
