//! Certificates for the public names.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::regions;
use crate::rule::rule;

rule! {
    /// Each Region has a certificate of its own for the public name, validated by DNS.
    ///
    /// ## What is checked
    ///
    /// For each custom domain of API Gateway and each listener of a load balancer in the pair: its certificate is in
    /// the same Region, and if it is one of these templates and not of a private authority, it has `ValidationMethod:
    /// DNS` (the default is `EMAIL`). For the name of a custom domain with such a certificate the other Region has a
    /// certificate or a domain too. That certificates are issued, and not about to expire, only the running system
    /// shows: health checks of Route 53 do not look at it.
    ///
    /// ## Why it hurts
    ///
    /// TLS fails in the standby although every check is green. A certificate that is asked for in the takeover waits
    /// for records in Route 53, whose control plane is in us-east-1, or for somebody who reads a mail.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Certificate:
    ///   Type: AWS::CertificateManager::Certificate
    ///   Properties:
    ///     DomainName: payments.example.com
    ///     ValidationMethod: DNS
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon API Gateway Developer Guide, "Set up a Regional custom domain name in API Gateway"; AWS Certificate
    /// Manager User Guide, "AWS Certificate Manager DNS validation".
    "acm-cert-both": Blocker, NoTakeover, Documented, Pair;
    why: "TLS fails in the Region that takes over, although every health check is green";
    check
}

const CERTIFICATE: &str = "AWS::CertificateManager::Certificate";

/// Where domains name their certificates.
const DOMAINS: [(&str, &str); 3] = [
    ("AWS::ApiGateway::DomainName", "RegionalCertificateArn"),
    ("AWS::ApiGatewayV2::DomainName", "DomainNameConfigurations"),
    ("AWS::ElasticLoadBalancingV2::Listener", "Certificates"),
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let names = Names::of(design);
    let mut used = BTreeSet::new();
    for (kind, property) in DOMAINS {
        for domain in design.of(kind).filter(|domain| design.home(*domain).is_some()) {
            for place in certificates(&domain.at(property)) {
                judge.subject();
                match place.reference().known() {
                    Some(reference) => drop(used.insert(reference)),
                    None => foreign(judge, domain, &place),
                }
            }
        }
    }
    let used = used.into_iter().filter_map(|reference| design.resource(reference));
    for certificate in used.filter(|one| one.kind() == CERTIFICATE) {
        validated(judge, certificate);
    }
    for home in Home::BOTH {
        for certificate in design.of_home(CERTIFICATE, home) {
            missing(design, judge, &names, certificate, home.other());
        }
    }
}

/// Where the ARNs of certificates stand.
fn certificates<'d>(place: &Place<'d>) -> Vec<Place<'d>> {
    let items = place.items().known().unwrap_or_default();
    let arns = items.into_iter().map(|item| {
        let inside = item.at("CertificateArn");
        if inside.exists() == Answer::Known(true) { inside } else { item }
    });
    arns.collect()
}

/// A certificate of another Region than the domain's.
fn foreign(judge: &mut Judge<'_>, domain: Resource<'_>, place: &Place<'_>) {
    let text = place.text().known().unwrap_or_default();
    let region = text.split_once(":acm:").and_then(|(_, rest)| rest.split(':').next());
    if let Some(region) = region.filter(|region| *region != domain.region()) {
        judge.finding(
            place,
            format!("the certificate is in {region}, and the domain in {}", domain.region()),
            format!("name a certificate of {}", domain.region()),
        );
    }
}

fn validated(judge: &mut Judge<'_>, certificate: Resource<'_>) {
    // A private authority issues without asking anybody.
    if certificate.at("CertificateAuthorityArn").exists().known() != Some(false) {
        return;
    }
    let method = certificate.at("ValidationMethod");
    let Some(said) = judge.text(&method) else { return };
    if said.as_deref() != Some("DNS") {
        let said =
            said.map_or("is absent, which means `EMAIL`".into(), |said| format!("is `{said}`"));
        judge.finding(
            &method,
            format!(
                "`ValidationMethod` {said}: issuing and renewing wait for somebody who reads a mail"
            ),
            "set `ValidationMethod: DNS`",
        );
    }
}

/// Names that each Region has a certificate or a domain for.
struct Names<'d> {
    by_home: BTreeMap<(Home, String), Resource<'d>>,
    domains: BTreeMap<(Home, String), Resource<'d>>,
}

impl<'d> Names<'d> {
    fn of(design: &'d Design) -> Self {
        let mut names = Self { by_home: BTreeMap::new(), domains: BTreeMap::new() };
        for home in Home::BOTH {
            for certificate in design.of_home(CERTIFICATE, home) {
                for name in all_names(design, certificate) {
                    names.by_home.insert((home, name), certificate);
                }
            }
            for kind in ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"] {
                for domain in design.of_home(kind, home) {
                    if let Some(name) = text(design, &domain.at("DomainName")) {
                        names.domains.insert((home, name), domain);
                    }
                }
            }
        }
        names
    }

    /// Whether a Region has something for a name, also by a wildcard.
    fn cover(&self, home: Home, name: &str) -> bool {
        let wildcard = name.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        [Some(name.to_owned()), wildcard].into_iter().flatten().any(|name| {
            self.by_home.contains_key(&(home, name.clone()))
                || self.domains.contains_key(&(home, name))
        })
    }
}

fn all_names(design: &Design, certificate: Resource<'_>) -> Vec<String> {
    let more = certificate.at("SubjectAlternativeNames").items().known().unwrap_or_default();
    let places = [certificate.at("DomainName")].into_iter().chain(more);
    places.filter_map(|place| text(design, &place)).collect()
}

fn text(design: &Design, place: &Place<'_>) -> Option<String> {
    Some(design.text(place.value().known()?).known()?.to_lowercase())
}

/// A certificate that serves a public name in one Region alone.
fn missing(
    design: &Design,
    judge: &mut Judge<'_>,
    names: &Names<'_>,
    certificate: Resource<'_>,
    other: Home,
) {
    let Some(region) = design.region(other) else { return };
    let serves = |name: &String| {
        let home = other.other();
        names.domains.contains_key(&(home, name.clone())) && regions::named(name).is_empty()
    };
    let Some(name) = text(design, &certificate.at("DomainName")).filter(serves) else { return };
    judge.subject();
    if !names.cover(other, &name) && !design.may_hide(CERTIFICATE, region) {
        judge.finding(
            &certificate.whole(),
            format!("`{name}` has a certificate in {}, and neither that nor a domain in {region}", certificate.region()),
            format!("add a certificate for `{name}` with `ValidationMethod: DNS` to {region}, and a domain that uses it"),
        );
    }
}
