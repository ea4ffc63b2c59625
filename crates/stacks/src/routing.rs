//! How a Region is reached: domain names, DNS records and the switch between the Regions.
//!
//! The switch is health state, never a record change (rules `r53-no-record-change-at-failover`,
//! `r53-health-state-is-the-switch`). In each Region a small endpoint, `/health/traffic` (`traffic.rs`), says which
//! Region traffic is meant for, as the control record has it, and says nothing when it cannot read the record. The
//! home primary's record is healthy while neither endpoint names the home standby; the standby's while the
//! primary's endpoint does not name the primary. The silence of one changes nothing while the other speaks
//! (rule `r53-stop-pattern`):
//!
//! | primary says | standby says | primary's record | standby's record | traffic |
//! | --- | --- | --- | --- | --- |
//! | primary | primary | healthy | unhealthy | primary |
//! | nothing | primary or nothing | healthy | healthy, weight 0 | primary |
//! | nothing or standby | standby | unhealthy | healthy | standby |
//! | standby | nothing | unhealthy | healthy | standby |
//!
//! When neither speaks, the primary wins, whichever Region is lost: health checks remember nothing, and two speakers
//! cannot tell "nobody moved anything" from "the one that was moved to is silent for a moment". That is why nothing
//! that payments can exhaust stands behind the endpoint.

use cfn::api_gateway::domain_name::EndpointConfiguration;
use cfn::api_gateway::{BasePathMapping, DomainName};
use cfn::certificate_manager::Certificate;
use cfn::route53::health_check::{HealthCheckConfig, HealthCheckConfigType};
use cfn::route53::record_set::AliasTarget;
use cfn::route53::{HealthCheck, RecordSet};
use cfn::{Handle, Stack, Tag, set};
use topology::Home;

use crate::api::Api;
use crate::site::Site;
use crate::zone::Zone;

pub(crate) fn routing(
    site: Site<'_>,
    api: &Api,
    zone: &Zone<'_>,
    certificate: &Handle<Certificate>,
) -> Stack {
    let mut stack = site.protected_stack("Route53", "Domain names and DNS records of the Region");
    zone.require(&mut stack, site);
    let public = domain(&mut stack, site, "Public", &site.public_domain(), certificate, api);
    let regional = domain(&mut stack, site, "Regional", &site.regional_domain(), certificate, api);
    let regional_record = record(zone, site, &site.regional_domain(), &regional);
    stack.add("RegionalRecord", regional_record);
    let switch = switch(&mut stack, site);
    let public_record = RecordSet {
        set_identifier: set(site.region().name()),
        weight: set(weight(site.home)),
        health_check_id: set(switch.reference()),
        ..record(zone, site, &site.public_domain(), &public)
    };
    stack.add("PublicRecord", public_record);
    endpoint_check(&mut stack, site);
    let url = |domain: String| format!("https://{domain}");
    stack.output("ApiUrl", "The Region's own API, whatever DNS says", url(site.regional_domain()));
    stack.output("PublicUrl", "The API that clients call", url(site.public_domain()));
    stack
}

/// Zero is not never: a zero-weight record answers as soon as no other is healthy, which here is the
/// runbook's decision and nobody else's (rule `r53-zero-weight-is-not-never`).
fn weight(home: Home) -> i64 {
    match home {
        Home::Primary => 100,
        Home::Standby => 0,
    }
}

fn domain(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    name: &str,
    certificate: &Handle<Certificate>,
    api: &Api,
) -> Handle<DomainName> {
    let endpoint =
        EndpointConfiguration { types: set(["REGIONAL"]), ..EndpointConfiguration::default() };
    let domain = DomainName {
        domain_name: set(name),
        endpoint_configuration: set(endpoint),
        regional_certificate_arn: set(certificate.reference()),
        security_policy: set("TLS_1_2"),
        ..DomainName::default()
    };
    let domain = stack.add(&format!("{id}Domain"), domain);
    let mapping = BasePathMapping {
        rest_api_id: set(api.rest_api.reference()),
        stage: set(&site.topology.api.stage),
        ..BasePathMapping::new(domain.reference())
    };
    stack.add(&format!("{id}Mapping"), mapping);
    domain
}

/// An alias of a Regional domain name. Target health is not evaluated: it only fails when API Gateway itself
/// does, and would then move payments to a database nobody has promoted (rules `r53-alias-hc-and-eth`,
/// `r53-promote-before-flip`).
fn record(zone: &Zone<'_>, site: Site<'_>, name: &str, domain: &Handle<DomainName>) -> RecordSet {
    let target = AliasTarget {
        evaluate_target_health: set(false),
        ..AliasTarget::new(domain.regional_domain_name(), domain.regional_hosted_zone_id())
    };
    let hosted_zone_id = zone.id();
    let by_name = hosted_zone_id.is_none().then(|| format!("{}.", site.topology.dns.zone).into());
    RecordSet {
        hosted_zone_id,
        hosted_zone_name: by_name,
        alias_target: set(target),
        ..RecordSet::new(name, "A")
    }
}

/// This Region's half of the switch.
fn switch(stack: &mut Stack, site: Site<'_>) -> Handle<HealthCheck> {
    let primary = Site::new(site.topology, Home::Primary);
    let standby = primary.other();
    match site.home {
        Home::Standby => named_by(stack, site, "Switch", primary, primary),
        Home::Primary => {
            let own = named_by(stack, site, "StandbyNamedHere", primary, standby);
            let other = named_by(stack, site, "StandbyNamedThere", standby, standby);
            let both = HealthCheckConfig {
                child_health_checks: set([own.reference(), other.reference()]),
                health_threshold: set(2),
                ..HealthCheckConfig::new(HealthCheckConfigType::Calculated)
            };
            health_check(stack, site, "Switch", "switch", both)
        }
    }
}

/// Unhealthy while the endpoint of one Region says that traffic is meant for another; inverted, so that an
/// endpoint that cannot be reached counts as healthy. Interval and threshold are fixed: changing them would
/// replace the check, and a new inverted check starts unhealthy (rule `r53-new-check-state`).
fn named_by(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    speaker: Site<'_>,
    meant: Site<'_>,
) -> Handle<HealthCheck> {
    let config = HealthCheckConfig {
        fully_qualified_domain_name: set(speaker.regional_domain()),
        resource_path: set("/health/traffic"),
        search_string: set(format!("\"traffic_region\":\"{}\"", meant.region())),
        inverted: set(true),
        request_interval: set(10),
        failure_threshold: set(3),
        ..check(HealthCheckConfigType::HttpsStrMatch)
    };
    let word = format!("{} says {}", speaker.region(), meant.region());
    health_check(stack, site, id, &word, config)
}

/// Sees from outside whether the Region's API answers. For alarms and evidence only: attached to a record it
/// would move payments at every hiccup (rule `r53-no-endpoint-check-on-switch-record`).
fn endpoint_check(stack: &mut Stack, site: Site<'_>) {
    let dns = &site.topology.dns;
    let config = HealthCheckConfig {
        fully_qualified_domain_name: set(site.regional_domain()),
        resource_path: set("/health"),
        request_interval: set(i64::from(dns.check_interval_seconds)),
        failure_threshold: set(i64::from(dns.check_failures)),
        ..check(HealthCheckConfigType::Https)
    };
    health_check(stack, site, "EndpointCheck", "endpoint", config);
}

fn check(kind: HealthCheckConfigType) -> HealthCheckConfig {
    HealthCheckConfig { port: set(443), enable_sni: set(true), ..HealthCheckConfig::new(kind) }
}

fn health_check(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    word: &str,
    config: HealthCheckConfig,
) -> Handle<HealthCheck> {
    let name = format!("{} {word} {}", site.prefix(), site.region());
    let check = HealthCheck {
        health_check_tags: set([Tag::new("Name", name)]),
        ..HealthCheck::new(config)
    };
    stack.add(id, check)
}
