//! The executable that Lambda starts.

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::run()
}
