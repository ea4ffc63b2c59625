//! What is refused, and in which words.

use checks::parse_bytes;
use expect_test::{Expect, expect};

use super::fault;

/// Compares what is said about each text, one line for each.
#[track_caller]
fn rows(texts: &[&str], expected: Expect) {
    let lines: Vec<_> =
        texts.iter().map(|text| format!("{text:?}\n    {}\n", fault(text))).collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn json_that_is_none() {
    rows(
        &[
            "{",
            "{\"a\"",
            "{\"a\": ",
            "{\"a\": 1,}",
            "{\"a\": [1, 2,]}",
            "{\"a\": 1 \"b\": 2}",
            "{\"a\": [1 2]}",
            "{\"a\": [1}",
            "{a: 1}",
            "{'a': 1}",
            "{\"a\": 01}",
            "{\"a\": 1.}",
            "{\"a\": 1e999}",
            "{\"a\": -}",
            "{\"a\": nul}",
            "{\"a\": truefalse}",
            "{\"a\": \"b\n\"}",
            "{\"a\": \"b\t\"}",
            "{\"a\": \"b\u{1}\"}",
            "{\"a\": \"\\x\"}",
            "{\"a\": \"\\ud800\"}",
            "{\"a\": \"b",
            "{\"a\": \"b\\",
            "{\"a\": 1} {\"b\": 2}",
            "{\n  // why\n  \"a\": 1\n}",
            "{\"a\": 1,\n \"b\": 2,\n \"\\u0061\": 3}",
            "{\"a\": \"x\0\"}",
        ],
        expect![[r#"
            "{"
                line 1: the file ends where a key in double quotes was expected
            "{\"a\""
                line 1: the file ends where `:` was expected
            "{\"a\": "
                line 1: the file ends where a value was expected
            "{\"a\": 1,}"
                line 1: a comma before the end, which JSON does not allow
            "{\"a\": [1, 2,]}"
                line 1: a comma before the end, which JSON does not allow
            "{\"a\": 1 \"b\": 2}"
                line 1: expected `,` or `}`, found `"`
            "{\"a\": [1 2]}"
                line 1: expected `,` or `]`, found `2`
            "{\"a\": [1}"
                line 1: expected `,` or `]`, found `}`
            "{a: 1}"
                line 1: expected a key in double quotes, found `a`
            "{'a': 1}"
                line 1: expected a key in double quotes, found `'`
            "{\"a\": 01}"
                line 1: `01` is not a number of JSON
            "{\"a\": 1.}"
                line 1: `1.` is not a number of JSON
            "{\"a\": 1e999}"
                line 1: `1e999` is not a number of JSON
            "{\"a\": -}"
                line 1: `-` is not a number of JSON
            "{\"a\": nul}"
                line 1: expected a value, found `n`
            "{\"a\": truefalse}"
                line 1: expected `,` or `}`, found `f`
            "{\"a\": \"b\n\"}"
                line 1: a `"` that begins here is not closed on its line
            "{\"a\": \"b\t\"}"
                line 1: a tab within a text; write it as `\t`
            "{\"a\": \"b\u{1}\"}"
                line 1: a control character within a text
            "{\"a\": \"\\x\"}"
                line 1: an escape in this text that JSON does not know
            "{\"a\": \"\\ud800\"}"
                line 1: an escape in this text that JSON does not know
            "{\"a\": \"b"
                line 1: a `"` that begins here is never closed
            "{\"a\": \"b\\"
                line 1: a `"` that begins here is never closed
            "{\"a\": 1} {\"b\": 2}"
                line 1: expected nothing more after the last `}`, found `{`
            "{\n  // why\n  \"a\": 1\n}"
                line 2: a comment, which JSON does not have
            "{\"a\": 1,\n \"b\": 2,\n \"\\u0061\": 3}"
                line 3: the key `a` is already on line 1
            "{\"a\": \"x\0\"}"
                line 1: a NUL character: this is not a text, or it is not in UTF-8
        "#]],
    );
}

#[test]
fn yaml_that_is_none() {
    rows(
        &[
            "a: [1, 2",
            "a: 'b",
            "a: b: c",
            "a:\n  b: 1\n c: 2",
            "a:\n\tb: 1",
            "a: *b",
            "a: @b",
            "a: !Ref !Sub b",
            "a: !Base64 !Sub b",
            "a:\n  - b\n  c: d",
        ],
        expect![[r#"
            "a: [1, 2"
                line 1: unclosed bracket '['
            "a: 'b"
                line 1: unclosed quote
            "a: b: c"
                line 1: a `:` where no key can be; is it one level too deep, or a text that needs quotes?
            "a:\n  b: 1\n c: 2"
                line 3: while parsing a block mapping, did not find expected key
            "a:\n\tb: 1"
                line 2: a tab in the indentation; YAML wants spaces
            "a: *b"
                line 1: an alias of an anchor that is not before it
            "a: @b"
                line 1: unexpected character: `@'
            "a: !Ref !Sub b"
                line 1: two short forms on one value; write the outer one long, as in `Fn::Base64: !Sub text`
            "a: !Base64 !Sub b"
                line 1: two short forms on one value; write the outer one long, as in `Fn::Base64: !Sub text`
            "a:\n  - b\n  c: d"
                line 3: while parsing a block collection, did not find expected '-' indicator
        "#]],
    );
}

#[test]
fn yaml_that_cloudformation_does_not_have() {
    rows(
        &[
            "a:\n  b: !GetAttr A.B",
            "a: !ref A",
            "a: !Fn::Sub A",
            "a: !Include file.yaml",
            "a: !!binary aGVsbG8=",
            "a: !!set {b, c}",
            "a: !GetAtt A",
            "!Ref a: b",
            "[a, b]: c",
            "? {a: b}\n: c",
            "a: &b c\n*b : d",
            "a: 1\n---\nb: 2\n",
            "a: 1\nb: 2\na: 3\n",
            "a:\n  b: 1\n  c: {d: 1, d: 2}\n",
            "a:\n  <<: b\n",
            "a:\n  <<: [{b: c}, d]\n",
            "x: &x\n  y: *x\n",
            "x: &x [1, [*x]]\n",
        ],
        expect![[r#"
            "a:\n  b: !GetAttr A.B"
                line 2: unknown tag `!GetAttr`; `!GetAtt` was meant?
            "a: !ref A"
                line 1: unknown tag `!ref`; `!Ref` was meant?
            "a: !Fn::Sub A"
                line 1: unknown tag `!Fn::Sub`; `!Sub` was meant?
            "a: !Include file.yaml"
                line 1: unknown tag `!Include`, which is no function of CloudFormation
            "a: !!binary aGVsbG8="
                line 1: the tag `!!binary`, which CloudFormation does not support
            "a: !!set {b, c}"
                line 1: the tag `!!set`, which CloudFormation does not support
            "a: !GetAtt A"
                line 1: `!GetAtt A` names no attribute; write `!GetAtt A.Attribute`
            "!Ref a: b"
                line 1: a key that is the function `Ref`; keys are words
            "[a, b]: c"
                line 1: a list as a key; keys are words
            "? {a: b}\n: c"
                line 1: a map as a key; keys are words
            "a: &b c\n*b : d"
                line 2: an alias as a key; keys are words
            "a: 1\n---\nb: 2\n"
                line 2: a second document begins here; a template is one document
            "a: 1\nb: 2\na: 3\n"
                line 3: the key `a` is already on line 1
            "a:\n  b: 1\n  c: {d: 1, d: 2}\n"
                line 3: the key `d` is already on line 3
            "a:\n  <<: b\n"
                line 2: `<<` merges maps, and this is none
            "a:\n  <<: [{b: c}, d]\n"
                line 2: `<<` merges maps, and this is none
            "x: &x\n  y: *x\n"
                line 2: an alias within the very value that it means, or of a key
            "x: &x [1, [*x]]\n"
                line 1: an alias within the very value that it means, or of a key
        "#]],
    );
}

#[test]
fn files_that_hold_no_template() {
    rows(
        &[
            "",
            " \n\t\n",
            "\u{feff}",
            "# only\n# comments\n",
            "---\n",
            "~",
            "- a\n- b\n",
            "[1, 2]",
            "word",
            "\"word\"",
            "12",
        ],
        expect![[r##"
            ""
                the file is empty
            " \n\t\n"
                the file is empty
            "\u{feff}"
                the file is empty
            "# only\n# comments\n"
                there is nothing but comments in the file
            "---\n"
                there is nothing in the file
            "~"
                there is nothing in the file
            "- a\n- b\n"
                expected a map with keys such as `Resources`, found a list
            "[1, 2]"
                expected a map with keys such as `Resources`, found a list
            "word"
                expected a map with keys such as `Resources`, found a word
            "\"word\""
                expected a map with keys such as `Resources`, found a word
            "12"
                expected a map with keys such as `Resources`, found a single value
        "##]],
    );
}

#[test]
fn encodings_other_than_utf8() {
    let text = "Resources:\n  Café: {}\n";
    let wide = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
    };
    let latin: Vec<u8> =
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let files = [
        wide("\u{feff}", u16::to_le_bytes),
        wide("\u{feff}", u16::to_be_bytes),
        wide("", u16::to_le_bytes),
        wide("", u16::to_be_bytes),
        text.chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect(),
        b"\xFF\xFE\0\0R\0\0\0".to_vec(),
        latin,
        b"Resources:\n  A: \0\n".to_vec(),
        b"{\"a\":\n\"\xC3".to_vec(),
    ];
    let lines: Vec<_> =
        files.iter().map(|file| format!("{}\n", parse_bytes(file).unwrap_err())).collect();
    expect![[r#"
        the file is in UTF-16 (little endian); save it as UTF-8
        the file is in UTF-16 (big endian); save it as UTF-8
        the file is in UTF-16 (little endian); save it as UTF-8
        the file is in UTF-16 (big endian); save it as UTF-8
        the file is in UTF-32; save it as UTF-8
        the file is in UTF-32; save it as UTF-8
        line 2: byte 0xE9 is not UTF-8, perhaps Latin-1 or Windows-1252; save the file as UTF-8
        line 2: a NUL character: this is not a text, or it is not in UTF-8
        line 2: byte 0xC3 is not UTF-8, perhaps Latin-1 or Windows-1252; save the file as UTF-8
    "#]]
    .assert_eq(&lines.concat());
    assert!(parse_bytes(text.as_bytes()).is_ok());
}
