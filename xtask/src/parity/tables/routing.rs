//! What became of DNS and of what changed it.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};
use super::{EXPORT_FUNCTION, EXPORT_READER, EXPORT_ROLE};

pub(crate) const FAMILY: Family =
    Family { title: "DNS", stack: "Route53", note: "", rules: RULES, settings: SETTINGS };

pub(crate) const FAILOVER: Family = Family {
    title: "Failover",
    stack: "Failover",
    note: "It stood in the Region that fails, and moved traffic before anybody promoted the database.",
    rules: FAILOVER_RULES,
    settings: &[],
};

const RULES: &[Rule] = &[
    rule("AWS::Route53::HostedZone", "PaymentHostedZonedev*", Same(at("SecondaryZone", "Zone")))
        .because(
            "A stack of its own, which no ordinary deployment touches \
             (`r53-zone-outside-app-stacks`); `dns.hosted_zone_id` adopts a zone instead.",
        ),
    rule(
        "AWS::Route53::HealthCheck",
        "PrimaryAPIHealthCheckdev",
        Same(at("PrimaryRoute53", "EndpointCheck")),
    )
    .because(
        "It watches as before but moves no traffic: records follow `Switch`, which only the runbook \
         turns (`r53-no-endpoint-check-on-switch-record`). The standby has one too.",
    ),
    rule(
        "AWS::Route53::RecordSet",
        "{home}APIRecorddev",
        Same(at("{home}Route53", "PublicRecord")),
    )
    .because("Each in its own Region's stack."),
    EXPORT_READER,
    EXPORT_FUNCTION,
    EXPORT_ROLE,
    rule(OUTPUT, "HostedZoneId", Same(at("SecondaryZone", "HostedZoneId"))),
    rule(OUTPUT, "APIEndpoint", Same(at("PrimaryRoute53", "PublicUrl")))
        .because("The same in both Regions, and a parameter besides."),
];

const SETTINGS: &[Subject] = &[
    Subject {
        stack: "Route53",
        kind: "AWS::Route53::HostedZone",
        id: "*",
        settings: &[
            changed("Name", "The same zone: CloudFormation adds the last dot."),
            changed(
                "HostedZoneFeatures/EnableAcceleratedRecovery",
                "Records can be changed while us-east-1 is down (`r53-accelerated-recovery`).",
            ),
        ],
    },
    Subject {
        stack: "Route53",
        kind: "AWS::Route53::HealthCheck",
        id: "*",
        settings: &[
            kept("HealthCheckConfig/Type"),
            kept("HealthCheckConfig/RequestInterval"),
            kept("HealthCheckConfig/FailureThreshold"),
            changed("HealthCheckConfig/ResourcePath", "The domain name leads to the stage itself."),
            changed(
                "HealthCheckConfig/FullyQualifiedDomainName",
                "The Region's own domain name, with a certificate for it (`r53-apigw-custom-domain`).",
            ),
        ],
    },
    Subject {
        stack: "Route53",
        kind: "AWS::Route53::RecordSet",
        id: "*",
        settings: &[
            kept("Name"),
            kept("Type"),
            kept("Weight"),
            changed("SetIdentifier", "The Region is enough."),
            changed(
                "AliasTarget/DNSName",
                "The host of the API itself has no certificate for our name \
                 (`r53-apigw-custom-domain`).",
            ),
            changed(
                "AliasTarget/HostedZoneId",
                "Read from the domain name; the one written for us-east-2 was another Region's \
                 (`r53-apigw-zone-id`).",
            ),
            changed(
                "HealthCheckId",
                "Both records are checked, and both checks follow the Region that the control record \
                 names (`r53-health-state-is-the-switch`).",
            ),
        ],
    },
    Subject {
        stack: "Route53",
        kind: "AWS::Route53::RecordSet",
        id: "PrimaryAPIRecorddev",
        settings: &[changed(
            "AliasTarget/EvaluateTargetHealth",
            "It fails only when API Gateway does, and would then move payments to a database that \
             nobody promoted (`r53-promote-before-flip`).",
        )],
    },
    Subject {
        stack: "Route53",
        kind: "AWS::Route53::RecordSet",
        id: "SecondaryAPIRecorddev",
        settings: &[kept("AliasTarget/EvaluateTargetHealth")],
    },
];

const STATE_MACHINE: &str = "One state for each action of the plan, with one for each other kind of \
                             run beside it; in both Regions, so that the other's loss does not reach it.";

const FUNCTION: &str = "It performs the plan's actions, promotion included, and never edits a record \
                        (`r53-no-record-change-at-failover`). Both Regions have one.";

const INSIDE: &str = "Inside the role, with what the plan's actions call and nothing else.";

const FAILOVER_RULES: &[Rule] = &[
    rule(
        "AWS::StepFunctions::StateMachine",
        "FailoverStateMachinedev*",
        Same(at("SecondaryRunbook", "Failover")),
    )
    .because(STATE_MACHINE),
    rule(
        "AWS::IAM::Role",
        "FailoverStateMachinedevRole*",
        Same(at("SecondaryRunbook", "StateMachineRole")),
    ),
    rule(
        "AWS::IAM::Policy",
        "FailoverStateMachinedevRoleDefaultPolicy*",
        Part("AWS::IAM::Role", at("SecondaryRunbook", "StateMachineRole"), "Policies/0"),
    )
    .because("Inside the role; it invokes the one function under its alias."),
    rule("AWS::Lambda::Function", "FailoverFunctiondev*", Same(at("SecondaryRunbook", "Runbook")))
        .because(FUNCTION),
    rule(
        "AWS::IAM::Role",
        "FailoverFunctiondevServiceRole*",
        Same(at("SecondaryRunbook", "RunbookRole")),
    ),
    rule(
        "AWS::IAM::Policy",
        "FailoverFunctiondevServiceRoleDefaultPolicy*",
        Part("AWS::IAM::Role", at("SecondaryRunbook", "RunbookRole"), "Policies/0"),
    )
    .because(INSIDE),
    rule(OUTPUT, "StateMachineArn", Same(at("SecondaryRunbook", "FailoverArn")))
        .because("The Region that is opened has the one that counts; the other has one too."),
];
