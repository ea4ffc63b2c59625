//! What became of the Lambda functions.

use super::super::item::OUTPUT;
use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};

pub(crate) const FAMILY: Family = Family {
    title: "Functions",
    stack: "{home}Lambda",
    note: "",
    rules: RULES,
    settings: SETTINGS,
};

const RULES: &[Rule] = &[
    rule("AWS::Lambda::Function", "{function}dev*", Same(at("{home}Lambda", "{function}"))),
    rule("AWS::IAM::Role", "{function}devServiceRole*", Same(at("{home}Lambda", "{function}Role")))
        .because("Instead of two managed policies it has exactly what the function uses."),
    rule(
        "AWS::EC2::SecurityGroup",
        "{function}devSecurityGroup*",
        Same(at("{home}VPC", "FunctionSecurityGroup")),
    )
    .because("One group for all functions, which the database's group lets in."),
    rule(OUTPUT, "PaymentValidationArn", Same(at("{home}Lambda", "PaymentValidationArn")))
        .because("Callers use the alias, so that a new version can be shifted to and back from."),
];

const SETTINGS: &[Subject] = &[Subject {
    stack: "{home}Lambda",
    kind: "AWS::Lambda::Function",
    id: "*",
    settings: &[
        kept("VpcConfig/SubnetIds/#"),
        changed("FunctionName", "The same in both Regions (`cfn-role-neutral-templates`)."),
        changed("Runtime", "The functions are Rust."),
    ],
}];
