//! What the logs of an API hold.

use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Logs of an API hold no bodies, no headers and no keys.
    ///
    /// ## What is checked
    ///
    /// No stage has `DataTraceEnabled: true`, and no format of access logs has a field that repeats what a client
    /// sent: claims of an authorizer, overridden headers and queries, the text of validation errors, the value of an
    /// API key.
    ///
    /// ## Why it hurts
    ///
    /// Data tracing writes whole requests and responses. Logs become a store of card data, copied and kept in both
    /// Regions, open to whoever reads logs during an incident.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// MethodSettings:
    ///   - HttpMethod: "*"
    ///     ResourcePath: /*
    ///     DataTraceEnabled: false
    /// ```
    ///
    /// ## Source
    ///
    /// API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs in API Gateway"; PCI DSS, requirement 3.
    "apigw-access-logs-redacted": Error, Exposed, Derived, Template;
    why: "whoever reads the logs of either Region during an incident reads card data and keys";
    check
}

/// Fields that repeat what a client sent.
const TELLING: [&str; 6] = [
    "$context.authorizer.claims",
    "$context.error.validationErrorString",
    "$context.identity.apiKey",
    "$context.requestOverride",
    "$context.responseOverride",
    "$input",
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for kind in ["AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"] {
        for stage in design.of(kind) {
            judge.subject();
            check_tracing(judge, stage);
            for property in ["AccessLogSetting.Format", "AccessLogSettings.Format"] {
                check_format(judge, &stage.at(property));
            }
        }
    }
}

fn check_tracing(judge: &mut Judge<'_>, stage: Resource<'_>) {
    let mut settings = stage.at("MethodSettings").items().known().unwrap_or_default();
    settings.push(stage.at("DefaultRouteSettings"));
    for setting in settings {
        let tracing = setting.at("DataTraceEnabled");
        if judge.bool(&tracing) == Some(Some(true)) {
            judge.finding(
                &tracing,
                format!("`{}` writes whole requests and responses to its logs", stage.id()),
                "set `DataTraceEnabled: false`",
            );
        }
    }
}

fn check_format(judge: &mut Judge<'_>, format: &Place<'_>) {
    let shown = format.shown();
    let found: Vec<&str> = TELLING.into_iter().filter(|field| names(&shown, field)).collect();
    if !found.is_empty() {
        judge.finding(
            format,
            format!("access logs repeat what clients send: `{}`", found.join("`, `")),
            "delete these fields from the format, and log `$context.requestId`, route, status and latencies",
        );
    }
}

/// Whether a field or one below it stands in a format; `apiKey` is not `apiKeyId`.
fn names(format: &str, field: &str) -> bool {
    format.match_indices(field).any(|(start, _)| {
        let after = format[start + field.len()..].chars().next();
        !after.is_some_and(char::is_alphanumeric)
    })
}
