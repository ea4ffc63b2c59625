//! What became of the REST APIs.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};
use super::{EXPORT_FUNCTION, EXPORT_ROLE, EXPORT_WRITER};

pub(crate) const FAMILY: Family =
    Family { title: "API", stack: "{home}API", note: "", rules: RULES, settings: SETTINGS };

const IN_THE_DOCUMENT: &str = "Paths and methods are written in one OpenAPI document.";

const NOTIFICATIONS: &str = "Nobody asks for a notification: it follows from the outbox row of a \
                             committed payment (`pay-outbox`).";

const TESTS: &str = "It allows nothing but the console's test button.";

const RULES: &[Rule] = &[
    rule("AWS::ApiGateway::RestApi", "PaymentAPIdev*", Same(at("{home}API", "RestApi"))),
    rule(
        "AWS::ApiGateway::Deployment",
        "PaymentAPIdevDeployment*",
        Same(at("{home}API", "Deployment*")),
    ),
    rule("AWS::ApiGateway::Stage", "PaymentAPIdevDeploymentStage*", Same(at("{home}API", "Stage"))),
    rule("AWS::ApiGateway::Account", "PaymentAPIdevAccount*", Same(at("{home}API", "Account"))),
    rule("AWS::IAM::Role", "PaymentAPIdevCloudWatchRole*", Same(at("{home}API", "LogRole"))),
    rule("AWS::ApiGateway::Resource", "PaymentAPIdevhealth*", Api("/health"))
        .because(IN_THE_DOCUMENT),
    rule("AWS::ApiGateway::Method", "PaymentAPIdevhealthGET*", Api("GET /health")).because(
        "A function answers instead of API Gateway itself, so that the answer says something about \
         the service.",
    ),
    rule("AWS::ApiGateway::Resource", "PaymentAPIdevvalidate*", Api("/payments/validate"))
        .because(IN_THE_DOCUMENT),
    rule("AWS::ApiGateway::Method", "PaymentAPIdevvalidatePOST*", Api("POST /payments/validate"))
        .because(IN_THE_DOCUMENT),
    rule("AWS::ApiGateway::Resource", "PaymentAPIdevprocess*", Api("/payments"))
        .because("To process a payment is to create it."),
    rule("AWS::ApiGateway::Method", "PaymentAPIdevprocessPOST*", Api("POST /payments"))
        .because("To process a payment is to create it."),
    rule(
        "AWS::ApiGateway::Resource",
        "PaymentAPIdevnotify*",
        Other("AWS::SQS::Queue", at("{home}Lambda", "OutboxWakeUp")),
    )
    .because(NOTIFICATIONS),
    rule(
        "AWS::ApiGateway::Method",
        "PaymentAPIdevnotifyPOST*",
        Other("AWS::Lambda::EventSourceMapping", at("{home}Lambda", "OutboxMapping")),
    )
    .because(NOTIFICATIONS),
    rule(
        "AWS::Lambda::Permission",
        "PaymentAPIdevvalidatePOSTApiPermission{home}API*",
        Same(at("{home}API", "PaymentValidationPermission")),
    ),
    rule(
        "AWS::Lambda::Permission",
        "PaymentAPIdevprocessPOSTApiPermission{home}API*",
        Same(at("{home}API", "TransactionProcessingPermission")),
    ),
    rule(
        "AWS::Lambda::Permission",
        "PaymentAPIdevnotifyPOSTApiPermission{home}API*",
        Part("AWS::IAM::Role", at("{home}Lambda", "NotificationRole"), "Policies/0"),
    )
    .because("The function reads the queue itself, so its own role allows it."),
    rule("AWS::Lambda::Permission", "PaymentAPIdev*POSTApiPermissionTest*", Dropped).because(TESTS),
    EXPORT_WRITER,
    EXPORT_FUNCTION,
    EXPORT_ROLE,
    rule(OUTPUT, "ApiUrl", Same(at("{home}Route53", "ApiUrl")))
        .because("The Region's API has a domain name of its own (`r53-apigw-custom-domain`)."),
    rule(OUTPUT, "PaymentAPIdevEndpoint*", Same(at("{home}Route53", "ApiUrl")))
        .because("The CDK's second output of the same address."),
];

const SETTINGS: &[Subject] = &[
    Subject {
        stack: "{home}API",
        kind: "AWS::ApiGateway::RestApi",
        id: "*",
        settings: &[
            kept("EndpointConfiguration/Types/*"),
            changed("Name", "The same in both Regions (`cfn-role-neutral-templates`)."),
        ],
    },
    Subject {
        stack: "{home}API",
        kind: "AWS::ApiGateway::Stage",
        id: "*",
        settings: &[
            kept("StageName"),
            changed(
                "MethodSettings/0/ThrottlingRateLimit",
                "A limit of our own, the same in both Regions (`apigw-throttle-parity`).",
            ),
        ],
    },
];
