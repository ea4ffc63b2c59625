//! Where values stand.

use checks::{locate, locate_all};
use expect_test::{Expect, expect};

const JSON: &str = r#"{
	"Resources": {
		"Clé": {"Type": "T", "Properties": {
			"EngineVersion": "17.7", "Tags": [{"Key": "a"}, {"Key": "\u0062"}]
		}},
		"B\u0062": {"Fn::If": ["A", 1, 2]}
	}
}"#;

const YAML: &str = "\
# a comment
Resources:
  Clé:
    Type: T
    Properties: {EngineVersion: 17.7, Tags: [{Key: a}, {Key: b}]}
  Bb: !If
    - A
    - !GetAtt X.Y
    - &two 2
  Cc:
    <<: {d: e}
    f: *two
";

/// Compares where each path is.
#[track_caller]
fn check(text: &str, paths: &[&[&str]], expected: Expect) {
    let found = locate_all(text, paths);
    let lines = paths.iter().zip(found).map(|(path, position)| match position {
        Some(position) => format!("{}:{} {}\n", position.line, position.column, path.join("/")),
        None => format!("- {}\n", path.join("/")),
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn in_json() {
    check(
        JSON,
        &[
            &[],
            &["Resources"],
            &["Resources", "Clé"],
            &["Resources", "Clé", "Properties", "EngineVersion"],
            &["Resources", "Clé", "Properties", "Tags"],
            &["Resources", "Clé", "Properties", "Tags", "1"],
            &["Resources", "Clé", "Properties", "Tags", "1", "Key"],
            &["Resources", "Clé", "Properties", "Tags", "2", "Key"],
            &["Resources", "Clé", "Properties", "Tags", "01"],
            &["Resources", "Clé", "Properties", "StorageEncrypted"],
            &["Resources", "Clé", "DeletionPolicy", "Deeper", "0"],
            &["Resources", "Bb"],
            &["Resources", "Bb", "Fn::If", "2"],
            &["Resources", "Bb", "Fn::If", "2", "Deeper"],
            &["Outputs"],
        ],
        expect![[r#"
            1:1 
            2:2 Resources
            3:3 Resources/Clé
            4:4 Resources/Clé/Properties/EngineVersion
            4:29 Resources/Clé/Properties/Tags
            4:52 Resources/Clé/Properties/Tags/1
            4:53 Resources/Clé/Properties/Tags/1/Key
            4:29 Resources/Clé/Properties/Tags/2/Key
            4:29 Resources/Clé/Properties/Tags/01
            3:24 Resources/Clé/Properties/StorageEncrypted
            3:3 Resources/Clé/DeletionPolicy/Deeper/0
            6:3 Resources/Bb
            6:34 Resources/Bb/Fn::If/2
            6:34 Resources/Bb/Fn::If/2/Deeper
            1:1 Outputs
        "#]],
    );
}

#[test]
fn in_yaml() {
    check(
        YAML,
        &[
            &[],
            &["Resources"],
            &["Resources", "Clé"],
            &["Resources", "Clé", "Properties", "EngineVersion"],
            &["Resources", "Clé", "Properties", "Tags", "1", "Key"],
            &["Resources", "Bb", "Fn::If"],
            &["Resources", "Bb", "Fn::If", "0"],
            &["Resources", "Bb", "Fn::If", "1"],
            &["Resources", "Bb", "Fn::If", "1", "Fn::GetAtt", "1"],
            &["Resources", "Bb", "Fn::If", "2"],
            &["Resources", "Cc", "d"],
            &["Resources", "Cc", "f"],
            &["Outputs"],
        ],
        expect![[r#"
            2:1 
            2:1 Resources
            3:3 Resources/Clé
            5:18 Resources/Clé/Properties/EngineVersion
            5:57 Resources/Clé/Properties/Tags/1/Key
            6:7 Resources/Bb/Fn::If
            7:7 Resources/Bb/Fn::If/0
            8:7 Resources/Bb/Fn::If/1
            8:7 Resources/Bb/Fn::If/1/Fn::GetAtt/1
            9:12 Resources/Bb/Fn::If/2
            10:3 Resources/Cc/d
            12:5 Resources/Cc/f
            2:1 Outputs
        "#]],
    );
}

#[test]
fn in_texts_with_faults() {
    let paths: &[&[&str]] = &[&["a"], &["b"], &["c"]];
    check(
        "{\"a\": 1,\n\"b\": ]",
        paths,
        expect![[r#"
        1:2 a
        2:1 b
        1:1 c
    "#]],
    );
    check(
        "a: 1\nb: [\n",
        paths,
        expect![[r#"
        1:1 a
        2:1 b
        1:1 c
    "#]],
    );
    check(
        "",
        paths,
        expect![[r#"
        - a
        - b
        - c
    "#]],
    );
    check(
        "a: 1\na: 2\n",
        paths,
        expect![[r#"
        1:1 a
        1:1 b
        1:1 c
    "#]],
    );
    check(
        "\u{feff}{\"a\": 1}",
        paths,
        expect![[r#"
        1:2 a
        1:1 b
        1:1 c
    "#]],
    );
    check(
        "\u{feff}a: 1\r\nb: 2\r\n",
        paths,
        expect![[r#"
        1:1 a
        2:1 b
        1:1 c
    "#]],
    );
    check(
        "- a\n- b\n",
        &[&["1"], &["2"]],
        expect![[r#"
        2:3 1
        1:1 2
    "#]],
    );
}

#[test]
fn of_one_path_as_of_many() {
    let path = ["Resources", "Clé", "Properties", "EngineVersion"];
    let owned = vec![path.map(str::to_owned).to_vec()];
    for text in [JSON, YAML] {
        let one = locate(text, &path);
        assert!(one.is_some());
        assert_eq!(locate_all(text, &owned), [one]);
    }
    assert_eq!(locate_all::<Vec<String>, _>(JSON, &[]), []);
}
