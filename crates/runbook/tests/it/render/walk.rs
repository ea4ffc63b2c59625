//! Executions of a definition: what Step Functions would do with it.

use serde_json::{Map, Value};

/// What the function, or a person by way of the token, answers.
pub(super) type Answer = Result<Value, &'static str>;

/// What the function is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told<'d> {
    /// `forward` or `back`.
    pub(super) way: &'d str,
    /// `action`, `approve` or `ask`.
    pub(super) word: &'static str,
    /// The name of the action that it is about.
    pub(super) name: &'d str,
    /// What may be answered.
    pub(super) answers: Vec<&'d str>,
}

/// Whoever is told.
pub(super) trait Function {
    fn answer(&mut self, told: &Told<'_>) -> Answer;
    /// Lets time pass before another attempt.
    fn wait(&mut self, seconds: u64);
}

/// Executes a definition to its end, which is the state in which it ends.
pub(super) fn walk(definition: &Value, function: &mut impl Function) -> String {
    let mut data = Map::new();
    let mut name = definition["StartAt"].as_str().expect("it starts somewhere").to_owned();
    for _ in 0..500 {
        let state = &definition["States"][&name];
        name = match state["Type"].as_str() {
            Some("Task") => task(state, &mut data, function),
            Some("Choice") => choose(state, &data),
            Some("Pass") => {
                keep(&mut data, &state["ResultPath"], state["Result"].clone());
                next(state)
            }
            _ => return name,
        };
    }
    panic!("it does not end, and is at {name}")
}

/// Attempts and retries until it is done or caught.
fn task(state: &Value, data: &mut Map<String, Value>, function: &mut impl Function) -> String {
    let told = told(&state["Parameters"]["Payload"]);
    let retriers: Vec<&Value> = state["Retry"].as_array().into_iter().flatten().collect();
    let mut used = vec![0; retriers.len()];
    loop {
        let error = match function.answer(&told) {
            Ok(result) => {
                let result = state.get("ResultSelector").cloned().unwrap_or(result);
                keep(data, &state["ResultPath"], result);
                return next(state);
            }
            Err(error) => error,
        };
        if let Some(position) = retriers.iter().position(|retrier| names(retrier, error)) {
            let number = |field: &str| retriers[position][field].as_u64();
            used[position] += 1;
            if Some(used[position]) <= number("MaxAttempts") {
                function.wait(number("IntervalSeconds").expect("it has a pause"));
                continue;
            }
        }
        let mut catchers = state["Catch"].as_array().into_iter().flatten();
        let catcher = catchers.find(|catcher| names(catcher, error)).expect("all is caught");
        keep(data, &catcher["ResultPath"], error.into());
        return next(catcher);
    }
}

fn told(payload: &Value) -> Told<'_> {
    let words = ["action", "approve", "ask"];
    let word = words.into_iter().find(|word| payload[word].is_string()).expect("it says something");
    let answers = payload["answers"].as_array().into_iter().flatten();
    Told {
        way: payload["way"].as_str().expect("it names the way"),
        word,
        name: payload[word].as_str().expect("it is a name"),
        answers: answers.filter_map(Value::as_str).collect(),
    }
}

fn names(rule: &Value, error: &str) -> bool {
    let mut errors = rule["ErrorEquals"].as_array().into_iter().flatten();
    errors.any(|name| name == error || name == "States.ALL")
}

fn choose(state: &Value, data: &Map<String, Value>) -> String {
    let mut rules = state["Choices"].as_array().into_iter().flatten();
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
    let default = || state["Default"].as_str().expect("a choice has a default").to_owned();
    rules.find(holds).map_or_else(default, next)
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
