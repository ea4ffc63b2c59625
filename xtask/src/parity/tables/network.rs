//! What became of the VPCs.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};

pub(crate) const FAMILY: Family =
    Family { title: "Network", stack: "{home}VPC", note: "", rules: RULES, settings: SETTINGS };

const RULES: &[Rule] = &[
    rule("AWS::EC2::VPC", "PaymentVPCdev*", Same(at("{home}VPC", "Vpc"))),
    rule(
        "AWS::EC2::Subnet",
        "PaymentVPCdev{tier}Subnet{n}Subnet*",
        Same(at("{home}VPC", "{tier}Subnet{n}")),
    ),
    rule(
        "AWS::EC2::SubnetRouteTableAssociation",
        "PaymentVPCdev{tier}Subnet{n}RouteTableAssociation*",
        Same(at("{home}VPC", "{tier}Subnet{n}Association")),
    ),
    rule(
        "AWS::EC2::RouteTable",
        "PaymentVPCdevPublicSubnet{n}RouteTable*",
        Same(at("{home}VPC", "PublicRouteTable")),
    )
    .because("One table for all public subnets: their routes never differ."),
    rule(
        "AWS::EC2::RouteTable",
        "PaymentVPCdevPrivateSubnet{n}RouteTable*",
        Same(at("{home}VPC", "Private{n}RouteTable")),
    ),
    rule(
        "AWS::EC2::RouteTable",
        "PaymentVPCdevIsolatedSubnet{n}RouteTable*",
        Same(at("{home}VPC", "IsolatedRouteTable")),
    )
    .because("One table for all isolated subnets: it has no routes but those of the endpoints."),
    rule(
        "AWS::EC2::Route",
        "PaymentVPCdevPublicSubnet{n}DefaultRoute*",
        Same(at("{home}VPC", "PublicRoute")),
    )
    .because("One route in the one table."),
    rule(
        "AWS::EC2::Route",
        "PaymentVPCdevPrivateSubnet{n}DefaultRoute*",
        Same(at("{home}VPC", "Private{n}Route")),
    ),
    rule(
        "AWS::EC2::EIP",
        "PaymentVPCdevPublicSubnet{n}EIP*",
        Same(at("{home}VPC", "NatAddress{n}")),
    ),
    rule(
        "AWS::EC2::NatGateway",
        "PaymentVPCdevPublicSubnet{n}NATGateway*",
        Same(at("{home}VPC", "NatGateway{n}")),
    )
    .because(
        "One as before; `network.nat_gateways` asks for one in each zone (`vpc-nat-az-redundant`).",
    ),
    rule(
        "AWS::EC2::InternetGateway",
        "PaymentVPCdevIGW*",
        Same(at("{home}VPC", "InternetGateway")),
    ),
    rule(
        "AWS::EC2::VPCGatewayAttachment",
        "PaymentVPCdevVPCGW*",
        Same(at("{home}VPC", "InternetGatewayAttachment")),
    ),
    rule("AWS::EC2::VPCEndpoint", "PaymentVPCdevS3Endpoint*", Same(at("{home}VPC", "S3Endpoint"))),
    rule(
        "AWS::EC2::VPCEndpoint",
        "PaymentVPCdevDynamoDBEndpoint*",
        Same(at("{home}VPC", "DynamodbEndpoint")),
    ),
    rule(OUTPUT, "VpcId", Same(at("{home}VPC", "VpcId"))),
];

const SETTINGS: &[Subject] = &[
    Subject {
        stack: "PrimaryVPC",
        kind: "AWS::EC2::VPC",
        id: "*",
        settings: &[
            kept("CidrBlock"),
            kept("EnableDnsHostnames"),
            kept("EnableDnsSupport"),
            kept("Tags/Environment"),
            kept("Tags/Repository"),
            kept("Tags/Author"),
            kept("Tags/Project"),
            kept("Tags/DR-Role"),
        ],
    },
    Subject {
        stack: "SecondaryVPC",
        kind: "AWS::EC2::VPC",
        id: "*",
        settings: &[
            changed(
                "CidrBlock",
                "VPCs with the same addresses can never be connected (`vpc-cidr-disjoint`).",
            ),
            changed("Tags/DR-Role", "The word for the second home role is `standby`."),
        ],
    },
    Subject {
        stack: "PrimaryVPC",
        kind: "AWS::EC2::Subnet",
        id: "*",
        settings: &[kept("CidrBlock")],
    },
    Subject {
        stack: "{home}VPC",
        kind: "AWS::EC2::Subnet",
        id: "*",
        settings: &[changed(
            "AvailabilityZone",
            "Still three, but asked of the Region when it is deployed, so that no account's look-up \
             decides a template.",
        )],
    },
    Subject {
        stack: "{home}VPC",
        kind: "AWS::EC2::Subnet",
        id: "PaymentVPCdevPublicSubnet*",
        settings: &[changed(
            "MapPublicIpOnLaunch",
            "Only the NAT gateway lives here, and it has an address of its own.",
        )],
    },
    Subject {
        stack: "{home}VPC",
        kind: "AWS::EC2::VPCEndpoint",
        id: "*",
        settings: &[kept("ServiceName"), kept("VpcEndpointType")],
    },
];
