//! The program as people and the CDK CLI use it, and its templates as cfn-lint sees them.

mod cdk;
mod cfn_lint;
mod commands;
mod package;
mod place;
