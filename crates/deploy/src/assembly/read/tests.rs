//! Assemblies as the CDK and others write them, and what is wrong with some.

use serde_json::json;

use super::*;

/// Files of a folder by name.
fn folder(files: &[(&str, Json)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, json) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, json.to_string()).unwrap();
    }
    folder
}

fn read(files: &[(&str, Json)]) -> Result<Assembly, String> {
    Assembly::read(folder(files).path()).map_err(|fault| fault.what)
}

fn stack_artifact(properties: Json, dependencies: Json) -> Json {
    json!({"type": STACK, "environment": "aws://unknown-account/us-east-2", "properties": properties, "dependencies": dependencies})
}

#[test]
fn reads_stages_inside_with_what_waits_for_them() {
    let inner = json!({"artifacts": {
        "Api": {"type": STACK, "displayName": "Prod/Api", "environment": "aws://111122223333/eu-west-1",
            "properties": {"templateFile": "a.json", "stackName": "Prod-Api"}},
    }});
    let outer = json!({"artifacts": {
        "assembly-Prod": {"type": ASSEMBLY, "displayName": "Prod", "properties": {"directoryName": "inner"}},
        "After": stack_artifact(json!({"templateFile": "b.json", "terminationProtection": true}), json!(["assembly-Prod", "Tree"])),
    }});
    let files = [
        ("manifest.json", outer),
        ("inner/manifest.json", inner),
        ("inner/a.json", json!({})),
        ("b.json", json!({})),
    ];
    let stacks = read(&files).unwrap().stacks;
    let told: Vec<_> = stacks
        .iter()
        .map(|it| (it.id.as_str(), it.name.as_str(), it.account.as_deref(), it.region.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("Prod/Api", "Prod-Api", Some("111122223333"), Some("eu-west-1")),
            ("After", "After", None, Some("us-east-2")),
        ]
    );
    assert_eq!(stacks[1].dependencies, BTreeSet::from(["Prod/Api".to_owned()]));
    assert!(stacks[1].is_protected && !stacks[0].is_protected);
}

#[test]
fn reads_assets_and_construct_paths() {
    let manifest = json!({"artifacts": {
        "A": {"type": STACK, "dependencies": ["A.assets"], "properties": {"templateFile": "a.json"},
            "metadata": {"/A/Table/Resource": [{"type": "aws:cdk:logicalId", "data": "Table9"}]}},
        "A.assets": {"type": ASSETS, "properties": {"file": "assets.json"}},
    }});
    let destination = json!({"bucketName": "b", "objectKey": "k.zip", "assumeRoleArn": "r", "assumeRoleExternalId": "x"});
    let assets = json!({"files": {
        "h": {"source": {"path": "asset.h", "packaging": "zip"}, "destinations": {"d": destination}},
        "m": {"source": {"executable": ["make", "it"]}, "destinations": {"d": {"bucketName": "b", "objectKey": "m"}}},
        "t": {"source": {"path": "a.json"}, "destinations": {"d": {"bucketName": "b", "objectKey": "t.json"}}},
    }, "dockerImages": {"i": {"source": {"directory": "asset.i"}}}});
    let files = [("manifest.json", manifest), ("assets.json", assets), ("a.json", json!({}))];
    let stack = read(&files).unwrap().stacks.remove(0);
    assert_eq!(stack.path("Table9"), "A/Table");
    assert_eq!(stack.path("Other"), "Other");
    let needed: Vec<_> = stack.assets_needed().map(|it| (it.id.as_str(), it.packaging)).collect();
    assert_eq!(needed, [("h", Packaging::Zip), ("m", Packaging::Made)]);
    let role = stack.assets[0].destinations[0].role.clone();
    assert_eq!(role, Some(Role { arn: "r".to_owned(), external_id: Some("x".to_owned()) }));
    assert_eq!((stack.images.len(), stack.images[0].id.as_str()), (1, "i"));
    assert_eq!(stack.template_asset().map(|it| it.id.as_str()), Some("t"));
}

#[test]
fn says_what_is_wrong() {
    let manifest = |artifacts: Json| vec![("manifest.json", json!({"artifacts": artifacts}))];
    let assets = json!({"files": {"f": {"source": {}}}});
    let with_assets = vec![
        (
            "manifest.json",
            json!({"artifacts": {
                "A": stack_artifact(json!({"templateFile": "a.json"}), json!(["A.assets"])),
                "A.assets": {"type": ASSETS, "properties": {"file": "assets.json"}},
            }}),
        ),
        ("a.json", json!({})),
        ("assets.json", assets),
    ];
    let rows = [
        (vec![], "there is no such file, which an assembly has"),
        (vec![("manifest.json", json!({}))], "there is no object `artifacts` in it"),
        (
            manifest(json!({"A": stack_artifact(json!({}), json!([]))})),
            "the stack `A` has no `templateFile`",
        ),
        (
            manifest(json!({"A": stack_artifact(json!({"templateFile": "../a"}), json!([]))})),
            "`../a` is no file of this folder",
        ),
        (
            manifest(json!({"A": {"type": ASSEMBLY, "properties": {"directoryName": "."}}})),
            "`.` is no file of this folder",
        ),
        (with_assets, "the asset `f` has no `source.path` or `source.executable`"),
    ];
    for (files, wanted) in rows {
        assert_eq!(read(&files).map(|_| ()), Err(wanted.to_owned()));
    }
}
