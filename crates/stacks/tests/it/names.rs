//! Whoever drives runs makes names of his own, from the same file: they are those of the templates.

use std::collections::BTreeSet;

use runbook::PlanKind;
use serde_json::Value;
use stacks::system;
use topology::Home;

use crate::{VARIETY, files, resources, topology};

/// The names that templates give to resources of a type, in the stacks of a Region.
fn named(
    resources: &[(String, String, Value)],
    home: Home,
    kind: &str,
    property: &str,
) -> BTreeSet<String> {
    let resources = resources.iter().filter(|(stack, _, resource)| {
        stack.starts_with(home.display()) && resource["Type"] == kind
    });
    resources.filter_map(|(_, _, resource)| name(&resource["Properties"][property])).collect()
}

fn name(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value["Fn::Sub"].as_str())?;
    Some(text.replace("${AWS::AccountId}", "123456789012"))
}

#[test]
fn names_are_those_of_the_templates() {
    for text in VARIETY {
        let topology = topology(text);
        let system = system(&topology);
        let all = resources(&files(text));
        for home in Home::BOTH {
            let is = |kind, property, wanted: &str| {
                let names = named(&all, home, kind, property);
                assert!(names.contains(wanted), "{kind} {wanted}: {names:?}");
            };
            let region = fence::RegionName::new(topology.region(home).name());
            is("AWS::RDS::DBCluster", "DBClusterIdentifier", &system.cluster(&region));
            is("AWS::ApiGateway::RestApi", "Name", &system.api());
            is("AWS::ApiGateway::Stage", "StageName", &system.names.stage);
            is("AWS::ApiGateway::DomainName", "DomainName", &system.public_domain());
            is("AWS::ApiGateway::DomainName", "DomainName", &system.regional_domain(&region));
            is("AWS::S3::Bucket", "BucketName", &system.bucket(&region, "123456789012"));
            is("AWS::Lambda::Function", "FunctionName", &system.runbook_function());
            is("AWS::Lambda::Function", "FunctionName", &system.ledger_function());
            is("AWS::Lambda::Alias", "Name", runbook::ALIAS);
            for (function, _) in &system.names.functions {
                is("AWS::Lambda::Function", "FunctionName", &system.function(function));
            }
            for kind in [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback] {
                let machine = system.state_machine(kind);
                is("AWS::StepFunctions::StateMachine", "StateMachineName", &machine);
            }
        }
        let primary = |kind, property| named(&all, Home::Primary, kind, property);
        let global = primary("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier");
        assert_eq!(global, [system.global_cluster()].into());
        let tables = named(&all, Home::Standby, "AWS::DynamoDB::GlobalTable", "TableName");
        assert!(tables.contains(&system.control_table()), "{tables:?}");
    }
}

/// The function that drives runs is told the same in both Regions, and can read it.
#[test]
fn the_function_is_told_of_the_system() {
    for text in VARIETY {
        let wanted = system(&topology(text));
        let mut seen = 0;
        for (stack, id, resource) in resources(&files(text)) {
            let variables = &resource["Properties"]["Environment"]["Variables"];
            if let Some(told) = variables["TIDEOVER_SYSTEM"].as_str() {
                assert_eq!(runbook::System::decode(told).as_ref(), Ok(&wanted), "{stack} {id}");
                seen += 1;
            }
        }
        assert_eq!(seen, 2);
    }
}
