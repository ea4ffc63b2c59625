//! A system of two Regions in an emulator: what a deployment makes of it, as far as runs see it.

use std::time::{Duration, SystemTime};

use aws::{Aws, ControlTable, Identity, Manner, Patience, Place, Replica};
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StateValue, Statistic};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateReplicationGroupMemberAction, KeySchemaElement,
    KeyType, ReplicationGroupUpdate, ScalarAttributeType,
};
use aws_sdk_lambda::types::{Environment, FunctionCode, Runtime};
use bytes::Bytes;
use cloud::{Reach, Ways, activate};
use emulator::{Emulator, Way};
use fence::{Author, DurationMs, RegionName};
use region::{HttpClient, HttpLimits, Reach as Reachable, Trust};
use runbook::render::Names;
use runbook::{Homes, Objectives, System};

use crate::ledger::zipped;
use crate::service::{Gateway, resolve, serve};

pub(crate) const ACCOUNT: &str = "123456789012";
const REGIONS: [&str; 2] = ["us-east-1", "us-east-2"];

/// A system, and the way by which runs reach it.
pub(crate) struct Estate {
    pub(crate) emulator: Emulator,
    pub(crate) way: Way,
    pub(crate) system: System,
    services: Vec<String>,
    dns: std::net::SocketAddr,
}

fn text(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn region(name: &str) -> RegionName {
    RegionName::new(name)
}

pub(crate) fn system() -> System {
    System {
        homes: Homes {
            primary: region("us-east-1"),
            standby: region("us-east-2"),
            witness: region("us-west-2"),
        },
        names: Names {
            name: text("payment"),
            suffix: text("test"),
            database: text("payments"),
            zone: text("payment-test.example.com"),
            record: text("api"),
            stage: text("prod"),
            rate_and_burst: (1_000, 500),
            functions: vec![(text("validation"), 40), (text("notification"), 5)],
        },
        objectives: Objectives { rto: DurationMs(900_000), rpo: DurationMs(60_000) },
        asks_iam: false,
    }
}

impl Estate {
    /// Makes it, with the home primary active.
    pub(crate) async fn made() -> Self {
        let system = system();
        let emulator = Emulator::start();
        let way = Way::to(emulator.address());
        for name in REGIONS {
            made_in(&emulator.url(), &system, name).await;
        }
        let table = table(&emulator.url(), &system);
        let mut services = Vec::new();
        for name in REGIONS {
            let gateway = Gateway::new(aws(&emulator.url(), name).config().await);
            services.push(serve(table.clone(), region(name), gateway).await);
        }
        let dns = resolve(table, region("us-east-2")).await;
        let estate = Self { emulator, way, system, services, dns };
        estate.activated().await;
        estate
    }

    async fn activated(&self) {
        let ways = Ways { endpoint_url: Some(self.emulator.url()), ..self.ways() };
        let active = activate(&self.reach(ways), Author::new("ann")).await;
        assert_eq!(active.expect("it begins").region, region("us-east-1"));
    }

    pub(crate) fn ways(&self) -> Ways {
        let names = REGIONS.map(region).into_iter();
        Ways {
            identity: identity(ACCOUNT),
            endpoint_url: Some(self.way.url()),
            account: Some(text(ACCOUNT)),
            services: names.zip(self.services.iter().cloned()).collect(),
            resolvers: vec![self.dns],
            name_server_port: self.dns.port(),
            look_interval: Duration::from_millis(20),
            connection_timeout: Duration::from_secs(10),
            call_limit: Duration::from_secs(60),
            patience: patient(),
            ..Ways::of_operator(&region("us-east-2"))
        }
    }

    pub(crate) fn reach(&self, ways: Ways) -> Reach {
        Reach::new(self.system.clone(), ways, Trust::nobody(), || 1, |_| {})
    }

    /// What the test looks at, past the way that breaks.
    pub(crate) fn table(&self) -> ControlTable {
        table(&self.emulator.url(), &self.system)
    }
}

/// So long that no machine is too slow: only what a test does to the way decides what comes of it.
pub(crate) fn patient() -> Patience {
    Patience {
        local: Duration::from_secs(60),
        other: Duration::from_secs(60),
        total: Duration::from_secs(300),
        pause: Duration::from_millis(1),
        avoidance: Duration::from_secs(60),
    }
}

pub(crate) fn identity(account: &str) -> Identity {
    Identity::Key { id: account.to_owned(), secret: text("secret") }
}

pub(crate) fn aws(url: &str, name: &str) -> Aws {
    let place = Place {
        region: name.to_owned(),
        endpoint_url: Some(url.to_owned()),
        identity: identity(ACCOUNT),
    };
    let connection_timeout = Duration::from_secs(10);
    Aws::with(place, Manner { connection_timeout, calls: None }, || 1, |_| {})
}

fn table(url: &str, system: &System) -> ControlTable {
    let [near, far] = REGIONS.map(Replica::in_region);
    ControlTable::new(&aws(url, "us-east-1"), &system.control_table(), near, far, patient())
}

/// What a deployment makes in one Region.
async fn made_in(url: &str, system: &System, name: &str) {
    let aws = aws(url, name);
    let config = aws.config().await;
    databases(&aws_sdk_rds::Client::new(config), system, name).await;
    if name == "us-east-1" {
        control_table(&aws_sdk_dynamodb::Client::new(config), system).await;
    }
    functions(&aws_sdk_lambda::Client::new(config), system, name).await;
    api(&aws_sdk_apigateway::Client::new(config), system).await;
    numbers(&aws_sdk_cloudwatch::Client::new(config), system, name).await;
    bucket(url, system, name).await;
}

async fn databases(rds: &aws_sdk_rds::Client, system: &System, name: &str) {
    let global = system.global_cluster();
    let mut cluster = rds
        .create_db_cluster()
        .db_cluster_identifier(system.cluster(&region(name)))
        .engine("aurora-postgresql")
        .engine_version("17.7")
        .storage_encrypted(true)
        .global_cluster_identifier(&global);
    if name == "us-east-1" {
        let made = rds.create_global_cluster().global_cluster_identifier(&global);
        let made = made.engine("aurora-postgresql").engine_version("17.7").storage_encrypted(true);
        made.send().await.expect("the global database is made");
        cluster = cluster.master_username("owner").master_user_password("not-a-secret");
        cluster = cluster.database_name("payments");
    }
    cluster.send().await.expect("the cluster is made");
}

async fn control_table(dynamodb: &aws_sdk_dynamodb::Client, system: &System) {
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build();
    let attribute = AttributeDefinition::builder();
    let attribute = attribute.attribute_name("id").attribute_type(ScalarAttributeType::S).build();
    let made = dynamodb.create_table().table_name(system.control_table());
    let made = made.key_schema(key.expect("it is whole"));
    let made = made.attribute_definitions(attribute.expect("it is whole"));
    let made = made.billing_mode(BillingMode::PayPerRequest);
    made.send().await.expect("the table is made");
    let create = CreateReplicationGroupMemberAction::builder().region_name("us-east-2").build();
    let update = ReplicationGroupUpdate::builder().create(create.expect("it is whole")).build();
    let updated = dynamodb.update_table().table_name(system.control_table());
    updated.replica_updates(update).send().await.expect("the replica is made");
}

async fn functions(lambda: &aws_sdk_lambda::Client, system: &System, name: &str) {
    let bounded = system.names.functions.iter().map(|(name, _)| system.function(name));
    let cluster = system.cluster(&region(name));
    for function in bounded.chain([system.ledger_function()]) {
        let environment = Environment::builder()
            .variables("ACCOUNT", ACCOUNT)
            .variables("CLUSTER", format!("cluster:{cluster}"))
            .build();
        let made = lambda.create_function().function_name(&function).environment(environment);
        let code = FunctionCode::builder().zip_file(zipped().into()).build();
        let made = made.code(code).handler("bootstrap").runtime(Runtime::Providedal2023);
        let made = made.timeout(60).role(format!("arn:aws:iam::{ACCOUNT}:role/test"));
        made.send().await.expect("the function is made");
        let alias = lambda.create_alias().function_name(&function).name(runbook::ALIAS);
        alias.function_version("$LATEST").send().await.expect("the alias is made");
    }
    for (function, at_once) in &system.names.functions {
        let bound = lambda.put_function_concurrency().function_name(system.function(function));
        let number = i32::try_from(*at_once).expect("it is small");
        bound.reserved_concurrent_executions(number).send().await.expect("it is bounded");
    }
    let source = format!("arn:aws:sqs:{name}:{ACCOUNT}:{}-outbox", system.prefix());
    let mapped = lambda.create_event_source_mapping().event_source_arn(source);
    let mapped = mapped.function_name(system.function("notification"));
    mapped.enabled(false).send().await.expect("the event source is mapped");
}

async fn api(apigateway: &aws_sdk_apigateway::Client, system: &System) {
    let made = apigateway.create_rest_api().name(system.api()).send().await;
    let made = made.expect("the API is made");
    let id = made.id().expect("it has an id");
    let deployed = apigateway.create_deployment().rest_api_id(id);
    let deployed = deployed.stage_name(&system.names.stage).send().await;
    deployed.expect("the API is deployed");
    let change = |path: &str, value: u32| {
        let change = aws_sdk_apigateway::types::PatchOperation::builder();
        let change = change.op(aws_sdk_apigateway::types::Op::Replace);
        change.path(format!("/*/*/throttling/{path}")).value(value.to_string()).build()
    };
    let (rate, burst) = system.names.rate_and_burst;
    let throttled = apigateway.update_stage().rest_api_id(id).stage_name(&system.names.stage);
    let throttled = throttled.patch_operations(change("rateLimit", rate));
    let throttled = throttled.patch_operations(change("burstLimit", burst));
    throttled.send().await.expect("the stage is throttled");
}

/// Alarms that do not ring, and an hour of a lag of 200 ms.
async fn numbers(cloudwatch: &aws_sdk_cloudwatch::Client, system: &System, name: &str) {
    for alarm in ["Errors", "CertificateExpiry"] {
        let alarm = format!("{}-{alarm}", system.prefix());
        let made = cloudwatch.put_metric_alarm().alarm_name(&alarm).namespace("Test");
        let made = made.metric_name(&alarm).evaluation_periods(1).threshold(1.0).period(60);
        let made = made.statistic(Statistic::Sum).actions_enabled(true);
        let made = made.comparison_operator("GreaterThanThreshold".into());
        made.send().await.expect("the alarm is made");
        let quiet = cloudwatch.set_alarm_state().alarm_name(&alarm).state_reason("a test");
        quiet.state_value(StateValue::Ok).send().await.expect("it is quiet");
    }
    let cluster = system.cluster(&region(name));
    let dimension = Dimension::builder().name("DBClusterIdentifier").value(cluster).build();
    let values = (0..58_u64).map(|minute| {
        let at = SystemTime::now() - Duration::from_secs(60 * minute + 1);
        let value = MetricDatum::builder().metric_name("AuroraGlobalDBRPOLag").timestamp(at.into());
        value.dimensions(dimension.clone()).value(200.0).build()
    });
    let put = cloudwatch.put_metric_data().namespace("AWS/RDS");
    put.set_metric_data(Some(values.collect())).send().await.expect("the lag is put");
}

/// There is no client of S3 here that makes buckets.
async fn bucket(url: &str, system: &System, name: &str) {
    let bucket = system.bucket(&region(name), ACCOUNT);
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{name}/s3/aws4_request, SignedHeaders=host, Signature=0"
    );
    let request = hyper::Request::put(format!("{url}/{bucket}")).header("Authorization", scope);
    let request = request.header("x-amz-bucket-object-lock-enabled", "true");
    // In us-east-1 alone a bucket is made without saying where.
    let body = match name {
        "us-east-1" => String::new(),
        _ => format!(
            "<CreateBucketConfiguration><LocationConstraint>{name}</LocationConstraint></CreateBucketConfiguration>"
        ),
    };
    let request = request.body(Bytes::from(body)).expect("it is one");
    let client = HttpClient::new(&Trust::nobody(), Reachable::Anywhere, HttpLimits::default());
    let answer = client.exchange(request).await.expect("the emulator answers");
    assert!(answer.status().is_success(), "{answer:?}");
}
