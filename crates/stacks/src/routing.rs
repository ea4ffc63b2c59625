//! How a Region is reached: certificate, domain names, DNS records and the switch between the Regions.
//!
//! The switch is health state, never a record change (rules `r53-no-record-change-at-failover`,
//! `r53-health-state-is-the-switch`). One small endpoint of the home standby, `/health/traffic`, says which
//! Region traffic is meant for. The standby's record is healthy while it says "the standby"; the primary's
//! watches the same words inverted. So of the two records just one is healthy, and whenever the standby is
//! silent or in doubt that is the primary's: traffic stays where it is (rule `r53-stop-pattern`).

use cfn::api_gateway::domain_name::EndpointConfiguration;
use cfn::api_gateway::{BasePathMapping, DomainName};
use cfn::certificate_manager::Certificate;
use cfn::certificate_manager::certificate::DomainValidationOption;
use cfn::route53::health_check::{HealthCheckConfig, HealthCheckConfigType};
use cfn::route53::record_set::AliasTarget;
use cfn::route53::{HealthCheck, HostedZone, RecordSet};
use cfn::{Attributes, Handle, Stack, Tag, Value, set};
use topology::Home;

use crate::api::Api;
use crate::site::Site;

/// What the other stacks of the Region refer to.
pub(crate) struct Routing {
    pub(crate) certificate: Handle<Certificate>,
}

/// The stack's word.
pub(crate) const LAYER: &str = "Route53";

/// How this Region's stack names the hosted zone.
enum Zone<'a> {
    /// By the id of one that was there before.
    Adopted(&'a str),
    /// By the stack of the same Region that creates it.
    Created(&'a Handle<HostedZone>),
    /// By its name: it is created in the other Region, whose ids do not reach here.
    Named,
}

pub(crate) fn routing(
    site: Site<'_>,
    api: &Api,
    created: Option<&Handle<HostedZone>>,
) -> (Stack, Routing) {
    let mut stack =
        site.protected_stack(LAYER, "Certificate, domain names and DNS records of the Region");
    let zone = match (&site.topology.dns.hosted_zone_id, created, site.home) {
        (Some(id), ..) => Zone::Adopted(id),
        (None, Some(zone), Home::Standby) => Zone::Created(zone),
        (None, ..) => Zone::Named,
    };
    if matches!(zone, Zone::Named) {
        stack.depends_on.insert(site.other().stack_id(LAYER).into());
    }
    let certificate = certificate(&mut stack, site, &zone);
    let public = domain(&mut stack, site, "Public", &site.public_domain(), &certificate, api);
    let regional = domain(&mut stack, site, "Regional", &site.regional_domain(), &certificate, api);
    let regional_record = record(&zone, site, &site.regional_domain(), &regional);
    stack.add("RegionalRecord", regional_record);
    let switch = switch(&mut stack, site);
    let public_record = RecordSet {
        set_identifier: set(site.region().name()),
        weight: set(weight(site.home)),
        health_check_id: set(switch.reference()),
        ..record(&zone, site, &site.public_domain(), &public)
    };
    stack.add("PublicRecord", public_record);
    endpoint_check(&mut stack, site);
    stack.output(
        "ApiUrl",
        "The Region's own API, whatever DNS says",
        format!("https://{}", site.regional_domain()),
    );
    (stack, Routing { certificate })
}

/// Zero is not never: a zero-weight record answers as soon as no other is healthy, which here is the
/// runbook's decision and nobody else's (rule `r53-zero-weight-is-not-never`).
fn weight(home: Home) -> i64 {
    match home {
        Home::Primary => 100,
        Home::Standby => 0,
    }
}

/// For the zone and all names under it. ACM asks for the same validation record in every Region of an
/// account, so where the zone's id does not reach, the other Region's certificate has already answered.
fn certificate(stack: &mut Stack, site: Site<'_>, zone: &Zone<'_>) -> Handle<Certificate> {
    let name = &site.topology.dns.zone;
    let zone_id: Option<Value<String>> = match zone {
        Zone::Adopted(id) => set(*id),
        Zone::Created(zone) => set(zone.reference()),
        Zone::Named => None,
    };
    let validation = zone_id.map(|id| {
        let option = DomainValidationOption {
            domain_name: set(name),
            hosted_zone_id: Some(id),
            ..DomainValidationOption::default()
        };
        [option].into()
    });
    let certificate = Certificate {
        subject_alternative_names: set([format!("*.{name}")]),
        validation_method: set("DNS"),
        domain_validation_options: validation,
        ..Certificate::new(name)
    };
    stack.add_with("Certificate", certificate, Attributes::retained())
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
    let (id, zone_name) = match zone {
        Zone::Adopted(id) => (set(*id), None),
        Zone::Created(zone) => (set(zone.reference()), None),
        Zone::Named => (None, set(format!("{}.", site.topology.dns.zone))),
    };
    RecordSet {
        hosted_zone_id: id,
        hosted_zone_name: zone_name,
        alias_target: set(target),
        ..RecordSet::new(name, "A")
    }
}

/// This Region's half of the switch: both halves watch the home standby's endpoint for the same words.
fn switch(stack: &mut Stack, site: Site<'_>) -> Handle<HealthCheck> {
    let standby = Site::new(site.topology, Home::Standby);
    let config = HealthCheckConfig {
        fully_qualified_domain_name: set(standby.regional_domain()),
        resource_path: set("/health/traffic"),
        search_string: set(format!("\"traffic_region\":\"{}\"", standby.region())),
        inverted: set(site.home == Home::Primary),
        ..check(site, HealthCheckConfigType::HttpsStrMatch)
    };
    health_check(stack, site, "Switch", "switch", config)
}

/// Sees from outside whether the Region's API answers. For alarms and evidence only: attached to a record it
/// would move payments at every hiccup (rule `r53-no-endpoint-check-on-switch-record`).
fn endpoint_check(stack: &mut Stack, site: Site<'_>) {
    let config = HealthCheckConfig {
        fully_qualified_domain_name: set(site.regional_domain()),
        resource_path: set("/health"),
        ..check(site, HealthCheckConfigType::Https)
    };
    health_check(stack, site, "EndpointCheck", "endpoint", config);
}

fn check(site: Site<'_>, kind: HealthCheckConfigType) -> HealthCheckConfig {
    let dns = &site.topology.dns;
    HealthCheckConfig {
        port: set(443),
        enable_sni: set(true),
        request_interval: set(i64::from(dns.check_interval_seconds)),
        failure_threshold: set(i64::from(dns.check_failures)),
        ..HealthCheckConfig::new(kind)
    }
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
