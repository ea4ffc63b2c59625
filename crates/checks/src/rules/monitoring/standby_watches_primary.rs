//! Who tells that the home primary is gone.

use topology::Home;

use super::alarms;
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Something outside of the primary's Region watches the primary from outside.
    ///
    /// ## What is checked
    ///
    /// Where the primary has an API, a domain name or a load balancer open to the Internet, and the templates declare
    /// alarms: another Region, best the standby, has an `AWS::Synthetics::Canary`, or an alarm on the status of a
    /// health check. What a canary calls stands in its code, and is not checked.
    ///
    /// ## Why it hurts
    ///
    /// The primary's own alarms and topics are in the Region that is lost: it cannot report its own death. Customers
    /// tell you first, and the takeover begins late.
    ///
    /// ## What to change
    ///
    /// In the standby's monitoring stack, a canary that calls the primary's Regional domain, and an alarm on it
    /// with the standby's topic and `TreatMissingData: breaching`:
    ///
    /// ```yaml
    /// PrimaryCanary:
    ///   Type: AWS::Synthetics::Canary
    ///   Properties:
    ///     Schedule: {Expression: rate(1 minute)}
    ///     RunConfig: {EnvironmentVariables: {URL: "https://us-east-1.api.example.com/health"}}
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon CloudWatch User Guide, "Synthetic monitoring (canaries)"; AWS Fault Isolation Boundaries, on Regions.
    "cw-standby-watches-primary": Error, Unseen, Derived, Pair;
    why: "the alarms that should tell of the loss are lost with the Region";
    check
}

const CANARY: &str = "AWS::Synthetics::Canary";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let (Some(primary), Some(standby)) =
        (design.region(Home::Primary), design.region(Home::Standby))
    else {
        return;
    };
    let Some(endpoint) = endpoint(design) else { return };
    judge.subject();
    if design.of(CANARY).any(|canary| canary.region() != primary)
        || design.of(alarms::ALARM).any(|alarm| alarm.region() != primary && is_on_check(alarm))
    {
        return;
    }
    let unknown = if design.may_hide(CANARY, standby) {
        Some(format!("whether {standby} gets a canary is not known"))
    } else if !alarms::are_declared(design) {
        Some("no template declares alarms: they may be made elsewhere".to_owned())
    } else {
        None
    };
    match unknown {
        Some(why) => judge.cannot_judge(&endpoint.whole(), Unknown(why)),
        None => judge.finding(
            &endpoint.whole(),
            format!("nothing outside of {primary} watches `{}`: no canary is declared there", endpoint.id()),
            format!(
                "add an `AWS::Synthetics::Canary` in {standby} that calls {primary}'s own domain, and an alarm on it"
            ),
        ),
    }
}

/// Something of the primary that is called from the Internet.
fn endpoint(design: &Design) -> Option<Resource<'_>> {
    let kinds = [
        "AWS::ApiGateway::DomainName",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
    ];
    let all = kinds.into_iter().flat_map(|kind| design.of_home(kind, Home::Primary));
    all.filter(|resource| is_open(*resource))
        .min_by_key(|resource| kinds.iter().position(|kind| *kind == resource.kind()))
}

fn is_open(resource: Resource<'_>) -> bool {
    let inside = |keys: &str, word: &str| {
        let items = resource.at(keys).items().known().unwrap_or_default();
        items.iter().any(|item| item.text().known().as_deref() == Some(word))
    };
    !inside("EndpointConfiguration.Types", "PRIVATE") && !inside("Scheme", "internal")
}

/// Whether an alarm watches the status of a health check.
fn is_on_check(alarm: Resource<'_>) -> bool {
    let metrics = alarms::metrics(alarm).known().unwrap_or_default();
    metrics.iter().any(|metric| metric.namespace == "AWS/Route53")
}
