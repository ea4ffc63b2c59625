//! Names: from CloudFormation's spelling to Rust's.

/// Splits a name into words, in lower case: acronyms are words, digits end one.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, &char) in chars.iter().enumerate() {
        if !char.is_ascii_alphanumeric() || starts_word(&chars, at) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| char.is_ascii_alphanumeric()) {
            word.push(char.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn starts_word(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| chars[before]) else {
        return false;
    };
    if !chars[at].is_ascii_uppercase() {
        return false;
    }
    let ends_lower = before.is_ascii_lowercase() || before.is_ascii_digit();
    ends_lower || (before.is_ascii_uppercase() && goes_on_lower(&chars[at + 1..]))
}

/// Whether lower case follows that belongs to a new word, unlike the ends of `VPCs` and `WAFv2`.
fn goes_on_lower(rest: &[char]) -> bool {
    match rest {
        ['s'] | ['v', '0'..='9', ..] => false,
        ['s', next, ..] if !next.is_ascii_lowercase() => false,
        [next, ..] => next.is_ascii_lowercase(),
        [] => false,
    }
}

/// `VPCEndpoint` as `vpc_endpoint`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `VPCEndpoint` as `VpcEndpoint`.
pub(crate) fn camel(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// Name for what a property of a struct holds; a property that repeats the struct's name has enough of one.
pub(crate) fn nested(holder: &str, property: &str) -> String {
    let (holder, property) = (camel(holder), camel(property));
    if property.len() > holder.len() && property.starts_with(&holder) {
        property
    } else {
        holder + &property
    }
}

/// Name for an item of a list, from the list's.
pub(crate) fn singular(list: &str) -> String {
    let stem = list.strip_suffix('s').filter(|stem| !stem.ends_with('s'));
    match stem.map(|stem| (stem, stem.strip_suffix("ie"))) {
        Some((_, Some(stem))) => format!("{stem}y"),
        Some((stem, None)) => stem.to_owned(),
        None => list.to_owned(),
    }
}

/// A property's name as field or argument.
pub(crate) fn field(property: &str) -> String {
    let name = snake(property);
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// An allowed value's name as variant; `V` stands before a digit.
pub(crate) fn variant(value: &str) -> String {
    let name = camel(value);
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("V{name}") } else { name }
}

/// Module of a service: those whose own spelling is one word stay one.
pub(crate) fn service(name: &str) -> String {
    match name {
        "CloudWatch" | "DynamoDB" => name.to_lowercase(),
        _ => snake(name),
    }
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected_snake: &str, expected_camel: &str) {
        assert_eq!((snake(name).as_str(), camel(name).as_str()), (expected_snake, expected_camel));
    }

    #[test]
    fn acronyms_are_words() {
        check("VPC", "vpc", "Vpc");
        check("VPCEndpoint", "vpc_endpoint", "VpcEndpoint");
        check("DBClusterArn", "db_cluster_arn", "DbClusterArn");
        check("WebACLAssociation", "web_acl_association", "WebAclAssociation");
        check("VPCs", "vpcs", "Vpcs");
        check("KMSMasterKeyID", "kms_master_key_id", "KmsMasterKeyId");
    }

    #[test]
    fn digits_end_a_word() {
        check("S3Bucket", "s3_bucket", "S3Bucket");
        check("Ipv6CidrBlocks", "ipv6_cidr_blocks", "Ipv6CidrBlocks");
        check(
            "ServerlessV2ScalingConfiguration",
            "serverless_v2_scaling_configuration",
            "ServerlessV2ScalingConfiguration",
        );
        check("WAFv2", "wafv2", "Wafv2");
    }

    #[test]
    fn variants_come_from_values() {
        let values = [
            "aws:kms",
            "TLS_1_2",
            "arm64",
            "provided.al2023",
            "PAY_PER_REQUEST",
            "1.2",
            "dualstack",
        ];
        let variants =
            ["AwsKms", "Tls12", "Arm64", "ProvidedAl2023", "PayPerRequest", "V12", "Dualstack"];
        assert_eq!(values.map(variant), variants);
    }

    #[test]
    fn nested_names_do_not_stutter() {
        assert_eq!(nested("VpcEndpoint", "IpAddressType"), "VpcEndpointIpAddressType");
        assert_eq!(nested("VpcEndpoint", "VpcEndpointType"), "VpcEndpointType");
    }

    #[test]
    fn items_are_singular() {
        assert_eq!(
            ["Architectures", "Policies", "Access", "Schema"].map(singular),
            ["Architecture", "Policy", "Access", "Schema"]
        );
    }

    #[test]
    fn keywords_become_raw() {
        assert_eq!(["Type", "Tags"].map(field), ["r#type", "tags"]);
    }

    #[test]
    fn services_follow_their_own_spelling() {
        let names = ["EC2", "DynamoDB", "ApiGateway", "CloudWatch", "CertificateManager", "SNS"];
        let modules =
            ["ec2", "dynamodb", "api_gateway", "cloudwatch", "certificate_manager", "sns"];
        assert_eq!(names.map(service), modules);
    }
}
