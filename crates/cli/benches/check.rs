//! `cargo bench --bench check`: how long `tideover check` takes as a whole process, side by side with cfn-lint on the
//! same templates, and whether it grows with the number of resources and no faster. Prints times of this run and
//! their ratios; asserts nothing.

mod systems;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use systems::{RUNS, growth, median, micros};

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let here = directory.path();
    let synthesize = || {
        tideover(here, &["synth"]);
    };
    let table = growth(here, &[3, 50, 200, 350, 1000], synthesize, || {
        tideover(here, &["check", "cdk.out"])
    });
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
