//! cfn-lint finds nothing wrong with the definitions of state machines.

use serde_json::{Value, json};

use super::KINDS;
use crate::place::{Outcome, Place};

fn lint(place: &Place, definition: &Value) -> Outcome {
    let machine = json!({
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "Definition": definition,
            "DefinitionSubstitutions": {"RunbookFunction": "runbook"},
            "RoleArn": "arn:aws:iam::123456789012:role/runbook",
        },
    });
    place.write("machine.json", json!({"Resources": {"Machine": machine}}).to_string());
    place.cfn_lint("us-east-2", &["machine.json".to_owned()]).outcome()
}

#[test]
fn definitions() {
    let place = Place::with("");
    for kind in KINDS {
        let words = format!("{kind} --dry-run --output state-machine");
        let definition = place.tideover(&words).stdout();
        let mut definition: Value = serde_json::from_str(&definition).expect("it prints JSON");
        let outcome = lint(&place, &definition);
        assert_eq!(outcome.to_string(), "exit code 0\n", "{kind}");
        definition["StartAt"] = json!("nowhere");
        let outcome = lint(&place, &definition);
        assert!(outcome.stdout.starts_with("E3601 "), "it looks into definitions: {outcome}");
    }
}
