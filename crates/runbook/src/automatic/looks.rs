//! What whoever judges calls besides what the plan of the failover declares of its actions. A test performs it over an
//! emulator and compares; the role of the function is made from it.

use fence::RegionName;

use crate::action::{Call, Plane, Service};

/// The calls that look, and the one that starts: from `target`, which a failover would open. What goes to the `source`
/// is waited for for seconds, and nothing rests on its answer.
#[must_use]
pub fn calls(source: &RegionName, target: &RegionName) -> Vec<Call> {
    let of = |region: &RegionName, rows: &[(Service, &'static str, Plane)]| -> Vec<Call> {
        let rows = rows.iter();
        let call = |(service, api, plane): &(Service, &'static str, Plane)| Call {
            service: *service,
            api,
            plane: *plane,
            region: region.clone(),
        };
        rows.map(call).collect()
    };
    [of(target, BOTH), of(target, TARGET), of(source, BOTH)].concat()
}

/// What every run is planned from.
const BOTH: &[(Service, &str, Plane)] = &[
    (Service::CloudWatch, "DescribeAlarms", Plane::Control),
    (Service::CloudWatch, "GetMetricData", Plane::Data),
    (Service::Https, "GET /health", Plane::Data),
    (Service::Lambda, "GetFunctionConfiguration", Plane::Control),
    (Service::Ledger, "read", Plane::Data),
    (Service::Rds, "DescribeDBClusters", Plane::Control),
];

/// Whether the target is ready, what is remembered, and the start.
const TARGET: &[(Service, &str, Plane)] = &[
    (Service::ApiGateway, "GetRestApis", Plane::Control),
    (Service::ApiGateway, "GetStage", Plane::Control),
    (Service::DynamoDb, "GetItem", Plane::Data),
    (Service::DynamoDb, "PutItem", Plane::Data),
    (Service::Lambda, "GetFunctionConcurrency", Plane::Control),
    (Service::Lambda, "ListEventSourceMappings", Plane::Control),
    (Service::Rds, "DescribeGlobalClusters", Plane::Control),
    (Service::StepFunctions, "StartExecution", Plane::Data),
];
