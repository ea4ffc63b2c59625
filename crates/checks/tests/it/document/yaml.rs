//! What YAML means: short forms, words, aliases.

use serde_json::{Value, json};

use super::read;

/// Compares the value of the key `x` of each text.
#[track_caller]
fn rows(rows: &[(&str, Value)]) {
    for (text, expected) in rows {
        assert_eq!(read(text)["x"], *expected, "{text}");
    }
}

#[test]
fn short_forms_become_long_ones() {
    rows(&[
        ("x: !Ref Cluster", json!({"Ref": "Cluster"})),
        ("x: !Ref 'AWS::Region'", json!({"Ref": "AWS::Region"})),
        ("x: !Ref 012", json!({"Ref": "012"})),
        ("x: !Condition IsPrimary", json!({"Condition": "IsPrimary"})),
        ("x: !Base64 yes", json!({"Fn::Base64": "yes"})),
        ("x: !Cidr [10.0.0.0/16, 4, 8]", json!({"Fn::Cidr": ["10.0.0.0/16", 4, 8]})),
        ("x: !FindInMap [A, !Ref B, C]", json!({"Fn::FindInMap": ["A", {"Ref": "B"}, "C"]})),
        ("x: !GetAtt A.B", json!({"Fn::GetAtt": ["A", "B"]})),
        ("x: !GetAtt A.Endpoint.Port", json!({"Fn::GetAtt": ["A", "Endpoint.Port"]})),
        ("x: !GetAtt 'A.B'", json!({"Fn::GetAtt": ["A", "B"]})),
        ("x: !GetAtt [A, Endpoint.Port]", json!({"Fn::GetAtt": ["A", "Endpoint.Port"]})),
        ("x: !GetAtt\n  - A\n  - B", json!({"Fn::GetAtt": ["A", "B"]})),
        ("x: !GetAZs us-east-1", json!({"Fn::GetAZs": "us-east-1"})),
        ("x: !GetAZs ''", json!({"Fn::GetAZs": ""})),
        ("x: !GetAZs", json!({"Fn::GetAZs": ""})),
        ("x: !GetAZs {Ref: 'AWS::Region'}", json!({"Fn::GetAZs": {"Ref": "AWS::Region"}})),
        ("x: !ImportValue a-b", json!({"Fn::ImportValue": "a-b"})),
        ("x: !ImportValue\n  Fn::Sub: '${A}-b'", json!({"Fn::ImportValue": {"Fn::Sub": "${A}-b"}})),
        ("x: !Join ['', [a, !Ref B]]", json!({"Fn::Join": ["", ["a", {"Ref": "B"}]]})),
        ("x: !Select [0, !GetAZs '']", json!({"Fn::Select": [0, {"Fn::GetAZs": ""}]})),
        ("x: !Split [',', a]", json!({"Fn::Split": [",", "a"]})),
        ("x: !Sub a-${B}", json!({"Fn::Sub": "a-${B}"})),
        ("x: !Sub\n  - a-${B}\n  - B: c", json!({"Fn::Sub": ["a-${B}", {"B": "c"}]})),
        ("x: !Sub |\n  a\n  b", json!({"Fn::Sub": "a\nb\n"})),
        ("x: !Sub >-\n  a\n  b", json!({"Fn::Sub": "a b"})),
        ("x: !Transform {Name: M}", json!({"Fn::Transform": {"Name": "M"}})),
        (
            "x: !And [!Condition A, !Not [no]]",
            json!({"Fn::And": [{"Condition": "A"}, {"Fn::Not": [false]}]}),
        ),
        ("x: !Equals [a, b]", json!({"Fn::Equals": ["a", "b"]})),
        (
            "x: !If [A, b, !Ref AWS::NoValue]",
            json!({"Fn::If": ["A", "b", {"Ref": "AWS::NoValue"}]}),
        ),
        ("x: !Or [!Equals [a, b]]", json!({"Fn::Or": [{"Fn::Equals": ["a", "b"]}]})),
        ("x: !ToJsonString {a: 1}", json!({"Fn::ToJsonString": {"a": 1}})),
        ("x: !Length [a, b]", json!({"Fn::Length": ["a", "b"]})),
        ("x: !ForEach [A, [b], {c: d}]", json!({"Fn::ForEach": ["A", ["b"], {"c": "d"}]})),
        ("x: !GetStackOutput {StackName: a}", json!({"Fn::GetStackOutput": {"StackName": "a"}})),
        ("x: !Contains [[a], b]", json!({"Fn::Contains": [["a"], "b"]})),
        ("x: !EachMemberIn [[a], [b]]", json!({"Fn::EachMemberIn": [["a"], ["b"]]})),
        ("x: !ValueOf [a, b]", json!({"Fn::ValueOf": ["a", "b"]})),
        ("x: !RefAll 'AWS::EC2::VPC::Id'", json!({"Fn::RefAll": "AWS::EC2::VPC::Id"})),
        ("x:\n  Fn::If:\n    - A\n    - b\n    - c", json!({"Fn::If": ["A", "b", "c"]})),
    ]);
}

#[test]
fn words_are_what_cloudformation_reads() {
    rows(&[
        ("x: 2010-09-09", json!("2010-09-09")),
        ("x: 012345678901", json!("012345678901")),
        ("x: 012345670123", json!("012345670123")),
        ("x: 123456789012", json!(123_456_789_012_u64)),
        ("x: '123456789012'", json!("123456789012")),
        ("x: 0755", json!("0755")),
        ("x: 0x1f", json!("0x1f")),
        ("x: 1_000", json!("1_000")),
        ("x: 1:30", json!("1:30")),
        ("x: 04:00-04:30", json!("04:00-04:30")),
        ("x: .inf", json!(".inf")),
        ("x: 1e999", json!("1e999")),
        ("x: 1.", json!("1.")),
        ("x: 17.7", json!(17.7)),
        ("x: 17.7.1", json!("17.7.1")),
        ("x: -3", json!(-3)),
        ("x: 0", json!(0)),
        ("x: 1e3", json!(1e3)),
        ("x: yes", json!(true)),
        ("x: Off", json!(false)),
        ("x: TRUE", json!(true)),
        ("x: N", json!("N")),
        ("x: y", json!("y")),
        ("x: 'yes'", json!("yes")),
        ("x: \"off\"", json!("off")),
        ("x: |\n  yes", json!("yes\n")),
        ("x: null", json!(null)),
        ("x: ~", json!(null)),
        ("x:", json!(null)),
        ("x: ''", json!("")),
        ("x: !!str 012", json!("012")),
        ("x: !!str yes", json!("yes")),
        ("x: ! 12", json!("12")),
        ("x: !!int 12", json!(12)),
        ("x: !!int '12'", json!(12)),
        ("x: !!bool |-\n  true", json!(true)),
        ("x: !!map {a: b}", json!({"a": "b"})),
    ]);
}

#[test]
fn keys_are_words() {
    let text = "Mappings:\n  012345678901: {yes: 1}\n  123456789012: {on: 2}\n  'a': {null: 3}\n";
    let expected = json!({"Mappings": {"012345678901": {"yes": 1}, "123456789012": {"on": 2}, "a": {"null": 3}}});
    assert_eq!(read(text), expected);
}

#[test]
fn aliases_and_merges_are_written_out() {
    let text = "\
base: &base
  a: 1
  b: !GetAtt A.B
more: &more {b: 2, c: 3}
one: {<<: *base, b: 4}
two: {b: 5, <<: [*more, *base]}
same: *base
word: &word !Ref X
again: [*word, '<<', {'<<': 6}]
";
    let base = json!({"a": 1, "b": {"Fn::GetAtt": ["A", "B"]}});
    let expected = json!({
        "base": base,
        "more": {"b": 2, "c": 3},
        "one": {"a": 1, "b": 4},
        "two": {"a": 1, "b": 5, "c": 3},
        "same": base,
        "word": {"Ref": "X"},
        "again": [{"Ref": "X"}, "<<", {"<<": 6}],
    });
    assert_eq!(read(text), expected);
}

#[test]
fn files_as_editors_write_them() {
    let expected = json!({"Resources": {"A": {"Type": "T"}}});
    let texts = [
        "Resources:\n  A:\n    Type: T\n",
        "\u{feff}Resources:\n  A:\n    Type: T\n",
        "Resources:\r\n  A:\r\n    Type: T\r\n",
        "# a comment\n---\nResources: # another\n\n  A:   \n    Type: T # and one\n...\n",
        "%YAML 1.1\n---\nResources: {A: {Type: T}}\n",
        "Resources: {\"A\":{\"Type\":\"T\"}}",
        "Resources:\n  A:\n    Type:\tT\n",
        "{\"Resources\": {\"A\": {\"Type\": \"T\"}}}",
        "\u{feff}{\"Resources\":\r\n\t{\"A\":\t{\"Type\": \"T\"}}}\r\n\r\n",
        " \n\t{\"Resources\":{\"A\":{\"Type\":\"T\"}}}",
    ];
    for text in texts {
        assert_eq!(read(text), expected, "{text:?}");
    }
}
