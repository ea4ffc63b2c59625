//! Rules about CloudFormation stacks and CDK assemblies.

mod data_of_pair;
mod deletion_and_replace_policy;
mod export_names_unique;
mod get_stack_output;
mod global_names_unique;
mod layering;
mod no_custom_resource_crossrefs;
mod no_import_across_regions;
mod role_neutral_templates;
mod stack_without_resources;
mod stateful;
mod taken;
mod termination_protection;
mod weak_ref_couples_deploys;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    deletion_and_replace_policy::RULE,
    export_names_unique::RULE,
    get_stack_output::RULE,
    global_names_unique::RULE,
    layering::RULE,
    no_custom_resource_crossrefs::RULE,
    no_import_across_regions::RULE,
    role_neutral_templates::RULE,
    stack_without_resources::RULE,
    termination_protection::RULE,
    weak_ref_couples_deploys::RULE,
];

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[
    RunTime {
        code: "cdk-assembly-version",
        severity: Severity::Error,
        rule: "An assembly is written in a low version of the schema, such as 36.0.0, and the CDK CLI is pinned: a \
               CLI refuses manifests that are newer than itself.",
        why: "the assembly that must be deployed in an incident is refused by the CLI at hand",
        checked: "by `cdk ls --app DIR` in CI, with the pinned version of the CLI",
        source: "the cloud assembly schema of the AWS CDK; tried with aws-cdk 2.1148.1 and 3.0.0",
    },
    RunTime {
        code: "cdk-bootstrap-both",
        severity: Severity::Blocker,
        rule: "Both Regions are bootstrapped for the CDK, with the same qualifier.",
        why: "the standby cannot be deployed, or not by the same pipeline",
        checked: "by reading the SSM parameter `/cdk-bootstrap/QUALIFIER/version` in both Regions of the account",
        source: "AWS CDK Developer Guide, \"AWS CDK bootstrapping\"",
    },
    RunTime {
        code: "cfn-deploy-guard-after-failover",
        severity: Severity::Blocker,
        rule: "Before every deployment the role of the moment is compared with the model; none is made while a run is \
               open, and change sets that replace what holds data are refused.",
        why: "a routine pipeline takes the recovery back",
        checked: "in the pipeline: a change set with deployment mode `REVERT_DRIFT` is created, reviewed and never \
                  executed by itself",
        source: "AWS CloudFormation User Guide, \"Using drift-aware change sets\"",
    },
    RunTime {
        code: "cfn-drift-aware-limits",
        severity: Severity::Warning,
        rule: "Drift-aware change sets are reviewed by a person: they cannot reconcile immutable properties, and take \
               back what was closed by hand in the incident.",
        why: "it would open a gate or enable a consumer again that was closed on purpose",
        checked: "by reading the change set after an incident, against the record of the run",
        source: "AWS CloudFormation User Guide, \"Using drift-aware change sets\"",
    },
    RunTime {
        code: "cfn-express-mode",
        severity: Severity::Warning,
        rule: "Stacks that hold data are not deployed in Express mode, whose defaults for rollback differ.",
        why: "a failed change of what holds data may not be rolled back as expected",
        checked: "in the pipeline's arguments and in the events of the stack",
        source: "AWS CloudFormation API Reference, `CreateChangeSet` and `ExecuteChangeSet`",
    },
];
