//! The default system from nothing to both Regions, again, compared, and away.

use deploy::{Assembly, DestroyOptions, Failure, Told};
use emulator::{Fault, Rule};
use serde_json::{Value as Json, json};

use crate::place::{ACCOUNT, Place, REGIONS, all, chain, count, create_only, golden, removal};

/// The type that the emulator only says it makes.
const CANARY: &str = "AWS::Synthetics::Canary";

#[tokio::test(flavor = "multi_thread")]
async fn the_default_system_comes_stays_and_goes() {
    let place = Place::bootstrapped();
    let assembly = golden();
    let deployed = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!(count(&deployed.stacks, "created"), assembly.stacks.len());

    // Every resource is really there, by its own service's word.
    let read: Json = serde_json::from_str(&place.emulator.verify(ACCOUNT, &REGIONS)).unwrap();
    assert_eq!(read["missing"], serde_json::json!([]));
    // Of canaries there is a stand-in only, which says so.
    assert_eq!(read["unread"], serde_json::json!([CANARY]));
    let verified =
        read["verified"].as_object().unwrap().values().filter_map(Json::as_u64).sum::<u64>();
    let declared = assembly.stacks.iter().flat_map(|stack| stack.template.resources());
    let declared = declared.filter(|(_, resource)| resource["Type"] != CANARY).count();
    assert_eq!(usize::try_from(verified).unwrap(), declared);

    // Both buckets replicate: the second pass was made.
    let storage = place.emulator.form(
        ACCOUNT,
        "us-east-2",
        &[("Action", "DescribeStacks"), ("StackName", "payment-dev-us-east-2-storage")],
    );
    assert!(storage.contains("<ParameterValue>present</ParameterValue>"), "{storage}");

    // The second deployment does nothing, and asks for no change.
    place.way.forget();
    let again = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!((count(&again.stacks, "unchanged"), again.published), (assembly.stacks.len(), 0));
    let changing = ["CreateChangeSet", "ExecuteChangeSet", "UpdateTerminationProtection"];
    assert!(!place.way.called().iter().any(|it| changing.contains(&it.operation.as_str())));

    let compared =
        deploy::diff(&place.site(), &assembly, &all(&assembly).chosen, create_only).await.unwrap();
    assert!(compared.stacks.iter().all(|stack| !stack.is_any()), "{compared:?}");
    goes(&place).await;
}

async fn goes(place: &Place) {
    let assembly = golden();
    let mut options = removal(&assembly);
    let refused = deploy::destroy(&place.site(), &assembly, &options).await.unwrap_err();
    let Failure::Refused(refusals) = &refused else { panic!("{refused}") };
    assert!(refusals.iter().all(|it| it.why.contains("is protected")), "{refused}");

    options.unprotect = options.chosen.clone();
    place.told();
    let destroyed = deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
    assert_eq!(destroyed.stacks.len(), assembly.stacks.len());
    let ended: Vec<String> = place.told().into_iter().filter_map(ended).collect();
    let at = |id: &str| ended.iter().position(|it| it == id).unwrap();
    // Members leave the global database before it ends, and its source last.
    assert!(at("SecondaryDatabasedev") < at("PrimaryGlobalDatabasedev"));
    assert!(at("PrimaryGlobalDatabasedev") < at("PrimaryDatabasedev"));

    // What the templates retain is still there, and was listed.
    let resources = || assembly.stacks.iter().flat_map(|stack| stack.template.resources());
    for type_name in ["AWS::RDS::DBCluster", "AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable"] {
        let kept = destroyed.kept.iter().filter(|kept| kept.type_name == type_name).count();
        let retained = resources()
            .filter(|(_, it)| it["Type"] == type_name && it["DeletionPolicy"].is_string());
        assert_eq!(kept, retained.count(), "{type_name}");
        assert!(kept > 1, "{type_name}");
    }
    let again = deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
    assert_eq!(again.stacks, Vec::<String>::new());
}

fn ended(told: Told) -> Option<String> {
    match told {
        Told::Done { stack, .. } => Some(stack),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_template_and_a_folder_go_by_the_bucket() {
    let place = Place::bootstrapped();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, json: Json| {
        std::fs::write(folder.path().join(name), json.to_string()).unwrap()
    };
    let role = |name: &str| {
        format!(
            "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/cdk-hnb659fds-{name}-role-${{AWS::AccountId}}-us-east-1"
        )
    };
    let destination = |key: &str| {
        serde_json::json!({"here": {
            "bucketName": "cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1", "objectKey": key, "assumeRoleArn": role("file-publishing"),
        }})
    };
    write(
        "manifest.json",
        serde_json::json!({"artifacts": {
            "Large": {"type": "aws:cloudformation:stack", "environment": format!("aws://{ACCOUNT}/us-east-1"), "dependencies": ["Large.assets"],
                "properties": {"templateFile": "large.json", "assumeRoleArn": role("deploy"), "requiresBootstrapStackVersion": 6}},
            "Large.assets": {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}},
        }}),
    );
    write(
        "large.json",
        serde_json::json!({
            "Metadata": {"Padding": "x".repeat(60_000)},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        }),
    );
    write(
        "assets.json",
        serde_json::json!({"files": {
            "t": {"source": {"path": "large.json"}, "destinations": destination("t.json")},
            "f": {"source": {"path": "folder", "packaging": "zip"}, "destinations": destination("f.zip")},
        }}),
    );
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    std::fs::write(folder.path().join("folder/index.js"), "exports.handler = 1").unwrap();
    let assembly = Assembly::read(folder.path()).unwrap();
    // Nothing is put into a bucket of somebody else, which S3 tells by the account that is expected.
    place.way.rules([Rule::all(Fault::answers(403, "")).operation("HEAD /cdk-hnb659fds-assets")]);
    let failure = place.deploy(&assembly, all(&assembly)).await.unwrap_err();
    assert!(
        failure.to_string().contains("it is not a bucket of account 111122223333"),
        "{failure}"
    );
    assert!(!place.way.called().iter().any(|it| it.operation.starts_with("PUT /cdk-")));
    place.way.rules([]);
    let deployed = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!((deployed.published, count(&deployed.stacks, "created")), (2, 1));
    assert!(place.way.called().iter().any(|it| it.operation == "AssumeRole"));
    let again = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!((again.published, count(&again.stacks, "unchanged")), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_any_more_is_missed_whatever_else_of_its_kind_is() {
    let place = Place::empty();
    let bucket =
        |name: &str| json!({"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}});
    let policy = |name: &str| {
        json!({"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": name, "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{name}/*")}],
        }}})
    };
    let mut first = json!({"One": bucket("one-it"), "Two": bucket("two-it"), "OfOne": policy("one-it"), "OfTwo": policy("two-it")});
    first["OfOne"]["DependsOn"] = json!("One");
    first["OfTwo"]["DependsOn"] = json!("Two");
    let (_folder, assembly) =
        chain(&[("First", first), ("Second", json!({"OfOne": policy("one-it")}))]);
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let missing = || {
        let read: Json =
            serde_json::from_str(&place.emulator.verify(ACCOUNT, &["us-east-2"])).unwrap();
        let missing = read["missing"].as_array().unwrap().clone();
        missing.iter().map(|it| it.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(missing(), [""; 0]);
    // The second stack takes the policy with it, which was the first one's as well.
    let options = DestroyOptions { chosen: ["Second".to_owned()].into(), ..removal(&assembly) };
    deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
    let missing = missing();
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].starts_with("us-east-2 first OfOne (AWS::S3::BucketPolicy"), "{missing:?}");
}
