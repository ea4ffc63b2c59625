//! What became of alarms and dashboards.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};

pub(crate) const FAMILY: Family = Family {
    title: "Monitoring",
    stack: "{home}Monitoring",
    note: "",
    rules: RULES,
    settings: SETTINGS,
};

const RULES: &[Rule] = &[
    rule("AWS::SNS::Topic", "AlarmTopicdev*", Same(at("{home}Foundation", "AlarmTopic")))
        .because("Alarms of several stacks use it."),
    rule(
        "AWS::CloudWatch::Alarm",
        "RDSReplicationLagdev*",
        Same(at("{home}Monitoring", "ReplicationLag")),
    )
    .because(
        "Only a cluster that receives has the metric, so its silence is the business of another \
         alarm, `ReplicationSilence` (`aurora-lag-alarms-where-emitted`).",
    ),
    rule(
        "AWS::CloudWatch::Alarm",
        "DBConnectionsdev*",
        Same(at("{home}Monitoring", "DatabaseConnections")),
    ),
    rule(
        "AWS::CloudWatch::Alarm",
        "LambdaError{function}dev*",
        Same(at("{home}Lambda", "{function}Errors")),
    )
    .because("Beside its function."),
    rule(
        "AWS::CloudWatch::Alarm",
        "APIGateway5XXdev*",
        Same(at("{home}Monitoring", "ApiFailures")),
    ),
    rule(
        "AWS::CloudWatch::Dashboard",
        "PaymentDRDashboarddev*",
        Same(at("{home}Monitoring", "Dashboard")),
    ),
    rule(OUTPUT, "AlarmTopicArn", Same(at("{home}Foundation", "AlarmTopicArn"))),
];

const ABOVE: &str = "Over the limit, as the original was documented; its alarm went off at the \
                     limit itself.";

const GUARDED: &str = "One failure among two calls is no alarm, and silence is another one's job \
                       (`cw-ratio-alarm-guard`).";

const LAG_METRIC: &str = "`AuroraGlobalDBRPOLag` says how much the loss of a Region would lose \
                          (`aurora-use-rpolag-for-loss`).";

const SETTINGS: &[Subject] = &[
    Subject {
        stack: "{home}Monitoring",
        kind: "AWS::SNS::Topic",
        id: "*",
        settings: &[changed("TopicName", "The same in both Regions.")],
    },
    Subject {
        stack: "{home}Monitoring",
        kind: "AWS::CloudWatch::Alarm",
        id: "RDSReplicationLagdev*",
        settings: &[
            kept("Threshold"),
            kept("ComparisonOperator"),
            kept("EvaluationPeriods"),
            kept("Period"),
            kept("TreatMissingData"),
            changed("MetricName", LAG_METRIC),
            changed("Statistic", "The worst of a minute, not its average."),
        ],
    },
    Subject {
        stack: "{home}Monitoring",
        kind: "AWS::CloudWatch::Alarm",
        id: "DBConnectionsdev*",
        settings: &[
            kept("Threshold"),
            kept("MetricName"),
            kept("EvaluationPeriods"),
            kept("Period"),
            changed("ComparisonOperator", ABOVE),
            changed("Statistic", "A sum counts each connection once for every sample."),
            changed("TreatMissingData", "Decided for each alarm (`cw-missing-data-explicit`)."),
        ],
    },
    Subject {
        stack: "{home}Monitoring",
        kind: "AWS::CloudWatch::Alarm",
        id: "LambdaError*",
        settings: &[
            kept("Threshold"),
            kept("EvaluationPeriods"),
            kept("Metrics/*/MetricStat/Metric/MetricName"),
            kept("Metrics/*/MetricStat/Period"),
            kept("TreatMissingData"),
            changed("ComparisonOperator", ABOVE),
            changed("Metrics/0/Expression", GUARDED),
        ],
    },
    Subject {
        stack: "{home}Monitoring",
        kind: "AWS::CloudWatch::Alarm",
        id: "APIGateway5XXdev*",
        settings: &[
            kept("Threshold"),
            kept("EvaluationPeriods"),
            kept("Metrics/*/MetricStat/Metric/MetricName"),
            kept("Metrics/*/MetricStat/Period"),
            kept("TreatMissingData"),
            changed("ComparisonOperator", ABOVE),
            changed("Metrics/0/Expression", GUARDED),
        ],
    },
    Subject {
        stack: "{home}Monitoring",
        kind: "AWS::CloudWatch::Dashboard",
        id: "*",
        settings: &[
            changed("DashboardBody/widgets/#", "One more, of what the service says of itself."),
            changed("DashboardBody/widgets/*/properties/metrics/*/1", LAG_METRIC),
            changed(
                "DashboardBody/widgets/*/properties/metrics/*/*/region",
                "Each shows both Regions, so that its graphs go on after a role change \
                 (`dashboards-role-aware`).",
            ),
            changed("DashboardName", "The Region in place of the home role."),
        ],
    },
];
