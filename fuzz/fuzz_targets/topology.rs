//! No file makes the parser panic, hang or point outside the file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topology::{Overrides, parse};

fuzz_target!(|text: &str| {
    let lines = text.lines().count().max(1) + 1;
    if let Err(faults) = parse(text, "tideover.toml", &Overrides::default()) {
        for fault in &faults {
            assert!(fault.place.is_none_or(|place| place.line <= lines), "{fault}");
        }
    }
});
