//! What people type, and what they are told.

mod accepted;
mod cross_faults;
mod example;
mod field_faults;
mod function_faults;
mod properties;
#[cfg(feature = "schema")]
mod schema;
mod syntax;

use expect_test::Expect;
use topology::{Overrides, Topology, parse};

/// Compares what is wrong in a file with what is expected.
#[track_caller]
fn check(text: &str, expected: Expect) {
    check_with(text, &Overrides::default(), expected);
}

/// The same, with values from beside the file.
#[track_caller]
fn check_with(text: &str, overrides: &Overrides, expected: Expect) {
    let message = match parse(text, "tideover.toml", overrides) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(faults) => faults.to_string(),
    };
    expected.assert_eq(&message);
}

/// The topology of a file without faults.
#[track_caller]
fn accept(text: &str) -> Topology {
    match parse(text, "tideover.toml", &Overrides::default()) {
        Ok(topology) => topology,
        Err(faults) => panic!("{faults}"),
    }
}
