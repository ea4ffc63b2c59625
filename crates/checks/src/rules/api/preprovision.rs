//! APIs that must exist before the loss.

use topology::Home;

use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// APIs, stages and custom domain names exist in the home standby before they are needed.
    ///
    /// ## What is checked
    ///
    /// Where the home primary has REST or HTTP APIs, stages or domain names, the home standby has some as well.
    ///
    /// ## Why it hurts
    ///
    /// Creating an API, a stage or a domain name writes DNS records, by Route 53's control plane in us-east-1. While
    /// that is down none can be created in any Region.
    ///
    /// ## What to change
    ///
    /// Deploy the API's stacks to both Regions.
    ///
    /// ## Source
    ///
    /// AWS Fault Isolation Boundaries, "Global services" and "Appendix A - Partitional service guidance".
    "apigw-preprovision": Blocker, NoTakeover, Documented, Pair;
    why: "the API cannot be created in the other Region while us-east-1 is down, so that there is no door";
    check
}

/// What does the same work under several types, and what it is called.
const NEEDED: [(&str, [&str; 2]); 3] = [
    ("API", ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"]),
    ("stage", ["AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"]),
    ("custom domain name", ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"]),
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(region) = design.region(Home::Standby) else { return };
    for (word, kinds) in NEEDED {
        let of = |home| kinds.into_iter().flat_map(move |kind| design.of_home(kind, home));
        let primaries: Vec<Resource<'_>> = of(Home::Primary).collect();
        let Some(first) = primaries.first() else { continue };
        judge.subject();
        if of(Home::Standby).next().is_some()
            || word == "stage" && deploys_stages(design)
            || kinds.iter().any(|kind| design.may_hide(kind, region))
        {
            continue;
        }
        let also: Vec<_> = primaries[1..].iter().take(2).map(|other| other.whole()).collect();
        judge.finding_with(
            &first.whole(),
            &also,
            format!("{} has the {word} `{}` and {region} has none", first.region(), first.id()),
            format!("deploy the stack `{}` to {region} as well", first.stack.name),
        );
        // Without an API there is no stage and no domain name either: one finding says it.
        break;
    }
}

/// Whether deployments of the home standby make stages by the way.
fn deploys_stages(design: &Design) -> bool {
    let mut deployments = design.of_home("AWS::ApiGateway::Deployment", Home::Standby);
    deployments.any(|deployment| deployment.at("StageName").exists() != Answer::Known(false))
}
