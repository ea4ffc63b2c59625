//! No text makes the reader of templates panic, hang or point outside the text; what it reads can be written and
//! read again, and every key of it is found.

#![no_main]

use checks::{locate_all, parse, parse_bytes};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let read = parse_bytes(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert!(read.is_err());
        return;
    };
    let lines = text.split('\n').count();
    let value = match parse(text) {
        Ok(value) => value,
        Err(fault) => {
            assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{fault}");
            std::hint::black_box(locate_all(text, &[["a", "b"]]));
            return;
        }
    };
    let written = value.to_string();
    let again = parse(&written).expect("what was read can be read again");
    // A number may lose its last digit as it is written, and nothing else may change.
    assert_eq!(again.to_string(), parse(&again.to_string()).expect("as before").to_string());

    let paths: Vec<[&str; 1]> = value
        .as_object()
        .into_iter()
        .flat_map(|map| map.keys())
        .map(|key| [key.as_str()])
        .collect();
    for position in locate_all(text, &paths) {
        let position = position.expect("a text with keys holds something");
        let line = text.split('\n').nth(position.line - 1).expect("a line of the text");
        assert!((1..=line.chars().count() + 1).contains(&position.column), "{position:?}");
    }
    assert!(matches!(value, Value::Object(_)));
});
