//! The program as people and the CDK CLI use it, and its templates as cfn-lint sees them.

mod aws;
mod canary;
mod cdk;
mod cfn_lint;
mod check;
mod commands;
mod drill;
mod live;
mod package;
mod place;
#[path = "../../../stores/tests/it/programs.rs"]
#[allow(dead_code, reason = "the tests of the stores need more of it")]
mod programs;
mod report;
mod runs;
#[path = "../../../service/tests/it/schemathesis.rs"]
mod schemathesis;
mod served;
#[path = "../../../stores/tests/it/server.rs"]
#[allow(dead_code, reason = "the tests of the stores need more of it")]
mod server;
