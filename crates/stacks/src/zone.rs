//! The public hosted zone, where the topology does not adopt one: a stack of its own in the home standby,
//! untouched by ordinary deployments (rule `r53-zone-outside-app-stacks`).

use cfn::route53::HostedZone;
use cfn::route53::hosted_zone::{HostedZoneConfig, HostedZoneFeatures};
use cfn::{Attributes, Handle, Stack, set};

use crate::site::Site;

/// The stack's word.
pub(crate) const LAYER: &str = "Zone";

pub(crate) fn zone(site: Site<'_>) -> (Stack, Handle<HostedZone>) {
    let mut stack = site.protected_stack(LAYER, "Public hosted zone of the payment API");
    let zone = HostedZone {
        name: set(&site.topology.dns.zone),
        hosted_zone_config: set(HostedZoneConfig {
            comment: set(format!("Payment API of {}", site.prefix())),
        }),
        hosted_zone_features: set(HostedZoneFeatures { enable_accelerated_recovery: set(true) }),
        ..HostedZone::default()
    };
    let zone = stack.add_with("Zone", zone, Attributes::retained());
    stack.output("HostedZoneId", "Public hosted zone", zone.reference());
    if site.topology.dns.zone.ends_with("example.com") {
        stack.warnings.push(format!(
            "`dns.zone` is \"{}\", and Route 53 refuses zones under example.com; set your own before you deploy",
            site.topology.dns.zone
        ));
    }
    (stack, zone)
}
