//! What watches the other Region from here: the lost Region cannot report its own loss
//! (rule `cw-standby-watches-primary`).
//!
//! The same in both Regions, because either may be the one that is lost. It calls the other's Regional domain, which
//! no switch of traffic leads elsewhere, and tells what it saw here.

use std::collections::BTreeMap;

use cfn::cloudwatch::alarm::AlarmTreatMissingData;
use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::s3::bucket::{LifecycleConfiguration, Rule, RuleStatus};
use cfn::s3::{Bucket, BucketPolicy};
use cfn::synthetics::Canary;
use cfn::synthetics::canary::{CanaryProvisionedResourceCleanup, Code, RunConfig, Schedule};
use cfn::{Attributes, Handle, Stack, concat, set};

use crate::alarm::{Series, Statistic, Threshold, alarm};
use crate::foundation::Foundation;
use crate::grants::use_data_key_by_s3;
use crate::policy::{self, allow};
use crate::site::Site;
use crate::storage::{guarded, refuse_plain_text};

/// What it does, for the runtime's own `fetch`: nothing of the Synthetics library is used, whose names change.
const SCRIPT: &str = include_str!("canary.js");

/// Node.js without a browser (Amazon CloudWatch User Guide, "Runtime versions using Node.js").
const RUNTIME: &str = "syn-nodejs-4.1";

/// How long what its runs leave behind is kept, in days.
const KEPT_DAYS: i64 = 14;

pub(crate) fn canary(site: Site<'_>, foundation: &Foundation) -> Stack {
    let mut stack = site.stack("Canary", "What watches the other Region from this one");
    let bucket = results(&mut stack, site, foundation);
    let role = role(&mut stack, site, foundation, &bucket);
    let code = Code { handler: set("index.handler"), script: set(SCRIPT), ..Code::default() };
    let minutes = site.topology.monitoring.canary_minutes;
    let every = if minutes == 1 { "minute" } else { "minutes" };
    let location = concat(["s3://".into(), bucket.reference().into()]);
    let canary = Canary {
        run_config: set(run_config(site)),
        start_canary_after_creation: set(true),
        success_retention_period: set(KEPT_DAYS),
        failure_retention_period: set(KEPT_DAYS),
        provisioned_resource_cleanup: set(CanaryProvisionedResourceCleanup::Automatic),
        ..Canary::new(
            location,
            code,
            role.arn(),
            site.canary(),
            RUNTIME,
            Schedule::new(format!("rate({minutes} {every})")),
        )
    };
    stack.add("Canary", canary);
    alarm_on(&mut stack, site);
    stack
}

fn run_config(site: Site<'_>) -> RunConfig {
    let url = format!("https://{}/health", site.other().regional_domain());
    let variables = BTreeMap::from([("TIDEOVER_URL".to_owned(), url.into())]);
    RunConfig {
        environment_variables: set(variables),
        memory_in_mb: set(960),
        timeout_in_seconds: set(30),
        ..RunConfig::default()
    }
}

/// Logs of its runs: not payment data, so it neither replicates nor lasts.
fn results(stack: &mut Stack, site: Site<'_>, foundation: &Foundation) -> Handle<Bucket> {
    let expire = Rule {
        id: set("expire"),
        expiration_in_days: set(KEPT_DAYS),
        ..Rule::new(RuleStatus::Enabled)
    };
    let bucket = Bucket {
        lifecycle_configuration: set(LifecycleConfiguration::new([expire])),
        ..guarded(site.log_bucket_name(), foundation)
    };
    let bucket = stack.add_with("Logs", bucket, Attributes::retained());
    let document = policy::with_statements(vec![refuse_plain_text(&bucket)]);
    stack.add("LogsPolicy", BucketPolicy::new(bucket.reference(), document));
    bucket
}

/// Amazon CloudWatch User Guide, "Required roles and permissions for canaries".
fn role(
    stack: &mut Stack,
    site: Site<'_>,
    foundation: &Foundation,
    bucket: &Handle<Bucket>,
) -> Handle<Role> {
    let objects = concat([bucket.arn().into(), "/*".into()]);
    let metrics = allow(["cloudwatch:PutMetricData"], ["*".into()]).when(
        "StringEquals",
        "cloudwatch:namespace",
        "CloudWatchSynthetics",
    );
    let logs = site.arn("logs", &format!("log-group:/aws/lambda/cwsyn-{}-*", site.canary()));
    let statements = [
        allow(["s3:GetObject", "s3:PutObject"], [objects.into()]),
        allow(["s3:GetBucketLocation"], [bucket.arn().into()]),
        allow(["s3:ListAllMyBuckets"], ["*".into()]),
        use_data_key_by_s3(foundation),
        metrics,
        allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [logs.into()]),
    ];
    let role = Role {
        description: set(format!("Runs {}", site.canary())),
        policies: set([Policy::new(policy::document(statements), "canary")]),
        ..Role::new(policy::trust("lambda.amazonaws.com"))
    };
    stack.add("CanaryRole", role)
}

/// Silence is a canary that does not run, which sees as little as one that gets no answer.
fn alarm_on(stack: &mut Stack, site: Site<'_>) {
    let success = Series {
        namespace: "CloudWatchSynthetics",
        metric: "SuccessPercent",
        dimensions: vec![("CanaryName", site.canary().into())],
        statistic: Statistic::Average,
        period_seconds: 60 * i64::from(site.topology.monitoring.canary_minutes),
    };
    let text = format!("The API in {} does not answer from here", site.other().region());
    let at = Threshold::below(100, 3).when_missing(AlarmTreatMissingData::Breaching);
    alarm(stack, site, "OtherRegionSilent", &text, &success, at);
}
