//! No text makes the reader of scenarios panic, hang or point outside the text; and what it reads it
//! can write.

#![no_main]

use drill::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u64)| {
    let (text, seed) = input;
    match parse("fuzz", text) {
        Ok(scenario) => {
            let fixed = scenario.fixed(seed);
            assert_eq!(parse("fuzz", &fixed.to_string()).as_ref(), Ok(&fixed), "{fixed}");
            assert_eq!(parse("fuzz", &scenario.to_string()), Ok(scenario));
        }
        Err(mistakes) => {
            let lines = text.lines().count().max(1);
            assert!(!mistakes.is_empty());
            for mistake in &mistakes {
                assert!(mistake.line <= lines, "{mistake}");
            }
        }
    }
});
