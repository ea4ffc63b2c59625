//! The network of a Region: a VPC with public, private and isolated subnets in each zone.
//!
//! Ranges differ between the Regions (rule `vpc-cidr-disjoint`). The database accepts connections from the
//! functions' security group and from nowhere else.

use cfn::ec2::security_group::{Egress, Ingress};
use cfn::ec2::{
    Eip, InternetGateway, NatGateway, Route, RouteTable, SecurityGroup, SecurityGroupEgress,
    SecurityGroupIngress, Subnet, SubnetRouteTableAssociation, Vpc, VpcGatewayAttachment,
};
use cfn::{Attributes, Handle, Stack, Tag, Value, availability_zone, set};

use crate::endpoints;
use crate::flow_log;
use crate::foundation::Foundation;
use crate::site::Site;

/// What the other stacks of the Region refer to.
pub(crate) struct Network {
    pub(crate) private_subnets: Vec<Handle<Subnet>>,
    pub(crate) isolated_subnets: Vec<Handle<Subnet>>,
    pub(crate) function_group: Handle<SecurityGroup>,
    pub(crate) database_group: Handle<SecurityGroup>,
}

/// The tiers of subnets, in the order in which they take their ranges.
#[derive(Clone, Copy)]
enum Tier {
    Public,
    Private,
    Isolated,
}

impl Tier {
    fn name(self) -> &'static str {
        match self {
            Self::Public => "Public",
            Self::Private => "Private",
            Self::Isolated => "Isolated",
        }
    }
}

pub(crate) fn network(site: Site<'_>, foundation: &Foundation) -> (Stack, Network) {
    let mut stack = site.protected_stack("VPC", "Network of the Region");
    let vpc = vpc(&mut stack, site);
    let public = subnets(&mut stack, site, &vpc, Tier::Public);
    let private_subnets = subnets(&mut stack, site, &vpc, Tier::Private);
    let isolated_subnets = subnets(&mut stack, site, &vpc, Tier::Isolated);
    let (public_table, public_route) = public_table(&mut stack, site, &vpc, &public);
    let mut tables = vec![public_table];
    let nat_gateways = nat_gateways(&mut stack, site, &public, &public_route);
    tables.extend(private_tables(&mut stack, site, &vpc, &private_subnets, &nat_gateways));
    tables.push(isolated_table(&mut stack, site, &vpc, &isolated_subnets));
    let (function_group, database_group) = security_groups(&mut stack, site, &vpc);
    endpoints::endpoints(&mut stack, site, &vpc, &tables, &private_subnets);
    flow_log::flow_log(&mut stack, site, &vpc, foundation);
    stack.output("VpcId", "The Region's VPC", vpc.reference());
    (stack, Network { private_subnets, isolated_subnets, function_group, database_group })
}

fn vpc(stack: &mut Stack, site: Site<'_>) -> Handle<Vpc> {
    stack.add(
        "Vpc",
        Vpc {
            cidr_block: set(site.cidr().to_string()),
            enable_dns_hostnames: set(true),
            enable_dns_support: set(true),
            tags: named(site, "vpc"),
            ..Vpc::default()
        },
    )
}

/// The `Name` tag by which the console shows a resource.
pub(crate) fn named(site: Site<'_>, name: &str) -> Option<Value<Vec<Value<Tag>>>> {
    set([Tag::new("Name", format!("{}-{name}", site.prefix()))])
}

fn subnets(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    tier: Tier,
) -> Vec<Handle<Subnet>> {
    let zones = site.topology.network.zones;
    (0..zones).map(|zone| subnet(stack, site, vpc, tier, zone)).collect()
}

fn subnet(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    tier: Tier,
    zone: u32,
) -> Handle<Subnet> {
    let network = &site.topology.network;
    let index = tier as u32 * network.zones + zone;
    let range = site.cidr().subnet(network.subnet_prefix, index);
    let range = range.expect("the topology has checked that every subnet fits in the range");
    let zone_ids = site.topology.zone_ids(site.home);
    let zone_id = zone_ids.get(zone as usize);
    stack.add(
        &format!("{}Subnet{}", tier.name(), zone + 1),
        Subnet {
            cidr_block: set(range.to_string()),
            availability_zone: zone_id.is_none().then(|| availability_zone(zone as usize)),
            availability_zone_id: zone_id.map(Into::into),
            map_public_ip_on_launch: set(false),
            tags: named(site, &format!("{}-{}", tier.name().to_ascii_lowercase(), zone + 1)),
            ..Subnet::new(vpc.reference())
        },
    )
}

fn public_table(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    subnets: &[Handle<Subnet>],
) -> (Handle<RouteTable>, Handle<Route>) {
    let gateway = stack.add("InternetGateway", InternetGateway { tags: named(site, "internet") });
    let attachment = stack.add(
        "InternetGatewayAttachment",
        VpcGatewayAttachment {
            internet_gateway_id: set(gateway.reference()),
            ..VpcGatewayAttachment::new(vpc.reference())
        },
    );
    let table = route_table(stack, site, vpc, "Public", subnets);
    let route = stack.add_with(
        "PublicRoute",
        Route {
            destination_cidr_block: set("0.0.0.0/0"),
            gateway_id: set(gateway.reference()),
            ..Route::new(table.reference())
        },
        Attributes::after(&attachment),
    );
    (table, route)
}

fn nat_gateways(
    stack: &mut Stack,
    site: Site<'_>,
    public: &[Handle<Subnet>],
    route: &Handle<Route>,
) -> Vec<Handle<NatGateway>> {
    let count = site.topology.network.nat_gateways as usize;
    let subnets = public.iter().take(count).enumerate();
    subnets.map(|(zone, subnet)| nat_gateway(stack, site, zone + 1, subnet, route)).collect()
}

/// Address and gateway need the way to the internet, which neither of them refers to.
fn nat_gateway(
    stack: &mut Stack,
    site: Site<'_>,
    number: usize,
    subnet: &Handle<Subnet>,
    route: &Handle<Route>,
) -> Handle<NatGateway> {
    let name = format!("nat-{number}");
    let address = Eip { domain: set("vpc"), tags: named(site, &name), ..Eip::default() };
    let after = || Attributes::after(route);
    let address = stack.add_with(&format!("NatAddress{number}"), address, after());
    let gateway = NatGateway {
        allocation_id: set(address.allocation_id()),
        subnet_id: set(subnet.reference()),
        tags: named(site, &name),
        ..NatGateway::default()
    };
    stack.add_with(&format!("NatGateway{number}"), gateway, after())
}

/// A table for each zone, so that each zone can have a gateway of its own.
fn private_tables(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    subnets: &[Handle<Subnet>],
    gateways: &[Handle<NatGateway>],
) -> Vec<Handle<RouteTable>> {
    let zones = subnets.iter().zip(gateways.iter().cycle()).enumerate();
    let tables = zones.map(|(zone, (subnet, gateway))| {
        let name = format!("Private{}", zone + 1);
        let table = route_table(stack, site, vpc, &name, std::slice::from_ref(subnet));
        let route = Route {
            destination_cidr_block: set("0.0.0.0/0"),
            nat_gateway_id: set(gateway.reference()),
            ..Route::new(table.reference())
        };
        stack.add(&format!("{name}Route"), route);
        table
    });
    tables.collect()
}

fn isolated_table(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    subnets: &[Handle<Subnet>],
) -> Handle<RouteTable> {
    route_table(stack, site, vpc, "Isolated", subnets)
}

fn route_table(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    name: &str,
    subnets: &[Handle<Subnet>],
) -> Handle<RouteTable> {
    let tags = named(site, &name.to_ascii_lowercase());
    let table = stack
        .add(&format!("{name}RouteTable"), RouteTable { tags, ..RouteTable::new(vpc.reference()) });
    for subnet in subnets {
        let id = format!("{}Association", subnet.logical_id());
        stack.add(&id, SubnetRouteTableAssociation::new(table.reference(), subnet.reference()));
    }
    table
}

/// Functions may call the database and, over TLS, anything; nothing else may call the database.
fn security_groups(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
) -> (Handle<SecurityGroup>, Handle<SecurityGroup>) {
    let https = Egress {
        cidr_ip: set("0.0.0.0/0"),
        description: set("AWS APIs and webhooks over TLS"),
        from_port: set(443),
        to_port: set(443),
        ..Egress::new("tcp")
    };
    let functions = security_group(stack, site, vpc, "Function", https, None);
    let nowhere = Egress {
        cidr_ip: set("127.0.0.1/32"),
        description: set("The database calls nobody"),
        ..Egress::new("-1")
    };
    let database = security_group(stack, site, vpc, "Database", nowhere, None);
    let from_functions = SecurityGroupIngress {
        description: set("PostgreSQL from the functions"),
        from_port: set(5432),
        to_port: set(5432),
        group_id: set(database.group_id()),
        source_security_group_id: set(functions.group_id()),
        ..SecurityGroupIngress::new("tcp")
    };
    stack.add("DatabaseFromFunctions", from_functions);
    let to_database = SecurityGroupEgress {
        description: set("PostgreSQL to the database"),
        from_port: set(5432),
        to_port: set(5432),
        destination_security_group_id: set(database.group_id()),
        ..SecurityGroupEgress::new(functions.group_id(), "tcp")
    };
    stack.add("FunctionsToDatabase", to_database);
    (functions, database)
}

/// A security group; what goes out is listed, because CloudFormation otherwise allows everything.
pub(crate) fn security_group(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    name: &str,
    egress: Egress,
    ingress: Option<Ingress>,
) -> Handle<SecurityGroup> {
    let word = name.to_ascii_lowercase();
    stack.add(
        &format!("{name}SecurityGroup"),
        SecurityGroup {
            vpc_id: set(vpc.reference()),
            security_group_egress: set([egress]),
            security_group_ingress: ingress.map(|ingress| [ingress].into()),
            tags: named(site, &word),
            ..SecurityGroup::new(format!("{} {word}", site.prefix()))
        },
    )
}
