//! What the Amazon States Language asks of a definition, as far as ours use it
//! (<https://states-language.net/spec.html>), and the tests of these rules themselves.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use runbook::render::state_machine;
use runbook::{PlanKind, supposed};
use serde_json::{Map, Value, json};

use crate::pairs;

/// Names of errors that begin with `States.` and exist.
const RESERVED: [&str; 3] = ["States.ALL", "States.HeartbeatTimeout", "States.Timeout"];

const INVOKE: &str = "arn:aws:states:::lambda:invoke";
const INVOKE_AND_WAIT: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

/// Everything wrong with a definition.
pub(super) fn faults(definition: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    fields("the machine", definition, &["StartAt", "States"], &["Comment"], &mut faults);
    let Some(states) = definition["States"].as_object() else { return faults };
    for (name, state) in states {
        if name.chars().count() > 80 {
            faults.push(format!("{name}: longer than 80 characters"));
        }
        check_state(name, state, &mut faults);
        for next in successors(state) {
            if !states.contains_key(&next) {
                faults.push(format!("{name}: leads to `{next}`, which is not there"));
            }
        }
    }
    check_ways(definition, states, &mut faults);
    faults
}

/// Every state is come to, and an end is come to from every state.
fn check_ways(definition: &Value, states: &Map<String, Value>, faults: &mut Vec<String>) {
    let start = definition["StartAt"].as_str().unwrap_or_default().to_owned();
    if !states.contains_key(&start) {
        faults.push(format!("the machine starts at `{start}`, which is not there"));
    }
    let reached = closure(BTreeSet::from([start]), |name| successors(&states[name]), states);
    let ends = states.iter().filter(|(_, state)| is_end(state)).map(|(name, _)| name.clone());
    let before = |name: &str| {
        let leads = states.iter().filter(|(_, state)| successors(state).contains(&name.to_owned()));
        leads.map(|(name, _)| name.clone()).collect()
    };
    let ending = closure(ends.collect(), before, states);
    for name in states.keys() {
        if !reached.contains(name) {
            faults.push(format!("{name}: nothing leads to it"));
        }
        if !ending.contains(name) {
            faults.push(format!("{name}: no end is come to from it"));
        }
    }
}

fn closure(
    from: BTreeSet<String>,
    steps: impl Fn(&str) -> Vec<String>,
    states: &Map<String, Value>,
) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = from.into_iter().collect();
    while let Some(name) = open.pop() {
        if states.contains_key(&name) && seen.insert(name.clone()) {
            open.extend(steps(&name));
        }
    }
    seen
}

fn is_end(state: &Value) -> bool {
    ["Succeed", "Fail"].iter().any(|end| state["Type"] == *end) || state["End"] == true
}

pub(super) fn successors(state: &Value) -> Vec<String> {
    let listed = ["Choices", "Catch"].into_iter().filter_map(|list| state[list].as_array());
    let nexts = listed.flatten().map(|one| &one["Next"]);
    let all = [&state["Next"], &state["Default"]].into_iter().chain(nexts);
    all.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn check_state(name: &str, state: &Value, faults: &mut Vec<String>) {
    match state["Type"].as_str() {
        Some("Task") => check_task(name, state, faults),
        Some("Choice") => check_choice(name, state, faults),
        Some("Pass") => {
            fields(name, state, &["Type", "Next"], &["Comment", "Result", "ResultPath"], faults);
            check_path(name, &state["ResultPath"], faults);
        }
        Some("Succeed") => fields(name, state, &["Type"], &["Comment"], faults),
        Some("Fail") => fields(name, state, &["Type", "Error", "Cause"], &["Comment"], faults),
        _ => faults.push(format!("{name}: has no type that is known here")),
    }
}

fn check_task(name: &str, state: &Value, faults: &mut Vec<String>) {
    let needed =
        ["Type", "Resource", "Parameters", "ResultPath", "TimeoutSeconds", "Catch", "Next"];
    fields(
        name,
        state,
        &needed,
        &["Comment", "Retry", "ResultSelector", "HeartbeatSeconds"],
        faults,
    );
    within(name, "TimeoutSeconds", &state["TimeoutSeconds"], 1..=99_999_999, faults);
    if let Some(beat) = state.get("HeartbeatSeconds") {
        let longest = state["TimeoutSeconds"].as_u64().unwrap_or_default().saturating_sub(1);
        within(name, "HeartbeatSeconds", beat, 1..=longest, faults);
    }
    let payload = &state["Parameters"]["Payload"];
    let waits = state["Resource"] == INVOKE_AND_WAIT;
    if !waits && state["Resource"] != INVOKE {
        faults.push(format!("{name}: its resource is not an invocation of a function"));
    }
    if waits != (payload["token.$"] == "$$.Task.Token") {
        faults
            .push(format!("{name}: waits for a token that it does not give, or gives one in vain"));
    }
    if !waits && state["TimeoutSeconds"].as_u64() > Some(900) {
        faults.push(format!("{name}: no invocation of a function lasts so long"));
    }
    if !state["Parameters"]["FunctionName"].is_string() {
        faults.push(format!("{name}: invokes no function"));
    }
    for (key, value) in payload.as_object().into_iter().flatten() {
        let is_path = value.as_str().is_some_and(|value| value.starts_with('$'));
        if key.ends_with(".$") != is_path {
            faults.push(format!("{name}: `{key}` and its value do not fit"));
        }
    }
    check_path(name, &state["ResultPath"], faults);
    for retrier in state["Retry"].as_array().into_iter().flatten() {
        check_retrier(name, retrier, faults);
    }
    check_catchers(name, state, faults);
}

fn check_retrier(name: &str, retrier: &Value, faults: &mut Vec<String>) {
    let needed = ["ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate"];
    fields(name, retrier, &needed, &["MaxDelaySeconds"], faults);
    within(name, "IntervalSeconds", &retrier["IntervalSeconds"], 1..=99_999_999, faults);
    within(name, "MaxAttempts", &retrier["MaxAttempts"], 1..=99_999_998, faults);
    if !retrier["BackoffRate"].as_f64().is_some_and(|rate| rate >= 1.0) {
        faults.push(format!("{name}: its pauses would shrink"));
    }
    let most = &retrier["MaxDelaySeconds"];
    if !most.is_null() {
        let pause = retrier["IntervalSeconds"].as_u64().unwrap_or_default();
        within(name, "MaxDelaySeconds", most, pause + 1..=31_622_399, faults);
    }
    check_errors(name, retrier, faults);
}

fn check_catchers(name: &str, state: &Value, faults: &mut Vec<String>) {
    let catchers: Vec<&Value> = state["Catch"].as_array().into_iter().flatten().collect();
    if catchers.is_empty() {
        faults.push(format!("{name}: nothing is caught"));
    }
    for (position, catcher) in catchers.iter().enumerate() {
        fields(name, catcher, &["ErrorEquals", "ResultPath", "Next"], &[], faults);
        check_errors(name, catcher, faults);
        check_path(name, &catcher["ResultPath"], faults);
        let is_last = position + 1 == catchers.len();
        if is_last != (catcher["ErrorEquals"] == json!(["States.ALL"])) {
            faults.push(format!("{name}: everything is to be caught last, and alone"));
        }
    }
}

fn check_errors(name: &str, rule: &Value, faults: &mut Vec<String>) {
    let errors: Vec<&str> =
        rule["ErrorEquals"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if errors.is_empty() {
        faults.push(format!("{name}: a rule for no error"));
    }
    for error in errors {
        if error.starts_with("States.") && !RESERVED.contains(&error) {
            faults.push(format!("{name}: there is no error `{error}`"));
        }
    }
}

fn check_choice(name: &str, state: &Value, faults: &mut Vec<String>) {
    fields(name, state, &["Type", "Choices", "Default"], &["Comment"], faults);
    let rules: Vec<&Value> = state["Choices"].as_array().into_iter().flatten().collect();
    if rules.is_empty() {
        faults.push(format!("{name}: nothing to choose"));
    }
    for rule in rules {
        fields(name, rule, &["Variable", "Next"], &["IsPresent", "StringEquals"], faults);
        check_path(name, &rule["Variable"], faults);
        if rule["IsPresent"].is_boolean() == rule["StringEquals"].is_string() {
            faults.push(format!("{name}: a rule needs one comparison"));
        }
    }
}

/// A reference path as ours are, or null.
fn check_path(name: &str, path: &Value, faults: &mut Vec<String>) {
    let is_good = path.as_str().is_none_or(|path| {
        let allowed = |c: char| c.is_ascii_lowercase() || c == '_';
        path.strip_prefix("$.").is_some_and(|path| {
            path.split('.').all(|part| !part.is_empty() && part.chars().all(allowed))
        })
    });
    if !is_good {
        faults.push(format!("{name}: `{path}` is no path"));
    }
}

fn fields(name: &str, value: &Value, needed: &[&str], more: &[&str], faults: &mut Vec<String>) {
    let present = |key: &&&str| value.get(**key).is_some();
    let missing = needed.iter().filter(|key| !present(key));
    faults.extend(missing.map(|key| format!("{name}: has no `{key}`")));
    let keys = value.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    let extra = keys.filter(|key| !needed.contains(key) && !more.contains(key));
    faults.extend(extra.map(|key| format!("{name}: has `{key}`, which means nothing there")));
}

fn within(
    name: &str,
    field: &str,
    value: &Value,
    range: std::ops::RangeInclusive<u64>,
    faults: &mut Vec<String>,
) {
    if !value.as_u64().is_some_and(|value| range.contains(&value)) {
        faults.push(format!("{name}: {field} is {value}"));
    }
}

/// The definition of a kind of run.
pub(super) fn definition(kind: PlanKind) -> Value {
    let text = state_machine(&supposed(kind, &pairs::first()), "runbook");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn definitions_have_no_fault() {
    for kind in pairs::KINDS {
        assert_eq!(faults(&definition(kind)), [""; 0], "{kind}");
    }
}

/// An execution ends when its history has 25,000 events; an attempt makes five at most.
#[test]
fn histories_are_long_enough() {
    for kind in pairs::KINDS {
        let definition = definition(kind);
        let states = definition["States"].as_object().expect("it has states").values();
        let attempts = |state: &Value| {
            let retriers = state["Retry"].as_array().into_iter().flatten();
            1 + retriers.filter_map(|retrier| retrier["MaxAttempts"].as_u64()).sum::<u64>()
        };
        let events: u64 = states.map(|state| 5 * attempts(state) + 2).sum();
        assert!(events < 25_000, "{kind}: {events}");
    }
}

/// Spoils the definition of a failover, and compares the first fault that is found.
#[track_caller]
fn check(spoil: impl FnOnce(&mut Map<String, Value>), expected: Expect) {
    let mut definition = definition(PlanKind::Failover);
    spoil(definition["States"].as_object_mut().expect("it has states"));
    let faults = faults(&definition);
    expected.assert_eq(faults.first().map_or("none", String::as_str));
}

/// The same of one task.
#[track_caller]
fn check_open(field: &str, value: Value, expected: Expect) {
    let spoil = |states: &mut Map<String, Value>| states["14 open"][field] = value;
    check(spoil, expected);
}

#[test]
fn faults_of_the_machine() {
    let mut machine = definition(PlanKind::Failover);
    machine["StartAt"] = json!("nowhere");
    let faults = faults(&machine);
    assert!(faults.contains(&"the machine starts at `nowhere`, which is not there".to_owned()));
    assert!(faults.contains(&"01 triage: nothing leads to it".to_owned()));
}

#[test]
fn faults_of_the_ways() {
    check_open(
        "Next",
        json!("nowhere"),
        expect!["14 open: leads to `nowhere`, which is not there"],
    );
    let end = json!({"Type": "Succeed"});
    check(
        |states| drop(states.insert("alone".to_owned(), end)),
        expect!["alone: nothing leads to it"],
    );
    let rule = json!({"Variable": "$.a", "IsPresent": true, "Next": "loop"});
    let spin = json!({"Type": "Choice", "Choices": [rule], "Default": "loop"});
    check(
        |states| {
            states["14 open - answer"]["Default"] = json!("loop");
            states.insert("loop".to_owned(), spin);
        },
        expect!["loop: no end is come to from it"],
    );
}

#[test]
fn faults_of_tasks() {
    check_open("TimeoutSeconds", json!(0), expect!["14 open: TimeoutSeconds is 0"]);
    check_open(
        "TimeoutSeconds",
        json!(901),
        expect!["14 open: no invocation of a function lasts so long"],
    );
    check_open(
        "Resource",
        json!(INVOKE_AND_WAIT),
        expect!["14 open: waits for a token that it does not give, or gives one in vain"],
    );
    check_open(
        "Resource",
        json!("arn:aws:lambda:x"),
        expect!["14 open: its resource is not an invocation of a function"],
    );
    check_open("End", json!(true), expect!["14 open: has `End`, which means nothing there"]);
    check_open("ResultPath", json!("$.a-b"), expect![[r#"14 open: `"$.a-b"` is no path"#]]);
    check_open("Catch", json!([]), expect!["14 open: nothing is caught"]);
    check(
        |states| states["14 open"]["Parameters"]["Payload"]["run"] = json!("$.run"),
        expect!["14 open: `run` and its value do not fit"],
    );
    check(
        |states| states["14 open"]["Catch"].as_array_mut().expect("a list").reverse(),
        expect!["14 open: everything is to be caught last, and alone"],
    );
}

#[test]
fn faults_of_retriers() {
    let check_retrier = |field: &str, value: Value, expected: Expect| {
        check(|states| states["14 open"]["Retry"][0][field] = value, expected);
    };
    check_retrier("BackoffRate", json!(0.5), expect!["14 open: its pauses would shrink"]);
    check_retrier(
        "ErrorEquals",
        json!(["States.Any"]),
        expect!["14 open: there is no error `States.Any`"],
    );
    check_retrier("MaxDelaySeconds", json!(2), expect!["14 open: MaxDelaySeconds is 2"]);
    check_retrier("MaxAttempts", json!(-1), expect!["14 open: MaxAttempts is -1"]);
}

#[test]
fn faults_of_choices() {
    let name = "10 detach-database - due?";
    check(
        |states| states[name]["Choices"] = json!([]),
        expect!["10 detach-database - due?: nothing to choose"],
    );
    check(
        |states| states[name]["Choices"][0]["StringEquals"] = json!("x"),
        expect!["10 detach-database - due?: a rule needs one comparison"],
    );
    check(
        |states| states[name] = json!({"Type": "Parallel"}),
        expect!["10 detach-database - due?: has no type that is known here"],
    );
}
