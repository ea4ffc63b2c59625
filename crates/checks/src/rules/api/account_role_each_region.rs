//! The role by which API Gateway writes logs.

use topology::Home;

use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// The log role of API Gateway is set once in each Region of the pair, and stays when a stack goes.
    ///
    /// ## What is checked
    ///
    /// No Region of the pair has two `AWS::ApiGateway::Account`; and where one Region has it and the other has a
    /// stage of a REST API that writes logs, the other has it too. It may be set outside of these templates: where
    /// neither Region has it, nothing is said.
    ///
    /// ## Why it hurts
    ///
    /// The setting is the account's, one in each Region. Where it is missing a stage with logs cannot be deployed or
    /// writes none; two stacks overwrite each other's.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Account:
    ///   Type: AWS::ApiGateway::Account
    ///   DeletionPolicy: Retain
    ///   Properties:
    ///     CloudWatchRoleArn: !GetAtt LogRole.Arn
    /// ```
    ///
    /// ## Source
    ///
    /// CloudFormation Template Reference, "AWS::ApiGateway::Account".
    "apigw-account-role-each-region": Error, Unseen, Documented, Pair;
    why: "after the takeover the API of the other Region writes no logs, so that nobody sees what fails";
    check
}

const KIND: &str = "AWS::ApiGateway::Account";

fn check(design: &Design, judge: &mut Judge<'_>) {
    for home in Home::BOTH {
        let accounts: Vec<Resource<'_>> = design.of_home(KIND, home).collect();
        if let Some(first) = accounts.first() {
            judge.subject();
            for second in &accounts[1..] {
                judge.finding_with(
                    &second.whole(),
                    &[first.whole()],
                    format!(
                        "{} has {} `{KIND}`, which overwrite each other",
                        first.region(),
                        accounts.len()
                    ),
                    "keep one for the account and Region, in a stack of its own, with `DeletionPolicy: Retain`",
                );
            }
            check_other(design, judge, home.other(), *first);
        }
    }
}

/// The other Region writes logs as well, and so needs the role as well.
fn check_other(design: &Design, judge: &mut Judge<'_>, home: Home, account: Resource<'_>) {
    let Some(region) = design.region(home) else { return };
    if design.of_home(KIND, home).next().is_some() || design.may_hide(KIND, region) {
        return;
    }
    let mut stages = design.of_home("AWS::ApiGateway::Stage", home);
    if let Some(stage) = stages.find(|stage| writes_logs(*stage)) {
        judge.finding_with(
            &stage.whole(),
            &[account.whole()],
            format!(
                "`{}` writes logs and {region} has no `{KIND}`, unlike {}",
                stage.id(),
                account.region()
            ),
            format!("add an `{KIND}` with its role to {region}"),
        );
    }
}

fn writes_logs(stage: Resource<'_>) -> bool {
    let settings = stage.at("MethodSettings").items().known().unwrap_or_default();
    let level = |setting: &crate::place::Place<'_>| setting.at("LoggingLevel").text().known();
    stage.at("AccessLogSetting").exists() == Answer::Known(true)
        || settings.iter().any(|setting| level(setting).is_some_and(|level| level != "OFF"))
}
