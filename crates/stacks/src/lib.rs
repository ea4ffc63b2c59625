//! The design: a topology becomes the stacks of both Regions, one file for each stack.
//!
//! Both Regions come from the same functions and differ by Region facts only; which Region is active is
//! run-time state and nowhere in here. Says what is wanted, and leaves it to `cfn` to write it down.

mod alarm;
mod api;
mod automatic;
mod backup;
mod call_grants;
mod canary;
mod certificate;
mod control;
mod dashboard;
mod database;
mod database_events;
mod endpoints;
mod environment;
mod flow_log;
mod foundation;
mod function_alarms;
mod function_role;
mod functions;
mod global_database;
mod global_table;
mod grants;
mod logs;
mod monitoring;
mod network;
mod openapi;
mod operators;
mod outbox;
mod parameters;
mod policy;
mod recovery;
mod recovery_roles;
mod replication;
mod routing;
mod runbooks;
mod secret;
mod service_alarms;
mod sessions;
mod site;
mod state_machines;
mod storage;
mod table_alarms;
mod traffic;
mod web_acl;
mod webhooks;
mod witness;
mod zone;

pub use operators::{CHARACTERS_MAX, Operator, permissions};
pub use runbooks::{homes, names, system};

use std::collections::BTreeMap;

use cfn::route53::HostedZone;
use cfn::{Handle, Stack};
use topology::{Home, Topology};

use crate::functions::Context;
use crate::site::Site;
use crate::zone::Zone;

/// Packages that have been built: SHA-256 of the zip, in lower-case hex, by name of the function.
pub type Packages = BTreeMap<String, String>;

/// The stacks of both Regions, those of the home primary first, and what watches them from the witness Region.
pub fn stacks(topology: &Topology, packages: &Packages) -> Vec<Stack> {
    let zone = topology
        .dns
        .hosted_zone_id
        .is_none()
        .then(|| zone::zone(Site::new(topology, Home::Standby)));
    let (zone_stack, zone) = zone.unzip();
    let primary = region(Site::new(topology, Home::Primary), packages, zone.as_ref());
    let standby = region(Site::new(topology, Home::Standby), packages, zone.as_ref());
    let witness = witness::witness(topology);
    primary.into_iter().chain(standby).chain(zone_stack).chain([witness]).collect()
}

fn region(site: Site<'_>, packages: &Packages, zone: Option<&Handle<HostedZone>>) -> Vec<Stack> {
    let (foundation_stack, foundation) = foundation::foundation(site);
    let (network_stack, network) = network::network(site, &foundation);
    let (database_stack, database) = database::database(site, &foundation, &network);
    let database_host = database.cluster.endpoint_address();
    let context =
        Context { site, foundation: &foundation, network: &network, database_host, packages };
    let function_stacks = functions::functions(&context);
    let recovery_stack = recovery::recovery(&context);
    let (api_stack, api) = api::api(site, &foundation);
    let zone = Zone::of(site, zone);
    let (certificate_stack, certificate) = certificate::certificate(site, &zone);
    let mut stacks = vec![foundation_stack, network_stack, database_stack];
    match site.home {
        Home::Primary => {
            stacks.push(global_database::global_database(site, &database));
            stacks.extend(webhooks::webhooks(site, &foundation));
        }
        Home::Standby => stacks
            .extend([control::control(site, &foundation), sessions::sessions(site, &foundation)]),
    }
    stacks.push(storage::storage(site, &foundation));
    stacks.extend(function_stacks);
    stacks.push(recovery_stack);
    stacks.extend([
        api_stack,
        certificate_stack,
        routing::routing(site, &api, &zone, &certificate),
        monitoring::monitoring(site),
        canary::canary(site, &foundation),
        parameters::parameters(site, &foundation, &database),
        backup::backup(site, &foundation, &database),
    ]);
    stacks
}
