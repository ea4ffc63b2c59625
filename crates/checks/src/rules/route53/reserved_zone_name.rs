//! Zones under names that nobody can have.

use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// The names that stand in documentation for others' (RFC 2606, section 3).
const RESERVED: [&str; 3] = ["example.com", "example.net", "example.org"];

rule! {
    /// The zone of a pair is under a name that can be had.
    ///
    /// ## What is checked
    ///
    /// `Name` of every public `AWS::Route53::HostedZone` is not example.com, example.net or example.org, nor below one
    /// of them.
    ///
    /// ## Why it hurts
    ///
    /// Route 53 refuses such a zone (`InvalidDomainName`), and with it everything that waits for the zone: records,
    /// certificates, the switch between the Regions.
    ///
    /// ## What to change
    ///
    /// Name a zone that is yours: `Name: payments.your-company.com`.
    ///
    /// ## Source
    ///
    /// RFC 2606, "Reserved Top Level DNS Names"; public reports of `InvalidDomainName: … is reserved by AWS!`.
    "r53-reserved-zone-name": Blocker, NotDeployable, Reported, Pair;
    why: "the zone cannot be created, so that there is no name to move between the Regions";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for zone in design.of("AWS::Route53::HostedZone") {
        let place = zone.at("Name");
        if zone.at("VPCs").exists() != crate::Answer::Known(false) {
            continue;
        }
        judge.subject();
        if let Some(Some(name)) = judge.text(&place)
            && is_reserved(&name)
        {
            judge.finding(
                &place,
                format!("the zone is `{name}`, which AWS reserves"),
                "set `Name` to a zone of yours, and the names of records and certificates below it",
            );
        }
    }
}

fn is_reserved(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    RESERVED.iter().any(|reserved| {
        name.strip_suffix(reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
