//! cfn-lint finds nothing wrong with the definitions of state machines.

use serde_json::{Map, Value, json};

use super::KINDS;
use crate::place::{Outcome, Place};

/// Lints a template with state machines of these definitions.
fn lint(place: &Place, definitions: &[Value]) -> Outcome {
    let machine = |definition: &Value| {
        json!({
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "Definition": definition,
                "DefinitionSubstitutions": {"RunbookFunction": "runbook"},
                "RoleArn": "arn:aws:iam::123456789012:role/runbook",
            },
        })
    };
    let numbered = definitions.iter().enumerate();
    let resources: Map<String, Value> =
        numbered.map(|(number, one)| (format!("Machine{number}"), machine(one))).collect();
    place.write("machines.json", json!({"Resources": resources}).to_string());
    place.cfn_lint("us-east-2", &["machines.json".to_owned()]).outcome()
}

#[test]
fn definitions() {
    let place = Place::with("");
    let mut definitions = KINDS.map(|kind| -> Value {
        let words = format!("{kind} --dry-run --output state-machine");
        serde_json::from_str(&place.tideover(&words).stdout()).expect("it prints JSON")
    });
    assert_eq!(lint(&place, &definitions).to_string(), "exit code 0\n");
    definitions[1]["StartAt"] = json!("nowhere");
    let outcome = lint(&place, &definitions);
    assert!(outcome.stdout.starts_with("E3601 "), "it looks into definitions: {outcome}");
}
