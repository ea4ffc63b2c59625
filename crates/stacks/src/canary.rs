//! What watches the other Region from here: the lost Region cannot report its own loss
//! (rule `cw-standby-watches-primary`).
//!
//! The same in both Regions, because either may be the one that is lost. It calls the other's Regional domain, which
//! no switch of traffic leads elsewhere, and tells what it saw here.

use std::collections::BTreeMap;

use cfn::cloudwatch::alarm::AlarmTreatMissingData;
use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::kms::Key;
use cfn::s3::bucket::{LifecycleConfiguration, Rule, RuleStatus};
use cfn::s3::{Bucket, BucketPolicy};
use cfn::synthetics::Canary;
use cfn::synthetics::canary::{CanaryProvisionedResourceCleanup, Code, RunConfig, Schedule};
use cfn::{Attributes, Handle, Stack, Text, concat, set};
use topology::{Monitoring, Region};

use crate::alarm::{Series, Statistic, Threshold, alarm};
use crate::foundation::Foundation;
use crate::grants::use_key_by_s3;
use crate::policy::{self, allow};
use crate::site::{self, Site};
use crate::storage::{guarded, refuse_plain_text};

/// What it does, for the runtime's own `fetch`: nothing of the Synthetics library is used, whose names change.
const SCRIPT: &str = include_str!("canary.js");

/// Node.js without a browser (Amazon CloudWatch User Guide, "Runtime versions using Node.js").
const RUNTIME: &str = "syn-nodejs-4.1";

/// How long what its runs leave behind is kept, in days.
const KEPT_DAYS: i64 = 14;

pub(crate) fn canary(site: Site<'_>, foundation: &Foundation) -> Stack {
    let mut stack = site.stack("Canary", "What watches the other Region from this one");
    let name = site.canary();
    let ground =
        Ground::new(&mut stack, site.region(), &name, &foundation.data_key, site.log_bucket_name());
    let monitoring = &site.topology.monitoring;
    let url = health(&site.other().regional_domain());
    stack.add("Canary", ground.canary(name, url, monitoring));
    let success = success(monitoring, &site.canary());
    let text = format!("The API in {} does not answer from here", site.other().region());
    alarm(&mut stack, site, "OtherRegionSilent", &text, &success, silent());
    stack
}

/// What a domain answers while it is alive.
pub(crate) fn health(domain: &str) -> String {
    format!("https://{domain}/health")
}

/// Silence is a canary that does not run, which sees as little as one that gets no answer.
pub(crate) fn silent() -> Threshold {
    Threshold::below(100, 3).when_missing(AlarmTreatMissingData::Breaching)
}

/// The share of a canary's runs that got an answer, in percent.
pub(crate) fn success(monitoring: &Monitoring, canary: &str) -> Series {
    Series {
        namespace: "CloudWatchSynthetics",
        metric: "SuccessPercent",
        dimensions: vec![("CanaryName", canary.into())],
        statistic: Statistic::Average,
        period_seconds: 60 * i64::from(monitoring.canary_minutes),
    }
}

/// What the canaries of a stack stand on.
pub(crate) struct Ground {
    bucket: Handle<Bucket>,
    role: Handle<Role>,
}

impl Ground {
    /// Made in a Region, for canaries whose names begin so.
    pub(crate) fn new(
        stack: &mut Stack,
        region: Region,
        canaries: &str,
        key: &Handle<Key>,
        bucket: String,
    ) -> Self {
        let bucket = results(stack, key, bucket);
        let group = format!("log-group:/aws/lambda/cwsyn-{canaries}-*");
        let logs = site::arn(region, "logs", &group);
        let role = role(stack, key, canaries, &bucket, logs);
        Self { bucket, role }
    }

    /// A canary that calls this address.
    pub(crate) fn canary(&self, name: String, url: String, monitoring: &Monitoring) -> Canary {
        let code = Code { handler: set("index.handler"), script: set(SCRIPT), ..Code::default() };
        let minutes = monitoring.canary_minutes;
        let every = if minutes == 1 { "minute" } else { "minutes" };
        let location = concat(["s3://".into(), self.bucket.reference().into()]);
        Canary {
            run_config: set(run_config(url)),
            start_canary_after_creation: set(true),
            success_retention_period: set(KEPT_DAYS),
            failure_retention_period: set(KEPT_DAYS),
            provisioned_resource_cleanup: set(CanaryProvisionedResourceCleanup::Automatic),
            ..Canary::new(
                location,
                code,
                self.role.arn(),
                name,
                RUNTIME,
                Schedule::new(format!("rate({minutes} {every})")),
            )
        }
    }
}

fn run_config(url: String) -> RunConfig {
    let variables = BTreeMap::from([("TIDEOVER_URL".to_owned(), url.into())]);
    RunConfig {
        environment_variables: set(variables),
        memory_in_mb: set(960),
        timeout_in_seconds: set(30),
        ..RunConfig::default()
    }
}

/// Logs of its runs: not payment data, so it neither replicates nor lasts.
fn results(stack: &mut Stack, key: &Handle<Key>, name: String) -> Handle<Bucket> {
    let expire = Rule {
        id: set("expire"),
        expiration_in_days: set(KEPT_DAYS),
        ..Rule::new(RuleStatus::Enabled)
    };
    let bucket = Bucket {
        lifecycle_configuration: set(LifecycleConfiguration::new([expire])),
        ..guarded(name, key)
    };
    let bucket = stack.add_with("Logs", bucket, Attributes::retained());
    let document = policy::with_statements(vec![refuse_plain_text(&bucket)]);
    stack.add("LogsPolicy", BucketPolicy::new(bucket.reference(), document));
    bucket
}

/// Amazon CloudWatch User Guide, "Required roles and permissions for canaries".
fn role(
    stack: &mut Stack,
    key: &Handle<Key>,
    canaries: &str,
    bucket: &Handle<Bucket>,
    logs: Text,
) -> Handle<Role> {
    let objects = concat([bucket.arn().into(), "/*".into()]);
    let metrics = allow(["cloudwatch:PutMetricData"], ["*".into()]).when(
        "StringEquals",
        "cloudwatch:namespace",
        "CloudWatchSynthetics",
    );
    let statements = [
        allow(["s3:GetObject", "s3:PutObject"], [objects.into()]),
        allow(["s3:GetBucketLocation"], [bucket.arn().into()]),
        allow(["s3:ListAllMyBuckets"], ["*".into()]),
        use_key_by_s3(key),
        metrics,
        allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [logs.into()]),
    ];
    let role = Role {
        description: set(format!("Runs {canaries}")),
        policies: set([Policy::new(policy::document(statements), "canary")]),
        ..Role::new(policy::trust("lambda.amazonaws.com"))
    };
    stack.add("CanaryRole", role)
}
