//! What each action calls. In AWS a ledger is read and written by invoking the function that reaches it; that function
//! scans the intents as well, and asks the processor.
//!
//! In a failover the only required control planes are those of the target's own database service and
//! functions, for which there is no data plane (rule `runbook-data-plane-only`); and that of its API
//! where an earlier run has shut it, which nothing else opens.

use crate::action::Service::{
    ApiGateway, CloudWatch, Dns, DynamoDb, Https, Lambda, Ledger, Rds, S3,
};
use crate::action::Side::{Global, Source, Target};
use crate::action::{ActionName, Plane, Service, Side};

/// A call, before it is known which Region is which.
pub(super) struct Asked {
    /// Whose endpoint is asked; none: that of the Region on which the action acts.
    pub(super) side: Option<Side>,
    pub(super) service: Service,
    pub(super) api: &'static str,
    pub(super) plane: Plane,
}

/// The calls of an action.
pub(super) fn of(name: ActionName) -> &'static [Asked] {
    let mut rows = CALLS.iter();
    rows.find(|(of, _)| *of == name).map_or(&[], |(_, calls)| *calls)
}

/// The operation of this name, if an action calls one. What no action calls any more stays known
/// here for as long as there may be journals of runs that did.
pub(crate) fn known_api(name: &str) -> Option<&'static str> {
    let mut calls = CALLS.iter().flat_map(|(_, calls)| calls.iter().map(|call| call.api));
    calls.find(|api| *api == name)
}

const fn data(side: Side, service: Service, api: &'static str) -> Asked {
    Asked { side: Some(side), service, api, plane: Plane::Data }
}

const fn control(side: Side, service: Service, api: &'static str) -> Asked {
    Asked { side: Some(side), service, api, plane: Plane::Control }
}

const fn data_here(service: Service, api: &'static str) -> Asked {
    Asked { side: None, service, api, plane: Plane::Data }
}

const READ_RECORD: Asked = data(Global, DynamoDb, "GetItem");
const WRITE_RECORD: Asked = data(Global, DynamoDb, "PutItem");
const RECORD: &[Asked] = &[READ_RECORD, WRITE_RECORD];

/// The name servers of the zone, and resolvers.
const ASK_DNS: Asked = data(Global, Dns, "query");

/// Settling what is in quarantine.
const SETTLING: &[Asked] = &[
    data(Target, Https, "the processor"),
    data(Target, Ledger, "write"),
    data(Target, DynamoDb, "PutItem"),
];

/// What is turned off and on in the source; each is looked at first.
const SWITCHES: &[Asked] = &[
    control(Source, Lambda, "ListEventSourceMappings"),
    control(Source, Lambda, "UpdateEventSourceMapping"),
    control(Source, Lambda, "GetFunctionConcurrency"),
    control(Source, Lambda, "PutFunctionConcurrency"),
    control(Source, ApiGateway, "GetRestApis"),
    control(Source, ApiGateway, "GetStage"),
    control(Source, ApiGateway, "UpdateStage"),
];

const CALLS: &[(ActionName, &[Asked])] = &[
    (
        ActionName::CheckPreconditions,
        &[
            READ_RECORD,
            control(Target, Rds, "DescribeGlobalClusters"),
            control(Source, Rds, "DescribeDBClusters"),
            control(Target, Rds, "DescribeDBClusters"),
            control(Target, CloudWatch, "DescribeAlarms"),
            data(Source, CloudWatch, "GetMetricData"),
            data(Target, CloudWatch, "GetMetricData"),
            ASK_DNS,
        ],
    ),
    (
        ActionName::Triage,
        &[
            control(Source, Rds, "DescribeDBClusters"),
            data(Source, Ledger, "read"),
            data(Source, Https, "GET /health/ready"),
            control(Source, CloudWatch, "DescribeAlarms"),
            control(Target, CloudWatch, "DescribeAlarms"),
            ASK_DNS,
        ],
    ),
    (
        ActionName::SnapshotEvidence,
        &[
            data(Target, CloudWatch, "GetMetricData"),
            data(Target, DynamoDb, "Scan"),
            data(Target, Ledger, "read"),
        ],
    ),
    (ActionName::ApproveLoss, &[READ_RECORD]),
    (ActionName::CloseEarlier, RECORD),
    (ActionName::BeginRun, RECORD),
    (
        ActionName::MuteAlarms,
        &[
            control(Source, CloudWatch, "DescribeAlarms"),
            control(Target, CloudWatch, "DescribeAlarms"),
            control(Target, CloudWatch, "DisableAlarmActions"),
        ],
    ),
    (
        ActionName::StopIntake,
        &[
            control(Source, Lambda, "ListEventSourceMappings"),
            control(Source, Lambda, "UpdateEventSourceMapping"),
        ],
    ),
    (ActionName::StopSource, SWITCHES),
    (ActionName::WaitForFence, RECORD),
    (ActionName::DrainOutbox, &[data(Source, Ledger, "read")]),
    (
        ActionName::WaitForReplication,
        &[data(Source, CloudWatch, "GetMetricData"), data(Target, CloudWatch, "GetMetricData")],
    ),
    (ActionName::RecordTail, &[data(Source, Ledger, "read"), data(Target, DynamoDb, "Scan")]),
    (ActionName::PassPointOfNoReturn, RECORD),
    (
        ActionName::SwitchDatabase,
        &[
            control(Source, Rds, "SwitchoverGlobalCluster"),
            control(Source, Rds, "DescribeGlobalClusters"),
        ],
    ),
    (
        ActionName::PromoteDatabase,
        &[
            control(Target, Rds, "FailoverGlobalCluster"),
            control(Target, Rds, "DescribeGlobalClusters"),
        ],
    ),
    (ActionName::ApproveDetach, &[READ_RECORD]),
    (
        ActionName::DetachDatabase,
        &[
            control(Target, Rds, "DescribeGlobalClusters"),
            control(Target, Rds, "RemoveFromGlobalCluster"),
            control(Target, Rds, "DescribeDBClusters"),
        ],
    ),
    (ActionName::VerifyDatabase, &[data(Target, Ledger, "read")]),
    (ActionName::RaiseEpoch, &[data_here(Ledger, "write")]),
    (ActionName::HoldMissing, &[data(Target, DynamoDb, "Scan"), data(Target, Ledger, "write")]),
    (ActionName::Open, RECORD),
    (
        ActionName::StartWorkers,
        &[
            control(Target, Lambda, "ListEventSourceMappings"),
            control(Target, Lambda, "UpdateEventSourceMapping"),
            control(Target, Lambda, "GetFunctionConcurrency"),
            control(Target, Lambda, "PutFunctionConcurrency"),
        ],
    ),
    (
        ActionName::TryPayment,
        &[
            control(Target, ApiGateway, "GetRestApis"),
            control(Target, ApiGateway, "GetStage"),
            control(Target, ApiGateway, "UpdateStage"),
            data(Target, Https, "POST /payments"),
            data(Target, Https, "GET /payments/{id}"),
        ],
    ),
    (ActionName::DirectTraffic, RECORD),
    (ActionName::ConfirmTraffic, &[data(Target, Https, "GET /health/traffic"), ASK_DNS]),
    (
        ActionName::Stabilize,
        &[data(Target, CloudWatch, "GetMetricData"), control(Target, CloudWatch, "DescribeAlarms")],
    ),
    (
        ActionName::UnmuteAlarms,
        &[
            control(Target, CloudWatch, "DescribeAlarms"),
            control(Target, CloudWatch, "EnableAlarmActions"),
        ],
    ),
    (
        ActionName::SwapMonitoring,
        &[
            control(Target, CloudWatch, "DescribeAlarms"),
            control(Target, CloudWatch, "EnableAlarmActions"),
            data(Source, CloudWatch, "GetMetricData"),
            data(Target, CloudWatch, "GetMetricData"),
        ],
    ),
    (
        ActionName::WriteReport,
        &[READ_RECORD, data_here(Ledger, "read"), data_here(S3, "PutObject")],
    ),
    (
        ActionName::AwaitSource,
        &[control(Source, Rds, "DescribeDBClusters"), data(Source, Https, "GET /health")],
    ),
    (
        ActionName::HoldSource,
        &[
            control(Source, Lambda, "ListEventSourceMappings"),
            control(Source, Lambda, "UpdateEventSourceMapping"),
            data(Source, Https, "GET /health/ready"),
        ],
    ),
    (
        ActionName::RescueTail,
        &[
            control(Source, Rds, "DescribeDBClusterSnapshots"),
            control(Source, Rds, "CopyDBClusterSnapshot"),
            control(Source, Rds, "DescribeDBClusters"),
            control(Source, Rds, "RestoreDBClusterFromSnapshot"),
        ],
    ),
    (ActionName::AskProcessor, SETTLING),
    (ActionName::SettleMissing, SETTLING),
    (
        ActionName::Converge,
        &[data(Source, CloudWatch, "GetMetricData"), data(Target, CloudWatch, "GetMetricData")],
    ),
    (
        ActionName::RestoreProtection,
        &[
            control(Target, Rds, "DescribeGlobalClusters"),
            data(Source, CloudWatch, "GetMetricData"),
            control(Source, Lambda, "GetFunctionConcurrency"),
            control(Source, Lambda, "PutFunctionConcurrency"),
            control(Source, ApiGateway, "GetRestApis"),
            control(Source, ApiGateway, "GetStage"),
            control(Source, ApiGateway, "UpdateStage"),
            control(Source, CloudWatch, "DescribeAlarms"),
            control(Source, CloudWatch, "EnableAlarmActions"),
        ],
    ),
    (ActionName::Close, RECORD),
    (
        ActionName::ConfirmWriter,
        &[control(Source, Rds, "DescribeGlobalClusters"), data(Source, Ledger, "read")],
    ),
    (ActionName::Abort, RECORD),
    (ActionName::ReopenSource, SWITCHES),
];
