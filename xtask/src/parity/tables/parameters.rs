//! What became of the parameters.

use super::super::rule::{Family, Fate::*, Rule, Subject, at, changed, kept, rule};

pub(crate) const FAMILY: Family = Family {
    title: "Parameters",
    stack: "{home}ParameterStore",
    note: "",
    rules: RULES,
    settings: SETTINGS,
};

const RULES: &[Rule] = &[
    rule("AWS::SSM::Parameter", "DBEndpointdev*", Same(at("{home}ParameterStore", "DbEndpoint"))),
    rule("AWS::SSM::Parameter", "APIUrldev*", Same(at("{home}ParameterStore", "ApiUrl"))),
];

const SETTINGS: &[Subject] = &[Subject {
    stack: "{home}ParameterStore",
    kind: "AWS::SSM::Parameter",
    id: "*",
    settings: &[
        kept("Type"),
        changed(
            "Name",
            "The same in both Regions, so that code asks alike (`ssm-parameters-both`).",
        ),
    ],
}];
