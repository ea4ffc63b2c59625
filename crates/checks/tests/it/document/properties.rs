//! What holds for every text: JSON is read as serde_json reads it, YAML as the value it was written from, and no text
//! makes anything panic.

use checks::{locate, parse, parse_bytes};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::read;

/// Words as templates have them, and all that could be mistaken for something else.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9:./${}-]{0,12}",
        "\\PC{0,8}",
        prop::sample::select(vec![
            "yes",
            "off",
            "null",
            "~",
            "0755",
            "012345678901",
            "1e3",
            "-1",
            "<<",
            "- a",
            "a: b",
            "#",
            " a ",
            "\n",
            "!Ref",
            "&a",
            "*a",
            "'",
            "\"",
            "\\",
            "{",
            "]",
            ",",
            "?",
            "|",
            ">",
            "%",
            "@",
            "\t",
            "\u{85}",
            "\u{2028}",
            "2010-09-09",
        ])
        .prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        any::<i32>().prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        word().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(word(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A template: a map of values.
fn template() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(word(), value(), 1..6)
        .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()))
}

/// The value in YAML's block style, with words in double quotes.
fn yaml(value: &Value, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                text.push_str(&format!("\n{margin}? {}\n{margin}:", json!(key)));
                yaml(value, indent + 2, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                text.push_str(&format!("\n{margin}-"));
                yaml(item, indent + 2, text);
            }
        }
        other => text.push_str(&format!(" {other}")),
    }
}

/// Text with what the readers look for in it.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            ": ",
            "\"",
            "'",
            "\n",
            "\n  ",
            "- ",
            "? ",
            "&a ",
            "*a",
            "<<: ",
            "!Ref ",
            "!GetAtt ",
            "!",
            "!!str ",
            "|",
            ">",
            "#",
            "---\n",
            "...\n",
            "%TAG ! x\n",
            "\\",
            "\\u",
            "\t",
            "\r",
            "\u{feff}",
            "\u{85}",
            "\0",
            "a",
            "1",
            "-",
            "true",
        ])
        .prop_map(str::to_owned),
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn json_is_read_as_serde_json_reads_it(value in template()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            prop_assert_eq!(&read(&text), &serde_json::from_str::<Value>(&text).unwrap());
        }
    }

    #[test]
    fn broken_json_is_refused_where_serde_json_refuses_it(
        value in template(), at in any::<prop::sample::Index>(), piece in "[\\[\\]{}:,\"0-9a-z .\\\\-]",
    ) {
        let mut letters: Vec<char> = value.to_string().chars().collect();
        let at = at.index(letters.len());
        letters[at] = piece.chars().next().unwrap();
        let text = format!("{{{}", letters.into_iter().skip(1).collect::<String>());
        match (parse(&text), serde_json::from_str::<Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(_), Err(_)) => {}
            // Two equal keys, which serde_json keeps the last of.
            (Err(fault), Ok(_)) => prop_assert!(fault.what.contains("is already on line"), "{}", fault),
            (Ok(_), Err(error)) => prop_assert!(false, "{} in {}", error, text),
        }
    }

    #[test]
    fn yaml_is_read_as_what_it_was_written_from(value in template()) {
        let mut block = String::new();
        yaml(&value, 0, &mut block);
        prop_assert_eq!(&read(&block), &value, "{}", block);
        // JSON is YAML too, once it does not begin like JSON.
        let flow = format!("---\n{value}");
        prop_assert_eq!(&read(&flow), &value, "{}", flow);
    }

    #[test]
    fn every_key_is_found_on_its_line(keys in prop::collection::btree_set("[a-z]{1,8}", 1..20)) {
        let map: Map<_, _> = keys.iter().map(|key| (key.clone(), json!({"x": [1]}))).collect();
        let json = serde_json::to_string_pretty(&map).unwrap();
        for (number, key) in keys.iter().enumerate() {
            let place = locate(&json, &[key, "x", "0"]).unwrap();
            prop_assert_eq!((place.line, place.column), (number * 5 + 4, 7));
        }
    }

    #[test]
    fn no_text_makes_anything_panic(text in hostile(), path in prop::collection::vec("[a-z01]?", 0..3)) {
        let path: Vec<_> = path.iter().map(String::as_str).collect();
        let lines = text.split('\n').count();
        if let Err(fault) = parse(&text) {
            prop_assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{}", fault);
        }
        if let Some(position) = locate(&text, &path) {
            prop_assert!((1..=lines).contains(&position.line));
            let line = text.split('\n').nth(position.line - 1).unwrap();
            prop_assert!((1..=line.chars().count() + 1).contains(&position.column));
        }
    }

    #[test]
    fn no_bytes_make_anything_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let read = parse_bytes(&bytes).is_ok();
        prop_assert!(!read || std::str::from_utf8(&bytes).is_ok());
    }
}
