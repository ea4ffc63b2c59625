//! What waits for what, and what goes beside what.

use serde_json::json;

use super::*;
use crate::assembly::{Stack, Template};

pub(crate) fn stack(id: &str, dependencies: &[&str]) -> Stack {
    let json = json!({});
    Stack {
        id: id.to_owned(),
        name: format!("payment-{}", id.to_lowercase()),
        account: None,
        region: Some("us-east-1".to_owned()),
        template: Template { file: format!("{id}.json").into(), text: json.to_string(), json },
        parameters: BTreeMap::new(),
        tags: BTreeMap::new(),
        is_protected: false,
        deploy_role: None,
        execution_role: None,
        bootstrap_version: None,
        bootstrap_parameter: None,
        dependencies: dependencies.iter().map(ToString::to_string).collect(),
        assets: Vec::new(),
        images: Vec::new(),
        paths: BTreeMap::new(),
    }
}

fn assembly() -> Assembly {
    let stacks = [
        stack("PrimaryData", &["SecondaryKeys"]),
        stack("PrimaryGlobal", &["PrimaryData"]),
        stack("SecondaryData", &["PrimaryGlobal", "SecondaryKeys"]),
        stack("SecondaryKeys", &[]),
    ];
    Assembly { stacks: stacks.into() }
}

fn select(patterns: &[&str], exclusively: bool) -> Result<Vec<String>, Vec<String>> {
    let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    Ok(assembly().select(&patterns, exclusively)?.into_iter().collect())
}

#[test]
fn chooses_by_pattern() {
    let ids = |ids: &[&str]| Ok(ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let all = ["PrimaryData", "PrimaryGlobal", "SecondaryData", "SecondaryKeys"];
    assert_eq!(select(&[], false), ids(&all));
    assert_eq!(select(&["*"], true), ids(&all));
    assert_eq!(select(&["*Secondary*"], true), ids(&["SecondaryData", "SecondaryKeys"]));
    assert_eq!(select(&["*Data"], true), ids(&["PrimaryData", "SecondaryData"]));
    assert_eq!(
        select(&["PrimaryGlobal"], false),
        ids(&["PrimaryData", "PrimaryGlobal", "SecondaryKeys"])
    );
    assert_eq!(select(&["payment-secondarykeys"], true), ids(&["SecondaryKeys"]));
    assert_eq!(select(&["Secondary", "*Keys"], true), Err(vec!["Secondary".to_owned()]));
}

#[test]
fn whoever_waits_for_a_stack_goes_before_it() {
    let keys = BTreeSet::from(["PrimaryGlobal".to_owned()]);
    let with: Vec<String> = assembly().with_dependents(keys).into_iter().collect();
    assert_eq!(with, ["PrimaryGlobal", "SecondaryData"]);
}

#[test]
fn goes_forward_and_back() {
    let all = assembly().select(&[], false).unwrap();
    let waiting = assembly().waiting(&all).unwrap();
    let forward = order(waiting.clone());
    assert_eq!(forward, ["SecondaryKeys", "PrimaryData", "PrimaryGlobal", "SecondaryData"]);
    let mut back = order(reversed(&waiting));
    back.reverse();
    assert_eq!(back, forward);
}

fn order(mut waiting: Waiting) -> Vec<String> {
    let mut order = Vec::new();
    loop {
        let ready = take_ready(&mut waiting);
        if ready.is_empty() {
            return order;
        }
        ready.iter().for_each(|id| note_done(&mut waiting, id));
        order.extend(ready);
    }
}

#[test]
fn a_circle_is_told() {
    let assembly =
        Assembly { stacks: vec![stack("A", &["B"]), stack("B", &["A"]), stack("C", &[])] };
    let all = assembly.select(&[], false).unwrap();
    let fault = assembly.waiting(&all).unwrap_err();
    assert_eq!(fault.what, "these stacks wait for each other: A, B");
}
