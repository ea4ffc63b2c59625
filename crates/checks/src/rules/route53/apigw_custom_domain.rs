//! The name that API Gateway answers to.

use super::records::{Record, name_or_id, plain, records};
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Records lead to a Regional custom domain name of API Gateway, the same name in both Regions, never to the
    /// default host of an API.
    ///
    /// ## What is checked
    ///
    /// No alias and no value of a record is a host of the form `{api}.execute-api.{region}.amazonaws.com`. Where a
    /// name leads to both Regions, each alias is of an `AWS::ApiGateway::DomainName` whose `DomainName` is the record's
    /// name, and whose endpoint type is `REGIONAL`. Its certificate is left to `acm-cert-both`.
    ///
    /// ## Why it hurts
    ///
    /// The default host has the certificate of `*.execute-api.{region}.amazonaws.com` and knows no other host name: TLS
    /// fails for every client, before a request is read. An edge-optimized name can exist in one Region only.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Domain:
    ///   Type: AWS::ApiGateway::DomainName
    ///   Properties:
    ///     DomainName: api.example.com            # the same in both Regions
    ///     EndpointConfiguration: {Types: [REGIONAL]}
    ///     RegionalCertificateArn: !Ref Certificate
    /// Record:
    ///   Type: AWS::Route53::RecordSet
    ///   Properties:
    ///     AliasTarget:
    ///       DNSName: !GetAtt Domain.RegionalDomainName
    ///       HostedZoneId: !GetAtt Domain.RegionalHostedZoneId
    /// ```
    ///
    /// ## Source
    ///
    /// API Gateway Developer Guide, "Set up a Regional custom domain name in API Gateway" and "Configure custom health
    /// checks for DNS failover for an API Gateway API".
    "r53-apigw-custom-domain": Blocker, NoTakeover, Documented, Template;
    why: "API Gateway has neither a certificate nor a mapping for the name, so that no request of a customer is served";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for record in records(design).iter().filter(|record| is_judged(design, record)) {
        judge.subject();
        for host in hosts(record).iter().filter(|host| is_default_host(&host.shown())) {
            judge.finding(
                host,
                format!(
                    "`{}` leads to `{}`, the default host of an API",
                    name_or_id(design, record.resource, &record.place.at("Name")),
                    host.shown()
                ),
                "create an `AWS::ApiGateway::DomainName` of the record's name with type `REGIONAL` in each Region, map \
                 the API to it, and set `DNSName` to `!GetAtt Domain.RegionalDomainName`",
            );
        }
    }
    let routing = Routing::of(design);
    for (group, record) in routing.members() {
        if let Some(domain) = domain(design, record) {
            check_domain(design, judge, &group.name, record, domain);
        }
    }
}

fn check_domain(
    design: &Design,
    judge: &mut Judge<'_>,
    name: &str,
    record: &Record<'_>,
    domain: Resource<'_>,
) {
    let place = record.place.at("AliasTarget.DNSName");
    let named = domain.at("DomainName");
    let known = named.value().known().and_then(|value| design.text(value).known());
    if let Some(known) = known.map(|known| plain(&known))
        && !name.contains("${")
        && !covers(&known, name)
    {
        judge.finding_with(
            &place,
            &[named],
            format!("`{name}` is an alias of the domain name `{known}`, which does not answer to it"),
            format!(
                "create an `AWS::ApiGateway::DomainName` with `DomainName: {name}` in {} and alias that",
                domain.region()
            ),
        );
    }
    let types = domain.at("EndpointConfiguration.Types").items();
    if domain.kind() == "AWS::ApiGateway::DomainName" && !matches!(types, Answer::Unknown(_)) {
        let types = types.known().unwrap_or_default();
        let regional = types.iter().any(|kind| kind.text() != Answer::Known("EDGE".into()));
        if !regional {
            judge.finding_with(
                &domain.at("EndpointConfiguration.Types"),
                &[place],
                format!(
                    "domain name `{}` is edge-optimized, which it can be in one Region only",
                    domain.id()
                ),
                "set `EndpointConfiguration: {Types: [REGIONAL]}` and `RegionalCertificateArn`",
            );
        }
    }
}

/// Whether a domain name answers to a host name: it is the same, or a wildcard one level above.
fn covers(domain: &str, name: &str) -> bool {
    let above = name.split_once('.').map(|(_, above)| above);
    domain == name || domain.strip_prefix("*.").is_some_and(|parent| above == Some(parent))
}

/// The domain name that a record is an alias of.
pub(super) fn domain<'d>(design: &'d Design, record: &Record<'d>) -> Option<Resource<'d>> {
    let reference = record.place.at("AliasTarget.DNSName").reference().known()?;
    let found = design.resource(reference)?;
    let kinds = ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"];
    kinds.contains(&found.kind()).then_some(found)
}

fn is_judged(design: &Design, record: &Record<'_>) -> bool {
    record.is_alias_of_api(design)
        || hosts(record).iter().any(|host| host.shown().contains(".execute-api."))
}

/// What a record leads to.
fn hosts<'d>(record: &Record<'d>) -> Vec<Place<'d>> {
    let mut hosts = record.place.at("ResourceRecords").items().known().unwrap_or_default();
    hosts.push(record.place.at("AliasTarget.DNSName"));
    hosts
}

/// Domain names of API Gateway begin with `d-`, endpoints of a VPC with `vpce-`; everything else is an API's own host.
fn is_default_host(host: &str) -> bool {
    let Some((api, rest)) = host.split_once(".execute-api.") else { return false };
    !api.starts_with("d-") && !api.contains("vpce") && !rest.contains(".vpce.")
}
