//! What AWS may answer to each call, given over HTTP to the SDK as the service would word it.

use std::collections::BTreeMap;

use aws::{Aws, Identity, Manner, Place};
use emulator::{Fault as Wrong, Rule, Way};
use expect_test::{Expect, expect};
use fence::{Millis, RegionName};
use recovery::Ask;
use runbook::System;

use super::*;
use crate::database::Cluster;
use crate::metrics::Series;
use crate::site::Site;
use crate::stage::Throttle;

/// From the service models of AWS; see `ORIGIN.md` beside it.
const ERRORS: &str = include_str!("../../tests/recorded/errors.tsv");

const LIMIT: Duration = Duration::from_secs(60);

/// A Region whose services answer as rules say, and nobody else.
fn alone() -> (Way, Site) {
    let way = Way::nowhere();
    let identity = Identity::Key { id: "123456789012".to_owned(), secret: "secret".to_owned() };
    let place = Place { region: "us-east-1".to_owned(), endpoint_url: Some(way.url()), identity };
    let aws = Aws::with(place, Manner::default(), || 1, |_| {});
    let site = Site::new(RegionName::new("us-east-1"), aws);
    (way, site)
}

fn system() -> System {
    let text = r#"{"primary":"us-east-1","standby":"us-east-2","witness":"us-west-2","name":"payment",
        "suffix":"test","database":"payments","zone":"example.com","record":"api","stage":"prod","rate":1,
        "burst":1,"functions":[],"rto_ms":1,"rpo_ms":1}"#;
    System::decode(text).expect("it is whole")
}

/// Makes the call of this operation that a run makes.
async fn call(site: &Site, operation: &str) -> Result<(), Fault> {
    let lag = Series::database_lag(&system(), &site.region);
    let alarm = crate::alarms::Alarm {
        name: "a".to_owned(),
        state: "OK".to_owned(),
        calls: false,
        certificate: None,
    };
    let beside = Cluster {
        status: "available".to_owned(),
        version: "17.7".to_owned(),
        subnet_group: None,
        security_groups: Vec::new(),
    };
    match operation {
        "CopyDBClusterSnapshot" => site.copy_snapshot("a", "b", "c", LIMIT).await,
        "DescribeDBClusterSnapshots" => site.tail_snapshot("a", Millis(0), LIMIT).await.map(drop),
        "DescribeDBClusters" => site.cluster("a", LIMIT).await.map(drop),
        "DescribeGlobalClusters" => site.global("a", LIMIT).await.map(drop),
        "FailoverGlobalCluster" => site.fail_over("a", "b", LIMIT).await,
        "RemoveFromGlobalCluster" => site.detach("a", "b", LIMIT).await,
        "RestoreDBClusterFromSnapshot" => site.restore_aside("a", "b", &beside, LIMIT).await,
        "SwitchoverGlobalCluster" => site.switch_over("a", "b", LIMIT).await,
        "GetFunctionConcurrency" => site.at_once("a", LIMIT).await.map(drop),
        "GetFunctionConfiguration" => site.make("a", LIMIT).await.map(drop),
        "Invoke" => site.ask("a", &Ask::Standing, LIMIT).await.map(drop),
        "ListEventSourceMappings" => site.sources("a", LIMIT).await.map(drop),
        "PutFunctionConcurrency" => site.bound("a", 1, LIMIT).await,
        "UpdateEventSourceMapping" => site.turn_all("a", true, LIMIT).await,
        "GetRestApis" => site.api("a", LIMIT).await.map(drop),
        "GetStage" => site.throttle("a", "b", LIMIT).await.map(drop),
        "UpdateStage" => site.set_throttle("a", "b", Throttle::SHUT, LIMIT).await,
        "DescribeAlarms" => site.alarms("a", LIMIT).await.map(drop),
        "DisableAlarmActions" => site.let_call(&[alarm], false, LIMIT).await,
        "EnableAlarmActions" => site.let_call(&[alarm], true, LIMIT).await,
        "GetMetricData" => site.points(&lag, Millis(0), 1, LIMIT).await.map(drop),
        other => panic!("no run calls {other}"),
    }
}

/// The word for what a fault means; what it says must begin with code and status, and repeat the words.
fn meaning(fault: &Fault, code: &str, status: u16) -> &'static str {
    let said = fault.clone().said();
    let is_told =
        said == "no answer in time" || said == format!("{code} ({status}): as the test wants it");
    let is_done = matches!(fault, Fault::AlreadySo(_));
    assert!(is_told || is_done, "{code}: {said}");
    match fault {
        Fault::Again(_) => "again",
        Fault::NotNow(_) => "not now",
        Fault::AlreadySo(_) => "already so",
        Fault::Absent(_) => "absent",
        Fault::Versions(_) => "versions",
        Fault::Stop(_) => "stop",
    }
}

/// One line for each code: what it means, and the operations that were answered so.
async fn told(rows: impl Iterator<Item = (&'static str, u16, &'static str)>, expected: Expect) {
    let (way, site) = alone();
    let mut found: BTreeMap<(&str, u16, &str), usize> = BTreeMap::new();
    for (operation, status, code) in rows {
        // What an update of a mapping asks first is which there are.
        let list = r#"{"EventSourceMappings":[{"UUID":"1","EventSourceArn":"arn:aws:sqs:us-east-1:1:a"}]}"#;
        let mut rules = vec![Rule::all(Wrong::Says(status, code))];
        if operation == "UpdateEventSourceMapping" {
            rules.insert(
                0,
                Rule::all(Wrong::answers(200, list))
                    .operation("GET /2015-03-31/event-source-mappings"),
            );
        }
        way.rules(rules);
        let word = match call(&site, operation).await {
            Ok(()) => "already so",
            Err(fault) => meaning(&fault, code, status),
        };
        *found.entry((code, status, word)).or_default() += 1;
    }
    let lines = found
        .iter()
        .map(|((code, status, word), times)| format!("{code} {status} × {times}: {word}\n"));
    expected.assert_eq(&lines.collect::<String>());
}

#[tokio::test]
async fn every_error_of_the_models_has_its_meaning() {
    let rows = ERRORS.lines().skip(1).map(|line| {
        let [_, operation, status, code] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        (operation, status.parse().expect("a number"), code)
    });
    told(
        rows,
        expect![[r#"
            BadRequestException 400 × 3: stop
            ConflictException 409 × 2: again
            DBClusterAlreadyExistsFault 400 × 1: already so
            DBClusterNotFoundFault 404 × 4: absent
            DBClusterParameterGroupNotFound 404 × 1: stop
            DBClusterQuotaExceededFault 403 × 1: stop
            DBClusterSnapshotAlreadyExistsFault 400 × 1: already so
            DBClusterSnapshotNotFoundFault 404 × 3: absent
            DBSnapshotNotFound 404 × 1: stop
            DBSubnetGroupDoesNotCoverEnoughAZs 400 × 1: stop
            DBSubnetGroupNotFoundFault 404 × 1: stop
            DomainNotFoundFault 404 × 1: stop
            DurableExecutionAlreadyStartedException 409 × 1: stop
            EC2AccessDeniedException 502 × 1: again
            EC2ThrottledException 502 × 1: again
            EC2UnexpectedException 502 × 1: again
            EFSIOException 410 × 1: stop
            EFSMountConnectivityException 408 × 1: again
            EFSMountFailureException 403 × 1: stop
            EFSMountTimeoutException 408 × 1: again
            ENILimitReachedException 502 × 1: again
            GlobalClusterNotFoundFault 404 × 4: absent
            InsufficientDBClusterCapacityFault 403 × 1: again
            InsufficientDBInstanceCapacity 400 × 1: again
            InsufficientStorageClusterCapacity 400 × 1: again
            InvalidDBClusterSnapshotStateFault 400 × 2: again
            InvalidDBClusterStateFault 400 × 4: not now
            InvalidDBInstanceState 400 × 1: not now
            InvalidDBSnapshotState 400 × 1: stop
            InvalidGlobalClusterStateFault 400 × 3: not now
            InvalidNextToken 400 × 2: stop
            InvalidParameterValueException 400 × 6: stop
            InvalidRequestContentException 400 × 1: stop
            InvalidRestoreFault 400 × 1: stop
            InvalidRuntimeException 502 × 1: again
            InvalidSecurityGroupIDException 502 × 1: again
            InvalidSubnet 400 × 1: stop
            InvalidSubnetIDException 502 × 1: again
            InvalidVPCNetworkStateFault 400 × 1: stop
            InvalidZipFileException 502 × 1: again
            KMSAccessDeniedException 502 × 1: again
            KMSDisabledException 502 × 1: again
            KMSInvalidStateException 502 × 1: again
            KMSKeyNotAccessibleFault 400 × 2: stop
            KMSNotFoundException 502 × 1: again
            LimitExceededException 429 × 2: again
            NetworkTypeNotSupported 400 × 1: stop
            NoPublishedVersionException 400 × 1: stop
            NotFoundException 404 × 3: absent
            OptionGroupNotFoundFault 404 × 1: stop
            RecursiveInvocationException 400 × 1: stop
            RequestTooLargeException 413 × 1: stop
            ResourceConflictException 409 × 3: again
            ResourceInUseException 400 × 1: again
            ResourceNotFoundException 404 × 6: absent
            ResourceNotReadyException 502 × 1: again
            S3FilesMountConnectivityException 408 × 1: again
            S3FilesMountFailureException 403 × 1: stop
            S3FilesMountTimeoutException 408 × 1: again
            SerializedRequestEntityTooLargeException 413 × 1: stop
            ServiceException 500 × 6: again
            SnapStartException 400 × 1: stop
            SnapStartNotReadyException 409 × 1: stop
            SnapStartTimeoutException 408 × 1: again
            SnapshotQuotaExceeded 400 × 1: stop
            StorageQuotaExceeded 400 × 1: stop
            StorageTypeNotSupported 400 × 1: stop
            SubnetIPAddressLimitReachedException 502 × 1: again
            TooManyRequestsException 429 × 9: again
            UnauthorizedException 401 × 3: stop
            UnsupportedMediaTypeException 415 × 1: stop
            VpcEncryptionControlViolationException 400 × 1: stop
        "#]],
    )
    .await;
}

#[tokio::test]
async fn every_error_that_all_services_have_in_common_has_its_meaning() {
    // "Common Error Types" of the API References, as of RDS; and the words that others use for the same.
    let codes = [
        (403, "AccessDenied"),
        (403, "AccessDeniedException"),
        (403, "ExpiredToken"),
        (403, "ExpiredTokenException"),
        (400, "IncompleteSignature"),
        (500, "InternalFailure"),
        (403, "InvalidClientTokenId"),
        (403, "InvalidSignatureException"),
        (400, "NotAuthorized"),
        (403, "OptInRequired"),
        (400, "RequestExpired"),
        (503, "ServiceUnavailable"),
        (403, "SignatureDoesNotMatch"),
        (400, "Throttling"),
        (400, "ThrottlingException"),
        (403, "UnrecognizedClientException"),
        (400, "ValidationError"),
    ];
    let each = ["DescribeGlobalClusters", "Invoke", "GetStage", "DescribeAlarms"];
    let rows = each
        .into_iter()
        .flat_map(|operation| codes.map(|(status, code)| (operation, status, code)));
    told(
        rows,
        expect![[r#"
        AccessDenied 403 × 4: stop
        AccessDeniedException 403 × 4: stop
        ExpiredToken 403 × 4: again
        ExpiredTokenException 403 × 4: again
        IncompleteSignature 400 × 4: stop
        InternalFailure 500 × 4: again
        InvalidClientTokenId 403 × 4: stop
        InvalidSignatureException 403 × 4: stop
        NotAuthorized 400 × 4: stop
        OptInRequired 403 × 4: stop
        RequestExpired 400 × 4: again
        ServiceUnavailable 503 × 4: again
        SignatureDoesNotMatch 403 × 4: stop
        Throttling 400 × 4: again
        ThrottlingException 400 × 4: again
        UnrecognizedClientException 403 × 4: stop
        ValidationError 400 × 4: stop
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_fails_on_the_way_is_asked_again() {
    let (way, site) = alone();
    let html = "<html><body>502 Bad Gateway</body></html>";
    let wrongs = [
        ("reset", Wrong::Resets),
        ("a proxy's page", Wrong::answers(502, html)),
        ("a page that says that all is well", Wrong::answers(200, html)),
        ("half an answer", Wrong::answers(200, "<DescribeGlobalClustersResponse><Desc")),
    ];
    let mut told = String::new();
    for (what, wrong) in wrongs {
        way.rules([Rule::all(wrong)]);
        let fault = call(&site, "DescribeGlobalClusters").await.expect_err("it is no answer");
        told += &format!("{what}: {fault:?}\n");
    }
    way.rules([Rule::all(Wrong::Hangs)]);
    let silent = site.global("a", Duration::from_millis(50)).await.expect_err("nobody answers");
    told += &format!("silence: {silent:?}\n");
    expect![[r#"
        reset: Again("dispatch failure: io error: client error (SendRequest): connection error: Connection reset by peer (os error 104)")
        a proxy's page: Again("error (502): -")
        a page that says that all is well: Again("error (200): -")
        half an answer: Again("error (200): -")
        silence: Again("no answer in time")
    "#]].assert_eq(&told);
}

#[test]
fn versions_are_told_from_other_refusals() {
    let words = "The engine version 17.7 of the target differs from 17.6";
    for code in ["InvalidParameterValue", "InvalidGlobalClusterStateFault"] {
        let fault = Fault::answered(Some(code), words.to_owned());
        let failure = fault.failure();
        assert!(matches!(failure, Failure::Refused(Refused::Versions, _)), "{failure:?}");
    }
}
