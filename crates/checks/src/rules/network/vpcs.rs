//! Subnets, their zones, and the routes that lead out of them.

use std::collections::BTreeMap;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::value::Reference;

/// The networks of a design.
pub(super) struct Networks<'d> {
    design: &'d Design,
    /// Route tables by subnet.
    tables: BTreeMap<Reference, Resource<'d>>,
    /// Default routes by route table.
    defaults: BTreeMap<Reference, Vec<Resource<'d>>>,
    /// Subnets by VPC.
    subnets: BTreeMap<Reference, Vec<Resource<'d>>>,
}

impl<'d> Networks<'d> {
    /// The networks that these templates declare.
    pub(super) fn of(design: &'d Design) -> Self {
        let mut tables = BTreeMap::new();
        for association in design.of("AWS::EC2::SubnetRouteTableAssociation") {
            let subnet = referred(&association.at("SubnetId"));
            let table =
                referred(&association.at("RouteTableId")).and_then(|table| design.resource(&table));
            if let (Some(subnet), Some(table)) = (subnet, table) {
                tables.insert(subnet, table);
            }
        }
        let defaults = grouped(design, "AWS::EC2::Route", "RouteTableId", leads_everywhere);
        let subnets = grouped(design, "AWS::EC2::Subnet", "VpcId", |_| true);
        Self { design, tables, defaults, subnets }
    }

    /// The subnets of a VPC.
    pub(super) fn subnets(&self, vpc: &Reference) -> &[Resource<'d>] {
        self.subnets.get(vpc).map_or(&[], Vec::as_slice)
    }

    /// The route table of a subnet, where it is not its VPC's main one.
    pub(super) fn table(&self, subnet: Resource<'_>) -> Option<Resource<'d>> {
        self.tables.get(&subnet.reference(None)).copied()
    }

    /// The routes to everywhere that a subnet has.
    pub(super) fn defaults(&self, subnet: Resource<'_>) -> &[Resource<'d>] {
        let table = self.table(subnet).map(|table| table.reference(None));
        table.and_then(|table| self.defaults.get(&table)).map_or(&[], Vec::as_slice)
    }

    /// Whether a subnet has a way out of its VPC.
    pub(super) fn has_way_out(&self, subnet: Resource<'_>) -> Answer<bool> {
        if !self.defaults(subnet).is_empty() {
            return Answer::Known(true);
        }
        if self.table(subnet).is_none() {
            let why = format!("`{}` uses its VPC's main route table", subnet.id());
            return Answer::Unknown(Unknown(why));
        }
        if self.design.may_hide("AWS::EC2::Route", subnet.region()) {
            let why = format!("a route of `{}` may be hidden", subnet.id());
            return Answer::Unknown(Unknown(why));
        }
        Answer::Known(false)
    }
}

/// The VPC that a subnet or a gateway names.
pub(super) fn vpc(resource: Resource<'_>) -> Option<Reference> {
    referred(&resource.at("VpcId"))
}

/// The resource that a property refers to, without the attribute.
pub(super) fn referred(place: &Place<'_>) -> Option<Reference> {
    let reference = place.reference().known()?;
    Some(Reference { attribute: None, ..reference.clone() })
}

/// Resources of a type by what one of their properties refers to.
fn grouped<'d>(
    design: &'d Design,
    kind: &str,
    property: &str,
    counts: impl Fn(Resource<'d>) -> bool,
) -> BTreeMap<Reference, Vec<Resource<'d>>> {
    let mut groups: BTreeMap<Reference, Vec<Resource<'d>>> = BTreeMap::new();
    for resource in design.of(kind).filter(|resource| counts(*resource)) {
        if let Some(key) = referred(&resource.at(property)) {
            groups.entry(key).or_default().push(resource);
        }
    }
    groups
}

/// Whether a route is one to everywhere; one whose destination is not known may be.
fn leads_everywhere(route: Resource<'_>) -> bool {
    let places = [
        ("DestinationCidrBlock", "0.0.0.0/0"),
        ("DestinationIpv6CidrBlock", "::/0"),
        ("DestinationPrefixListId", ""),
    ];
    places.iter().any(|(property, everywhere)| match route.at(property).text() {
        Answer::Known(text) => everywhere.is_empty() || text == *everywhere,
        Answer::Unknown(_) => true,
        Answer::Absent => false,
    })
}
