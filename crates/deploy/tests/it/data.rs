//! Data removed by name: what the templates retain really goes, in the order that AWS asks for, whatever was done before;
//! and what is refused.

use aws::{Aws, Identity};
use deploy::{Assembly, DestroyOptions, Destroyed, Failure, Manner, Told};
use emulator::{Fault, Rule};
use object_store::ObjectStoreExt as _;
use serde_json::{Value as Json, json};

use crate::place::{ACCOUNT, Place, all, golden, removal, small};

const RETAINED: &str = "RetainExceptOnCreate";

fn named(assembly: &Assembly, names: &[&str]) -> DestroyOptions {
    let delete_data = names.iter().map(|&name| name.to_owned()).collect();
    DestroyOptions { delete_data, unprotect: all(assembly).chosen, ..removal(assembly) }
}

impl Place {
    async fn destroy(&self, assembly: &Assembly, names: &[&str]) -> Result<Destroyed, Failure> {
        deploy::destroy(&self.site(), assembly, &named(assembly, names)).await
    }

    /// Destroys until something hangs, and no longer.
    async fn killed_at_fault(&self, assembly: &Assembly, options: &DestroyOptions) {
        let (site, assembly, options) = (self.site(), assembly.clone(), options.clone());
        let destroying =
            tokio::spawn(async move { deploy::destroy(&site, &assembly, &options).await });
        tokio::task::block_in_place(|| self.way.wait_for_fault());
        destroying.abort();
        let _ = destroying.await;
    }

    /// AWS in a Region, past the way that fails.
    fn aws(&self, region: &str) -> Aws {
        let identity = Identity::Key { id: ACCOUNT.to_owned(), secret: "secret".to_owned() };
        let endpoint_url = Some(self.emulator.url());
        Aws::new(aws::Place { region: region.to_owned(), endpoint_url, identity }, || 0, |_| {})
    }

    async fn rds(&self, region: &str) -> aws_sdk_rds::Client {
        aws_sdk_rds::Client::new(self.aws(region).config().await)
    }

    async fn clusters(&self, region: &str) -> usize {
        let told = self.rds(region).await.describe_db_clusters().send().await.unwrap();
        told.db_clusters().len()
    }
}

fn bucket() -> Json {
    json!({"Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": RETAINED, "Properties": {
        "BucketName": "receipts", "VersioningConfiguration": {"Status": "Enabled"},
    }}})
}

/// Puts and deletes, so that there are versions and delete markers.
async fn fill(place: &Place, count: usize) {
    let aws = place.aws("us-east-2");
    let config = aws.config().await;
    let trust = region::Trust::native().unwrap();
    let http =
        region::HttpClient::new(&trust, region::Reach::Anywhere, region::HttpLimits::default());
    let settings = region::BucketSettings {
        bucket: "receipts".to_owned(),
        region: "us-east-2".to_owned(),
        endpoint: Some(place.emulator.url()),
    };
    let credentials = aws::bucket_credentials(config).unwrap();
    let store =
        region::bucket_over(&settings, &http, object_store::RetryConfig::default(), credentials)
            .unwrap();
    for number in 0..count {
        let key = object_store::path::Path::from(format!("a b/{}&", number / 2));
        store.put(&key, "text".into()).await.unwrap();
        if number % 3 == 0 {
            store.delete(&key).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_emptied_of_versions_and_markers_in_pages() {
    let place = Place::empty();
    let (_folder, assembly) = small(bucket());
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    fill(&place, 900).await;
    place.told();
    // What fails for a moment is asked again.
    let fails = |it| Rule::all(Fault::IS_UNAVAILABLE).operation(it).times(1);
    place.way.rules(["GET /receipts", "POST /receipts"].map(fails));
    let destroyed = place.destroy(&assembly, &["receipts"]).await.unwrap();
    assert_eq!(destroyed.removed[0].manner, Manner::Emptied);
    assert_eq!(destroyed.kept, []);
    let notes: Vec<String> = place.told().into_iter().filter_map(noted).collect();
    assert_eq!(notes, ["`receipts`: 1000 versions deleted", "`receipts`: 1200 versions deleted"]);
    let again = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!(again.stacks[0].what, "created");
}

fn noted(told: Told) -> Option<String> {
    match told {
        Told::Noted { what, .. } => Some(what),
        _ => None,
    }
}

/// Everything of the default system that its templates retain, but for keys.
fn everything(assembly: &Assembly, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let stacks = assembly.stacks.iter();
    let retained = stacks.flat_map(|stack| {
        let retained =
            stack.template.resources().filter(|(_, it)| it["DeletionPolicy"].is_string());
        let meant = retained.filter(|(_, it)| is_meant(it["Type"].as_str().unwrap()));
        meant.map(|(id, _)| stack.path(id).to_owned())
    });
    retained.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_system_goes_with_its_data_after_a_failover() {
    let place = Place::bootstrapped();
    let assembly = golden();
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    // The home standby's cluster is the writer, by which CloudFormation's own order fails.
    let rds = place.rds("us-east-2").await;
    let target = format!("arn:aws:rds:us-east-2:{ACCOUNT}:cluster:payment-dev-us-east-2");
    let fail_over = rds.failover_global_cluster().allow_data_loss(true);
    let fail_over = fail_over.global_cluster_identifier("payment-global-dev");
    fail_over.target_db_cluster_identifier(target).send().await.unwrap();

    let names = everything(&assembly, |type_name| type_name != "AWS::KMS::Key");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    place.told();
    let destroyed = place.destroy(&assembly, &names).await.unwrap();
    assert_eq!(destroyed.stacks.len(), assembly.stacks.len());
    assert_eq!(destroyed.removed.len(), names.len());
    assert!(
        destroyed.kept.iter().all(|it| it.type_name == "AWS::KMS::Key"),
        "{:?}",
        destroyed.kept
    );
    let told = place.told();
    assert!(matches!(
        told.iter().find(|it| !matches!(it, Told::Planned(_) | Told::WithoutRole { .. })),
        Some(Told::Removing(_))
    ));
    for region in ["us-east-1", "us-east-2"] {
        assert_eq!(place.clusters(region).await, 0, "{region}");
    }
    let globals = rds.describe_global_clusters().send().await.unwrap();
    assert_eq!(globals.global_clusters().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_the_names_is_told_together() {
    let place = Place::empty();
    let key = json!({"Type": "AWS::KMS::Key", "DeletionPolicy": RETAINED, "Properties": {"KeyPolicy": {}, "PendingWindowInDays": 7}});
    let mut resources = bucket();
    resources["Bucket"]["Properties"]["BucketEncryption"] = json!({"ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}},
    ]});
    resources["Key"] = key;
    resources["Log"] =
        json!({"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "log"}});
    let (_folder, assembly) = small(resources);
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    place.way.forget();
    let refused = place.destroy(&assembly, &["Key", "Nobody"]).await.unwrap_err();
    let told = refused.to_string();
    assert!(matches!(refused, Failure::Refused(_)), "{told}");
    for part in [
        "`Small/LogConstruct` (AWS::Logs::LogGroup) would be deleted with what is in it",
        "`Small/KeyConstruct` (AWS::KMS::Key) is a key by which `Small/BucketConstruct`, which stays, is encrypted",
        "`Nobody` is the name of no resource of these stacks",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let changing = ["CreateChangeSet", "DeleteStack"];
    assert!(!place.way.called().iter().any(|it| changing.contains(&it.operation.as_str())));

    let mut options = named(&assembly, &["Key", "Small/LogConstruct", "receipts"]);
    options.is_rehearsal = true;
    let told = deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
    let manners: Vec<String> =
        told.removed.iter().map(|it| format!("{}: {}", it.logical_id, it.manner)).collect();
    assert_eq!(
        manners,
        [
            "Bucket: emptied of all versions, then deleted",
            "Key: unusable at once, deleted in 7 days",
            "Log: deleted for good",
        ]
    );
    assert!(!place.way.called().iter().any(|it| changing.contains(&it.operation.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_any_two_calls_it_goes_on() {
    let place = Place::empty();
    let mut resources = bucket();
    resources["Secret"] = json!({"Type": "AWS::SecretsManager::Secret", "DeletionPolicy": RETAINED, "Properties": {
        "Name": "secret", "ReplicaRegions": [{"Region": "us-east-1"}],
    }});
    let (_folder, assembly) = small(resources);
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    fill(&place, 6).await;
    let points = [
        "CreateChangeSet",
        "ExecuteChangeSet",
        "GET /receipts",
        "POST /receipts",
        "DeleteStack",
        "DescribeStackEvents",
        "RemoveRegionsFromReplication",
        "DeleteSecret",
    ];
    for point in points {
        // It is done, and whoever asked for it never hears so.
        place.way.rules([Rule::all(Fault::HangsWithAnswer).operation(point)]);
        place.way.forget();
        place.killed_at_fault(&assembly, &named(&assembly, &["Bucket", "Secret"])).await;
    }
    place.way.rules([]);
    place.destroy(&assembly, &["Bucket", "Secret"]).await.unwrap();
    let secrets = aws_sdk_secretsmanager::Client::new(place.aws("us-east-2").config().await);
    let secret = secrets.describe_secret().secret_id("secret").send().await.unwrap();
    assert!(
        secret.deleted_date().is_some() && secret.replication_status().is_empty(),
        "{secret:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stayed_before_is_told_with_the_way_to_have_it_again() {
    let place = Place::empty();
    let (_folder, assembly) = small(json!({"Table": {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "Properties": {
            "TableName": "held",
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": true,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        },
    }}));
    place.deploy(&assembly, all(&assembly)).await.unwrap();
    let kept = place.destroy(&assembly, &[]).await.unwrap().kept;
    assert_eq!(kept[0].physical_id, "held");
    let refused = place.destroy(&assembly, &["Table"]).await.unwrap_err().to_string();
    assert!(
        refused.contains("stayed in us-east-2 as `held` when `small` was deleted"),
        "{refused}"
    );
    assert!(refused.contains("`tideover deploy --import-existing Small`"), "{refused}");
    let again = deploy::Options { imports_existing: true, ..all(&assembly) };
    place.deploy(&assembly, again).await.unwrap();
    assert_eq!(place.destroy(&assembly, &["Table"]).await.unwrap().kept, []);
    let fresh = place.deploy(&assembly, all(&assembly)).await.unwrap();
    assert_eq!(fresh.stacks[0].what, "created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_cloudformation_leaves_behind_is_deleted() {
    let place = Place::empty();
    let (_folder, assembly) = small(json!({"Cluster": {
        "Type": "AWS::RDS::DBCluster",
        "DeletionPolicy": RETAINED,
        "Properties": {
            "DBClusterIdentifier": "ledger",
            "DeletionProtection": true,
            "Engine": "aurora-postgresql",
            "GlobalClusterIdentifier": "global",
            "MasterUsername": "admin1",
            "MasterUserPassword": "not-a-secret",
        },
    }}));
    let rds = place.rds("us-east-2").await;
    for takes_snapshots in [true, false] {
        let global = rds.create_global_cluster().global_cluster_identifier("global");
        global.engine("aurora-postgresql").send().await.unwrap();
        place.deploy(&assembly, all(&assembly)).await.unwrap();
        // Taken out by somebody, such as by a failover.
        let arn = format!("arn:aws:rds:us-east-2:{ACCOUNT}:cluster:ledger");
        let out = rds.remove_from_global_cluster().global_cluster_identifier("global");
        out.db_cluster_identifier(arn).send().await.unwrap();
        rds.delete_global_cluster().global_cluster_identifier("global").send().await.unwrap();
        place.way.forget();
        let options = DestroyOptions { takes_snapshots, ..named(&assembly, &["Cluster"]) };
        // Killed when the stack is gone and the cluster is not.
        place.way.rules([Rule::all(Fault::Hangs).operation("DeleteDBCluster")]);
        place.killed_at_fault(&assembly, &options).await;
        place.way.rules([]);
        deploy::destroy(&place.site(), &assembly, &options).await.unwrap();
        let asked = place.forms("DeleteDBCluster").pop().unwrap();
        let snapshot = asked.get("FinalDBSnapshotIdentifier");
        assert_eq!(snapshot.is_some_and(|it| it.starts_with("ledger-final-")), takes_snapshots);
        assert_eq!(asked["SkipFinalSnapshot"], (!takes_snapshots).to_string());
        assert_eq!(place.clusters("us-east-2").await, 0);
    }
}
