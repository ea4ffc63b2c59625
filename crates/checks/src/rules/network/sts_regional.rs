//! Where temporary credentials come from.

use crate::design::Design;
use crate::functions::{self, Functions};
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// Temporary credentials come from the STS endpoint of the own Region, not from the global one in us-east-1.
    ///
    /// ## What is checked
    ///
    /// Variables of functions and of ECS containers: `AWS_STS_REGIONAL_ENDPOINTS` is not `legacy`, and no variable
    /// holds `sts.amazonaws.com`. Where the variable is absent, the SDKs of today take the Region's endpoint; which
    /// SDK the code was built with no template says.
    ///
    /// ## Why it hurts
    ///
    /// When us-east-1 is lost nobody gets credentials there any more, in whichever Region the code runs.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// AWS_STS_REGIONAL_ENDPOINTS: regional
    /// ```
    ///
    /// ## Source
    ///
    /// AWS SDKs and Tools Reference Guide, "AWS STS Regional endpoints"; AWS Fault Isolation Boundaries, "Global
    /// services".
    "sts-regional": Error, NoTakeover, Documented, Pair;
    why: "when us-east-1 is lost, the code gets no credentials in any Region";
    check
}

const VARIABLE: &str = "AWS_STS_REGIONAL_ENDPOINTS";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let functions = Functions::of(design);
    for function in functions.with_serverless() {
        judge.subject();
        for (name, place) in functions::variables(function) {
            look(judge, name, &place);
        }
    }
    for task in design.of("AWS::ECS::TaskDefinition") {
        judge.subject();
        for container in task.at("ContainerDefinitions").items().known().unwrap_or_default() {
            for variable in container.at("Environment").items().known().unwrap_or_default() {
                if let Some(name) = variable.at("Name").text().known() {
                    look(judge, &name, &variable.at("Value"));
                }
            }
        }
    }
}

fn look(judge: &mut Judge<'_>, name: &str, place: &Place<'_>) {
    let Some(text) = place.text().known() else { return };
    if name == VARIABLE && text.eq_ignore_ascii_case("legacy") {
        judge.finding(
            place,
            format!(
                "`{VARIABLE}` is `{text}`: credentials come from the global endpoint in us-east-1"
            ),
            format!("set `{VARIABLE}: regional`"),
        );
    } else if text.contains("://sts.amazonaws.com") || text == "sts.amazonaws.com" {
        judge.finding(
            place,
            format!("`{name}` is `{text}`, the global endpoint in us-east-1"),
            "use `!Sub \"https://sts.${AWS::Region}.amazonaws.com\"`",
        );
    }
}
