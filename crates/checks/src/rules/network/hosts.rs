//! Host names in texts, and which of them are in a Region.

use std::collections::BTreeSet;

use crate::design::Design;
use crate::regions;
use crate::rules::route53::records::{plain, records};

/// Endings of the host names of AWS's services.
const OF_AWS: [&str; 5] =
    [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".on.aws"];

/// The host names that a text holds: of URLs, and those that stand alone.
pub(super) fn of(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| letter.is_whitespace() || ",;\"'|".contains(letter));
    words.filter_map(|word| {
        let after = word.split_once("://").map_or(word, |(_, rest)| rest);
        let host = after.split(['/', '?', '#']).next()?;
        let host = host.rsplit('@').next()?;
        let is_port = |port: &str| port.bytes().all(|letter| letter.is_ascii_digit());
        let host =
            host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |one| one.0);
        host.contains('.').then_some(host)
    })
}

/// Whether a host name is one of a service of AWS in a Region.
pub(super) fn is_of_aws(host: &str, region: &str) -> bool {
    let host = host.trim_end_matches('.').to_lowercase();
    OF_AWS.iter().any(|ending| host.ends_with(ending)) && regions::stands_in(region, &host)
}

/// The host names that these templates give to what is in a Region, and not to what is in the other too.
pub(super) fn declared(design: &Design, region: &str) -> BTreeSet<String> {
    let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
    let mut add = |name: Option<String>, of: Option<&str>| {
        if let (Some(name), Some(of)) = (name, of) {
            let names = if of == region { &mut own } else { &mut others };
            names.insert(plain(&name));
        }
    };
    for kind in ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"] {
        for domain in design.of(kind) {
            add(domain.at("DomainName").text().known(), Some(domain.region()));
        }
    }
    for record in records(design) {
        let name = record.place.at("Name").text().known();
        let is_chosen = record.place.at("SetIdentifier").exists().known() != Some(false);
        let region = if is_chosen { Some("") } else { record.region.as_deref() };
        add(name, region);
    }
    own.difference(&others).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{is_of_aws, of};

    #[test]
    fn hosts_of_urls_and_alone() {
        let all = |text: &'static str| of(text).collect::<Vec<_>>();
        assert_eq!(all("https://user@pay.test:8443/us-east-1?x=a.b"), ["pay.test"]);
        assert_eq!(all("pay.test:5432, other.test"), ["pay.test", "other.test"]);
        assert_eq!(all("us-east-1"), Vec::<&str>::new());
    }

    #[test]
    fn hosts_of_a_region() {
        for host in
            ["sqs.us-east-1.amazonaws.com", "a.lambda-url.us-east-1.on.aws", "s3.us-east-1.api.aws"]
        {
            assert!(is_of_aws(host, "us-east-1"), "{host}");
        }
        for host in ["api-us-east-1.pay.test", "sqs.us-east-2.amazonaws.com", "iam.amazonaws.com"] {
            assert!(!is_of_aws(host, "us-east-1"), "{host}");
        }
    }
}
