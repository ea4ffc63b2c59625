//! Executions of a definition: what Step Functions would do with it, for answers from a script.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What the function, or a person, answers to a payload.
pub(super) type Answer = Result<Value, &'static str>;

/// How an execution went.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Walk {
    /// What the function was told, in order, without what is the same in all of it.
    pub(super) told: Vec<String>,
    /// The state in which it ended.
    pub(super) end: String,
}

/// Executes a definition to its end.
pub(super) fn walk(definition: &Value, mut answer: impl FnMut(&str) -> Answer) -> Walk {
    let mut data = Map::new();
    let mut told = Vec::new();
    let mut name = definition["StartAt"].as_str().expect("it starts somewhere").to_owned();
    for _ in 0..1_000 {
        let state = &definition["States"][&name];
        name = match state["Type"].as_str() {
            Some("Task") => task(state, &mut data, &mut told, &mut answer),
            Some("Choice") => choose(state, &data),
            Some("Pass") => {
                keep(&mut data, &state["ResultPath"], state["Result"].clone());
                next(state)
            }
            _ => return Walk { told, end: name },
        };
    }
    panic!("it does not end: {:?}", &told[..20])
}

/// Attempts and retries until it is done or caught.
fn task(
    state: &Value,
    data: &mut Map<String, Value>,
    told: &mut Vec<String>,
    answer: &mut impl FnMut(&str) -> Answer,
) -> String {
    let payload = &state["Parameters"]["Payload"];
    let word = |key: &str| payload[key].as_str();
    let way = if word("way") == Some("back") { "back: " } else { "" };
    let line = match (word("action"), word("ask")) {
        (Some(action), _) => format!("{way}{action}"),
        (_, Some(ask)) => format!("{way}{ask}?"),
        _ => panic!("it says nothing: {payload}"),
    };
    let mut attempts: BTreeMap<usize, u64> = BTreeMap::new();
    loop {
        told.push(line.clone());
        let error = match answer(&line) {
            Ok(result) => {
                let result = state.get("ResultSelector").cloned().unwrap_or(result);
                keep(data, &state["ResultPath"], result);
                return next(state);
            }
            Err(error) => error,
        };
        let retriers: Vec<&Value> = state["Retry"].as_array().into_iter().flatten().collect();
        let retrier = retriers.iter().position(|retrier| names(retrier, error));
        if let Some(position) = retrier {
            let used = attempts.entry(position).or_default();
            *used += 1;
            if *used <= retriers[position]["MaxAttempts"].as_u64().expect("it has a number") {
                continue;
            }
        }
        let mut catchers = state["Catch"].as_array().into_iter().flatten();
        let catcher = catchers.find(|catcher| names(catcher, error)).expect("all is caught");
        keep(data, &catcher["ResultPath"], error.into());
        return next(catcher);
    }
}

fn names(rule: &Value, error: &str) -> bool {
    let errors = rule["ErrorEquals"].as_array().into_iter().flatten();
    errors.into_iter().any(|name| name == error || name == "States.ALL")
}

fn choose(state: &Value, data: &Map<String, Value>) -> String {
    let rules = state["Choices"].as_array().into_iter().flatten();
    let holds = |rule: &&Value| {
        let path = rule["Variable"].as_str().and_then(|path| path.strip_prefix("$."));
        let mut parts = path.expect("it is a path").split('.');
        let first = data.get(parts.next().expect("a path has a part"));
        let found = parts.fold(first, |value, part| value.and_then(|value| value.get(part)));
        match (&rule["IsPresent"], found) {
            (Value::Bool(wanted), found) => *wanted == found.is_some(),
            (_, Some(found)) => *found == rule["StringEquals"],
            (_, None) => panic!("compares something that is not there: {rule}"),
        }
    };
    rules
        .into_iter()
        .find(holds)
        .map_or_else(|| state["Default"].as_str().expect("a choice has a default").to_owned(), next)
}

fn keep(data: &mut Map<String, Value>, path: &Value, value: Value) {
    if let Some(path) = path.as_str() {
        let key = path.strip_prefix("$.").expect("it is a path");
        data.insert(key.to_owned(), value);
    }
}

fn next(rule: &Value) -> String {
    rule["Next"].as_str().expect("it goes on somewhere").to_owned()
}
