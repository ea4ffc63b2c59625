//! The CDK's custom resources for references across Regions.

use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// No template has the custom resources by which the CDK carries references across Regions.
    ///
    /// ## What is checked
    ///
    /// No resource has a type that begins with `Custom::CrossRegionExport`: the CDK makes them for stacks with
    /// `crossRegionReferences`.
    ///
    /// ## Why it hurts
    ///
    /// A function writes the values to Parameter Store in the other Region and refuses to change or remove one that
    /// is in use. A changed value, a removed reference or a rollback leaves both stacks in a state that only work
    /// by hand ends, in the worst case in the middle of rebuilding a Region.
    ///
    /// ## What to change
    ///
    /// Take `crossRegionReferences: true` out, give the thing a name that follows from facts, and use it in both
    /// stacks:
    ///
    /// ```yaml
    /// GlobalClusterIdentifier: payments-global
    /// ```
    ///
    /// ## Source
    ///
    /// Public issues of aws/aws-cdk: 34813, 27902, 31105, 30771.
    "cfn-no-custom-resource-crossrefs": Warning, NotDeployable, Reported, Template;
    why: "rebuilding or removing one Region's stack deadlocks with the other's and ends in work by hand";
    check
}

const PREFIX: &str = "Custom::CrossRegionExport";

fn check(design: &Design, judge: &mut Judge<'_>) {
    design.stacks().iter().for_each(|_| judge.subject());
    for resource in design.resources().filter(|resource| resource.kind().starts_with(PREFIX)) {
        let writes = resource.at("WriterProps.region").text().known();
        let does = match &writes {
            Some(region) => format!("writes values for stacks of {region}"),
            None => "reads values that stacks of another Region wrote".to_owned(),
        };
        judge.finding(
            &resource.whole(),
            format!("`{}` {does}, by a function and Parameter Store", resource.kind()),
            "take `crossRegionReferences` out of the stacks, and name literally what they share",
        );
    }
}
