//! VPC endpoints: gateways for S3 and DynamoDB, interfaces for the other services that functions call.

use cfn::ec2::security_group::{Egress, Ingress};
use cfn::ec2::vpc_endpoint::VpcEndpointType;
use cfn::ec2::{RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint};
use cfn::{Handle, Json, Stack, Text, Value, set, sub};

use crate::grants::Service;
use crate::network::{named, security_group};
use crate::policy::{self, Allow, allow};
use crate::site::{Site, pascal};

pub(crate) fn endpoints(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    tables: &[Handle<RouteTable>],
    subnets: &[Handle<Subnet>],
) {
    for service in ["s3", "dynamodb"] {
        gateway(stack, site, vpc, tables, service);
    }
    let services = Service::called_by(site.topology);
    if services.is_empty() {
        return;
    }
    let group = endpoint_group(stack, site, vpc);
    for service in services {
        interface(stack, site, vpc, subnets, &group, service.endpoint());
    }
}

fn gateway(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    tables: &[Handle<RouteTable>],
    service: &str,
) {
    let tables: Vec<Value<String>> = tables.iter().map(|table| table.reference()).collect();
    let endpoint = VpcEndpoint {
        service_name: set(service_name(service)),
        vpc_endpoint_type: set(VpcEndpointType::Gateway),
        policy_document: set(own_account()),
        route_table_ids: set(tables),
        tags: named(site, service),
        ..VpcEndpoint::new(vpc.reference())
    };
    stack.add(&format!("{}Endpoint", pascal(service)), endpoint);
}

fn interface(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    subnets: &[Handle<Subnet>],
    group: &Handle<SecurityGroup>,
    service: &str,
) {
    let subnets: Vec<_> = subnets.iter().map(Handle::reference).collect();
    let endpoint = VpcEndpoint {
        service_name: set(service_name(service)),
        vpc_endpoint_type: set(VpcEndpointType::Interface),
        policy_document: set(own_account()),
        private_dns_enabled: set(true),
        subnet_ids: set(subnets),
        security_group_ids: set([group.group_id()]),
        tags: named(site, service),
        ..VpcEndpoint::new(vpc.reference())
    };
    stack.add(&format!("{}Endpoint", pascal(service)), endpoint);
}

/// Endpoints serve the account's own callers, so that stolen credentials cannot be used through them.
fn own_account() -> Json {
    let anyone = Allow { principal: Some("*".into()), ..allow(["*"], ["*".into()]) };
    policy::document([anyone.when(
        "StringEquals",
        "aws:PrincipalAccount",
        sub("${AWS::AccountId}"),
    )])
}

fn service_name(service: &str) -> Text {
    sub(format!("com.amazonaws.${{AWS::Region}}.{service}"))
}

fn endpoint_group(stack: &mut Stack, site: Site<'_>, vpc: &Handle<Vpc>) -> Handle<SecurityGroup> {
    let inside = Ingress {
        cidr_ip: set(site.cidr().to_string()),
        description: set("TLS from inside the VPC"),
        from_port: set(443),
        to_port: set(443),
        ..Ingress::new("tcp")
    };
    let nowhere = Egress {
        cidr_ip: set("127.0.0.1/32"),
        description: set("Endpoints call nobody"),
        ..Egress::new("-1")
    };
    security_group(stack, site, vpc, "Endpoint", nowhere, Some(inside))
}
