//! Zone ids of aliases of API Gateway.

use super::apigw_custom_domain::domain;
use super::records::{Record, records};
use super::regions::{self, EDGE_ZONE_ID};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// An alias of API Gateway has the hosted zone id of API Gateway in the target's own Region.
    ///
    /// ## What is checked
    ///
    /// `AliasTarget.HostedZoneId` of every record whose target is a host or a Regional domain name of API Gateway in a
    /// known Region, against the list that AWS publishes; and an attribute is of the same domain name as `DNSName`.
    ///
    /// ## Why it hurts
    ///
    /// Route 53 refuses the record, because the target is not in that zone: the other Region has no name.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// AliasTarget:
    ///   DNSName: !GetAtt Domain.RegionalDomainName
    ///   HostedZoneId: !GetAtt Domain.RegionalHostedZoneId
    /// ```
    ///
    /// ## Source
    ///
    /// AWS General Reference, "Amazon API Gateway endpoints and quotas".
    "r53-apigw-zone-id": Blocker, NotDeployable, Documented, Template;
    why: "Route 53 refuses the record, so that the name never leads to that Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for record in records(design) {
        let Some((region, right)) = expected(design, &record) else { continue };
        judge.subject();
        let place = record.place.at("AliasTarget.HostedZoneId");
        let change = format!(
            "set `HostedZoneId` to `!GetAtt Domain.RegionalHostedZoneId` of the domain name in {region}, or to \
             `{right}`"
        );
        if let Some(given) = place.text().known().filter(|given| given != right) {
            let of = if given == EDGE_ZONE_ID {
                "of edge-optimized endpoints".to_owned()
            } else if let Some(other) = regions::of_execute_api_zone_id(&given) {
                format!("API Gateway's in {other}")
            } else {
                "no zone of API Gateway".to_owned()
            };
            let found = format!("the target is in {region}, and the zone id `{given}` is {of}");
            judge.finding(&place, found, change);
            continue;
        }
        let other = place.reference().known().and_then(|reference| design.resource(reference));
        if let (Some(zone), Some(domain)) = (other, domain(design, &record))
            && zone.kind() == domain.kind()
            && zone.region() != domain.region()
        {
            let found = format!(
                "the zone id is of `{}` in {}, the target in {region}",
                zone.id(),
                zone.region()
            );
            judge.finding(&place, found, change);
        }
    }
}

/// The Region of the API Gateway endpoint that a record is an alias of, and its zone id.
fn expected(design: &Design, record: &Record<'_>) -> Option<(String, &'static str)> {
    let value = record.place.at("AliasTarget.DNSName").value().known()?;
    let shown = value.shown();
    let regional = value.references().first().and_then(|reference| reference.attribute.as_deref())
        != Some("DistributionDomainName");
    let of_domain = domain(design, record).filter(|_| regional);
    let region = match of_domain {
        Some(domain) => domain.region().to_owned(),
        None if shown.contains(".execute-api.") && !shown.contains("vpce") => {
            regions::in_text(&shown)?.to_owned()
        }
        None => return None,
    };
    let id = regions::execute_api_zone_id(&region)?;
    Some((region, id))
}
