//! The networks that the two Regions may have to join: those with a database, or with what reaches one, and those that
//! are joined with others already.

use std::collections::BTreeSet;

use super::vpcs;
use crate::design::Design;
use crate::payment_path::PaymentPath;
use crate::place::Place;
use crate::value::{Reference, Value};

/// What names the VPC that it joins with others.
const JOINS: [(&str, &str); 5] = [
    ("AWS::EC2::TransitGatewayAttachment", "VpcId"),
    ("AWS::EC2::TransitGatewayVpcAttachment", "VpcId"),
    ("AWS::EC2::VPCPeeringConnection", "PeerVpcId"),
    ("AWS::EC2::VPCPeeringConnection", "VpcId"),
    ("AWS::NetworkManager::VpcAttachment", "VpcArn"),
];

/// What names the subnets or the security groups of databases.
const OF_DATABASES: [(&str, &str); 4] = [
    ("AWS::RDS::DBCluster", "VpcSecurityGroupIds"),
    ("AWS::RDS::DBInstance", "VPCSecurityGroups"),
    ("AWS::RDS::DBProxy", "VpcSubnetIds"),
    ("AWS::RDS::DBSubnetGroup", "SubnetIds"),
];

/// The VPCs of these templates that may have to be joined.
pub(super) fn vpcs(design: &Design) -> BTreeSet<Reference> {
    let mut found = BTreeSet::new();
    for (kind, property) in JOINS {
        found.extend(design.of(kind).flat_map(|one| referred(&one.at(property))));
    }
    let path = PaymentPath::of(design);
    let functions = path.functions.with_serverless();
    let reaching = functions.filter(|function| path.reached_by(*function).is_some());
    let inside = reaching.map(|function| function.at("VpcConfig.SubnetIds"));
    let databases = OF_DATABASES
        .into_iter()
        .flat_map(|(kind, property)| design.of(kind).map(move |one| one.at(property)));
    for place in databases.chain(inside) {
        let members = referred(&place).into_iter();
        let members = members.filter_map(|member| design.resource(&member));
        found.extend(members.filter_map(vpcs::vpc));
    }
    found
}

/// Everything that a property refers to, without attributes.
fn referred(place: &Place<'_>) -> Vec<Reference> {
    let value = place.value().known();
    let references = value.map(Value::references).unwrap_or_default().into_iter();
    references.map(|one| Reference { attribute: None, ..one.clone() }).collect()
}
