//! The check of the lost Region: nothing that a failover requires may need the Region that it leaves,
//! nor a control plane that is lost with it (rules `runbook-old-region-steps-optional`,
//! `runbook-data-plane-only`).
//!
//! The planes that calls declare are for people to read. What this check rests on is the operation
//! itself, so that a call which declares too little hides nothing.

use std::fmt;

use fence::DurationMs;

use crate::action::{Action, ActionName, Call, Service, Stage};
use crate::plan::{Plan, PlanKind};

/// The longest that all attempts of a best-effort action may take together while nobody is served:
/// every one of them is a part of the RTO.
pub const BEST_EFFORT_MAX: DurationMs = DurationMs(30_000);

/// Where the control planes live that all Regions share.
const US_EAST_1: &str = "us-east-1";

/// AWS Fault Isolation Boundaries, "Global services".
const GLOBAL_SERVICES: &str = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html";

/// AWS Fault Isolation Boundaries, appendix A.
const PARTITIONAL_SERVICES: &str = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/appendix-a---partitional-service-guidance.html";

/// AWS Fault Isolation Boundaries, appendix B.
const EDGE_SERVICES: &str = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/appendix-b---edge-network-global-service-guidance.html";

/// Where the control plane of an operation lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlPlane {
    /// The Region in which it lives, for all Regions; none: each Region has its own.
    pub lives_in: Option<&'static str>,
    /// The page that says so.
    pub source: &'static str,
}

impl ControlPlane {
    const fn regional() -> Self {
        Self { lives_in: None, source: GLOBAL_SERVICES }
    }

    const fn in_us_east_1(source: &'static str) -> Self {
        Self { lives_in: Some(US_EAST_1), source }
    }
}

/// Where the control plane lives that this operation of the service needs.
#[must_use]
pub fn control_plane(service: Service, api: &str) -> ControlPlane {
    match service {
        Service::Route53 | Service::CloudFront => ControlPlane::in_us_east_1(EDGE_SERVICES),
        Service::Iam => ControlPlane::in_us_east_1(PARTITIONAL_SERVICES),
        // Names of APIs and of function URLs are made in Route 53.
        Service::ApiGateway if api.starts_with("Create") => {
            ControlPlane::in_us_east_1(GLOBAL_SERVICES)
        }
        Service::Lambda if api.contains("FunctionUrl") => {
            ControlPlane::in_us_east_1(GLOBAL_SERVICES)
        }
        Service::S3 if is_bucket_change(api) => ControlPlane::in_us_east_1(GLOBAL_SERVICES),
        Service::ApiGateway
        | Service::CloudWatch
        | Service::Dns
        | Service::DynamoDb
        | Service::EventBridgeScheduler
        | Service::Https
        | Service::Lambda
        | Service::Ledger
        | Service::Rds
        | Service::S3
        | Service::StepFunctions => ControlPlane::regional(),
    }
}

/// Whether an operation of S3 changes a bucket rather than an object.
fn is_bucket_change(api: &str) -> bool {
    let changes = ["Create", "Delete", "Put", "Update"].iter().any(|verb| api.starts_with(verb));
    changes && (api.contains("Bucket") || api.contains("PublicAccessBlock"))
}

/// Something in a plan that the loss of its source would stop, or that the source would hold up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The action.
    pub action: ActionName,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It belongs after the return of the source, and stands before it.
    BeforeSourceIsBack,
    /// It is required and acts in the source.
    ActsInSource,
    /// It is required and calls the source.
    CallsSource(Call),
    /// It is required and needs a control plane that all Regions share.
    NeedsControlPlane {
        /// The call.
        call: Call,
        /// Where the control plane lives.
        lives_in: &'static str,
    },
    /// It is best effort, and an attempt may take for ever.
    NoTimeLimit,
    /// It is best effort, and its attempts may take longer than [`BEST_EFFORT_MAX`] in a Region that
    /// is lost, while nobody is served.
    HoldsUp {
        /// How long they may take.
        longest: DurationMs,
    },
}

/// Everything in the plan's way forward that the loss of its source would stop or hold up.
///
/// A switchover needs both Regions; of it only the order of stages is looked at. The way back
/// reopens the source, and is there only for a source that can be reopened.
#[must_use]
pub fn calls_to_lost(plan: &Plan) -> Vec<Violation> {
    let back = plan.actions.iter().position(|action| action.name == ActionName::AwaitSource);
    let mut violations = Vec::new();
    for (position, action) in plan.actions.iter().enumerate() {
        let is_after_return = back.is_some_and(|back| back <= position);
        let problems = if action.stage == Stage::Restore {
            if is_after_return { Vec::new() } else { vec![Problem::BeforeSourceIsBack] }
        } else if plan.kind == PlanKind::Failover {
            without_source(plan, action)
        } else {
            Vec::new()
        };
        let named = problems.into_iter();
        violations.extend(named.map(|problem| Violation { action: action.name, problem }));
    }
    violations
}

/// What of an action does not do without the plan's source.
fn without_source(plan: &Plan, action: &Action) -> Vec<Problem> {
    if !action.is_required() {
        return best_effort(plan, action).into_iter().collect();
    }
    let in_source = (action.region == plan.source).then_some(Problem::ActsInSource);
    let calls = action.calls.iter().filter_map(|call| required(plan, call));
    in_source.into_iter().chain(calls).collect()
}

fn required(plan: &Plan, call: &Call) -> Option<Problem> {
    if call.region == plan.source {
        return Some(Problem::CallsSource(call.clone()));
    }
    let lives_in = control_plane(call.service, call.api).lives_in?;
    Some(Problem::NeedsControlPlane { call: call.clone(), lives_in })
}

fn best_effort(plan: &Plan, action: &Action) -> Option<Problem> {
    if action.time_limit == DurationMs::ZERO {
        return Some(Problem::NoTimeLimit);
    }
    let is_served = matches!(action.stage, Stage::Route | Stage::Stabilize);
    let asks_source =
        action.region == plan.source || action.calls.iter().any(|call| call.region == plan.source);
    let longest = longest(action);
    (asks_source && !is_served && longest > BEST_EFFORT_MAX).then_some(Problem::HoldsUp { longest })
}

/// How long all attempts of an action may take, pauses included.
fn longest(action: &Action) -> DurationMs {
    let attempts = u64::from(action.retry.attempts_max);
    let pauses = action.retry.interval.times(attempts.saturating_sub(1));
    action.time_limit.times(attempts).plus(pauses)
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforeSourceIsBack => {
                write!(f, "belongs after {}", ActionName::AwaitSource)
            }
            Self::ActsInSource => f.write_str("is required and acts in the source"),
            Self::CallsSource(call) => {
                write!(
                    f,
                    "is required and calls {} {} of the source",
                    call.service.as_str(),
                    call.api
                )
            }
            Self::NeedsControlPlane { call, lives_in } => write!(
                f,
                "is required and needs the control plane in {lives_in} for {} {}",
                call.service.as_str(),
                call.api
            ),
            Self::NoTimeLimit => f.write_str("is best effort and has no time limit"),
            Self::HoldsUp { longest } => {
                write!(f, "is best effort and may hold everything up for {longest}")
            }
        }
    }
}
