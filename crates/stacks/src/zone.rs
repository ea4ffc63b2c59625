//! The public hosted zone, where the topology does not adopt one: a stack of its own in the home standby,
//! untouched by ordinary deployments (rule `r53-zone-outside-app-stacks`).

use cfn::route53::HostedZone;
use cfn::route53::hosted_zone::{HostedZoneConfig, HostedZoneFeatures};
use cfn::{Attributes, Handle, Stack, Value, join, set};
use topology::Home;

use crate::site::Site;

/// The stack's word.
const LAYER: &str = "Zone";

/// How a Region's stacks name the hosted zone.
pub(crate) enum Zone<'a> {
    /// By the id of one that was there before.
    Adopted(&'a str),
    /// By the stack of the same Region that creates it.
    Created(&'a Handle<HostedZone>),
    /// By its name: it is created in the other Region, whose ids do not reach here.
    Named,
}

impl<'a> Zone<'a> {
    pub(crate) fn of(site: Site<'a>, created: Option<&'a Handle<HostedZone>>) -> Self {
        match (&site.topology.dns.hosted_zone_id, created, site.home) {
            (Some(id), ..) => Self::Adopted(id),
            (None, Some(zone), Home::Standby) => Self::Created(zone),
            (None, ..) => Self::Named,
        }
    }

    pub(crate) fn id(&self) -> Option<Value<String>> {
        match self {
            Self::Adopted(id) => set(*id),
            Self::Created(zone) => set(zone.reference()),
            Self::Named => None,
        }
    }

    /// Where the zone is only a name, nothing but this says that it must be there first.
    pub(crate) fn require(&self, stack: &mut Stack, site: Site<'_>) {
        if matches!(self, Self::Named) {
            stack.depends_on.insert(site.other().stack_id(LAYER).into());
        }
    }
}

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
    let name_servers = join(" ", zone.name_servers());
    stack.output("NameServers", "Where the domain is to be delegated to", name_servers);
    stack.notes.push(format!(
        "first `tideover deploy {} --exclusively`, delegate `{}` to its name servers, and wait until they answer; \
         certificates are validated through the zone",
        stack.id, site.topology.dns.zone
    ));
    if site.topology.dns.zone.ends_with("example.com") {
        stack.warnings.push(format!(
            "`dns.zone` is \"{}\", and Route 53 refuses zones under example.com; set your own before you deploy",
            site.topology.dns.zone
        ));
    }
    (stack, zone)
}
