//! Large, deep and hostile texts: read within bounds or refused, on the stack of a thread.

use std::fmt::Write;
use std::iter;

use checks::{
    Design, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, Settings, Source, check, parse, parse_bytes,
};
use serde_json::json;

use super::{fault, on_small_stack, read};

#[test]
fn conditions_four_hundred_deep() {
    on_small_stack(|| {
        let flow = format!("x: {}a{}", "!If [A, b, ".repeat(400), "]".repeat(400));
        let inner =
            format!("{}\"a\"{}", "{\"Fn::If\": [\"A\", \"b\", ".repeat(400), "]}".repeat(400));
        let json = format!("{{\"x\": {inner}}}");
        let mut block = String::from("x:");
        for level in 0..400 {
            let indent = " ".repeat(2 * level + 1);
            write!(block, " !If\n{indent}- A\n{indent}- b\n{indent}-").unwrap();
        }
        block.push_str(" a\n");
        let value = read(&json);
        assert!(read(&flow) == value);
        assert!(read(&block) == value);
        assert_eq!(value.to_string().len(), json.len() - 3 * 400 - 1);
    });
}

#[test]
fn nesting_ends_somewhere() {
    on_small_stack(|| {
        let json = |depth: usize| format!("{{\"x\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
        let flow = |depth: usize| format!("x: {}{}", "[".repeat(depth), "]".repeat(depth));
        let block = |depth: usize| format!("x:\n{}a", "- ".repeat(depth));
        for text in [
            json(MAX_DOCUMENT_DEPTH - 1),
            flow(MAX_DOCUMENT_DEPTH - 1),
            block(MAX_DOCUMENT_DEPTH - 1),
        ] {
            let value = read(&text);
            assert!(value.clone() == value);
            assert!(!value.to_string().is_empty());
        }
        for text in [
            json(MAX_DOCUMENT_DEPTH),
            flow(MAX_DOCUMENT_DEPTH),
            block(MAX_DOCUMENT_DEPTH),
            json(500_000),
            flow(500_000),
        ] {
            assert!(
                fault(&text).ends_with("maps and lists are nested more than 900 deep"),
                "{}",
                fault(&text)
            );
        }
        for open in
            ["{\"x\":", "[", "{\"x\":[", "- ", "? ", "x: [", "{x: ", "!If [", "&a [", "!Sub {a: "]
        {
            let text = format!("x: {}", open.repeat(100_000));
            assert!(parse(&text).is_err());
            assert!(parse(&open.repeat(100_000)).is_err());
        }
    });
}

#[test]
fn the_deepest_templates_are_judged() {
    on_small_stack(|| {
        let nestings = [
            ("[", "]"),
            ("{\"a\": ", "}"),
            ("{\"Fn::If\": [\"C\", ", "]}"),
            ("{\"Fn::Sub\": [\"${a}\", {\"a\": ", "}]}"),
            ("{\"Fn::Join\": [\"\", [", "]]}"),
        ];
        for (open, close) in nestings {
            let levels = open.matches(['[', '{']).count();
            let times = (MAX_DOCUMENT_DEPTH - 4) / levels;
            let inner = format!("{}\"x\"{}", open.repeat(times), close.repeat(times));
            let properties = format!("{{\"TopicName\": {inner}}}");
            let topic = format!("{{\"Type\": \"AWS::SNS::Topic\", \"Properties\": {properties}}}");
            let text = format!("{{\"Resources\": {{\"A\": {topic}}}}}");
            let source = Source { file: "a.json".to_owned(), text, ..Source::default() };
            let design = Design::new(&[source], Settings::default()).unwrap();
            assert_eq!(check(&design).findings, [], "{open}");
        }
    });
}

#[test]
fn aliases_are_no_way_around_the_limit_of_nesting() {
    on_small_stack(|| {
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(400), "]".repeat(400));
        let text = format!("a: &a {}\nb: &b {}\nc: {}\n", nested(""), nested("*a"), nested("*b"));
        assert_eq!(fault(&text), "line 3: maps and lists are nested more than 900 deep");
        assert!(parse(&format!("a: &a {}\nb: &b {}\n", nested(""), nested("*a"))).is_ok());
    });
}

#[test]
fn bombs_do_not_go_off() {
    let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..30 {
        let last = level - 1;
        let aliases = vec![format!("*a{last}"); 9].join(", ");
        writeln!(laughs, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    let mut merges = String::from("a0: &a0 {k0: lol}\n");
    for level in 1..60 {
        let last = level - 1;
        writeln!(
            merges,
            "a{level}: &a{level} {{k{level}: *a{last}, l{level}: *a{last}, <<: *a{last}}}"
        )
        .unwrap();
    }
    let long = "x".repeat(1_000_000);
    let words = format!("a: &a {long}\nb: [{}]\n", vec!["*a"; 10_000].join(", "));
    let keys = format!("a: &a {{? {long}\n: b}}\nb: [{}]\n", vec!["*a"; 10_000].join(", "));
    let nested: String = (0..800).map(|level| format!("&b{level} [")).collect();
    let anchors = format!("a: {nested}{}{}", "x,".repeat(10_000), "]".repeat(800));
    for bomb in [laughs, merges, words, keys, anchors] {
        let fault = fault(&bomb);
        assert!(
            fault
                .ends_with("the file holds more than 1000000 values, with its aliases written out"),
            "{fault}"
        );
    }
}

#[test]
fn large_templates_are_read() {
    let resources: Vec<_> = iter::repeat_n("x".repeat(200), 5_000)
        .enumerate()
        .map(|(at, word)| {
            (
                format!("R{at}"),
                json!({"Type": "AWS::SNS::Topic", "Properties": {"TopicName": word}}),
            )
        })
        .collect();
    let value = json!({"Resources": serde_json::Map::from_iter(resources)});
    let json = serde_json::to_string_pretty(&value).unwrap();
    assert!(json.len() > 1_000_000);
    assert!(read(&json) == value);
    assert!(read(&format!("# YAML\n{json}")) == value);
}

#[test]
fn larger_ones_are_not() {
    let text = format!("x: {}", "y".repeat(MAX_DOCUMENT_BYTES - 2));
    let expected = "the file has 8388609 bytes, and no more than 8388608 are read; CloudFormation refuses templates \
                    over 1 MB";
    assert_eq!(fault(&text), expected);
    assert_eq!(parse_bytes(text.as_bytes()).unwrap_err().to_string(), expected);
    assert!(parse(&text[..MAX_DOCUMENT_BYTES]).is_ok());
    let many = format!("{{\"x\": [{}0]}}", "0,".repeat(1_000_000));
    assert!(fault(&many).contains("more than 1000000 values"));
}
