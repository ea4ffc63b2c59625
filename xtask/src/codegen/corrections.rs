//! What the schemas do not say, or say in a way that nobody wants to use: kept by hand, with reasons.

/// Spots that stay free-form JSON: type name and definition or `Struct.Property`.
const RAW: &[(&str, &str)] = &[
    // 150 definitions that contain each other; rules are written once and read as JSON anyway.
    ("AWS::WAFv2::WebACL", "Statement"),
];

/// Spots that are plain text although the schema says more: type name and `Struct.Property`.
const TEXT: &[(&str, &str)] = &[
    // Allows any JSON type, but the process gets text.
    ("AWS::Lambda::Function", "Environment.Variables"),
    // A closed list of Regions would refuse the next one, and Regions come from configuration.
    ("AWS::Route53::HealthCheck", "AlarmIdentifier.Region"),
];

/// Properties that CloudFormation does not have: type name and property.
const ABSENT: &[(&str, &str)] = &[
    // Written into the schema by cfn-lint, for its own checks of `Ref`.
    ("AWS::CertificateManager::Certificate", "Id"),
];

/// What `Ref` yields where the primary identifier does not tell, as a `format` or plain text (empty).
const REFERENCES: &[(&str, &str)] = &[
    // Stage: name. WebACL: `name|id|scope`. EIP: address. Others: an id or a name that nobody refers to.
    ("AWS::ApiGateway::BasePathMapping", ""),
    ("AWS::ApiGateway::Deployment", ""),
    ("AWS::ApiGateway::Stage", ""),
    ("AWS::EC2::EIP", ""),
    ("AWS::EC2::Route", ""),
    // The name only outside of a VPC, which accounts no longer offer.
    ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroup.Id"),
    ("AWS::EC2::VPCGatewayAttachment", ""),
    // The name, though the identifier is the ARN.
    ("AWS::Events::Rule", ""),
    ("AWS::Lambda::Permission", ""),
    ("AWS::Route53::RecordSet", ""),
    ("AWS::WAFv2::WebACL", ""),
    ("AWS::WAFv2::WebACLAssociation", ""),
];

/// Whether a spot stays free-form JSON.
pub(crate) fn is_raw(type_name: &str, spot: &str) -> bool {
    RAW.contains(&(type_name, spot))
}

/// Whether a spot is plain text.
pub(crate) fn is_text(type_name: &str, spot: &str) -> bool {
    TEXT.contains(&(type_name, spot))
}

/// Whether a property of a resource type is not to be had.
pub(crate) fn is_absent(type_name: &str, property: &str) -> bool {
    ABSENT.contains(&(type_name, property))
}

/// What `Ref` yields, where that is kept here.
pub(crate) fn reference(type_name: &str) -> Option<&'static str> {
    REFERENCES.iter().find(|(name, _)| *name == type_name).map(|(_, format)| *format)
}
