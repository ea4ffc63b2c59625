//! Each idempotency key as a register that is written once: with the movement that stands for it, or
//! with a refusal. Money moves under it at most once, and what is in it is there in the end.

use std::collections::{BTreeMap, BTreeSet};

use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::Action::{Call, Response};
use todc_utils::linearizability::history::{Action, History};
use todc_utils::specifications::Specification;

use super::exported::{Exported, Heard};

/// A key.
struct Key;

/// What is in it, and whether money has moved for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Register {
    outcome: Option<Heard>,
    has_moved: bool,
}

/// What is done to it.
#[derive(Clone, Debug)]
enum Operation {
    /// A client asks, and hears this; nothing when it never heard anything.
    Ask(Option<Heard>),
    /// The processor moves money for this movement.
    Move(String),
    /// The ledger and the quarantine are read in the end: all movements under the key that count.
    Read(BTreeSet<String>),
}

impl Specification for Key {
    type State = Register;
    type Operation = Operation;

    fn init() -> Register {
        Register::default()
    }

    fn apply(operation: &Operation, register: &Register) -> (bool, Register) {
        let write = |outcome: &Heard, has_moved: bool| {
            let fits = register.outcome.as_ref().is_none_or(|before| before == outcome);
            (fits, Register { outcome: Some(outcome.clone()), has_moved })
        };
        match operation {
            Operation::Ask(None) => (true, register.clone()),
            Operation::Ask(Some(heard)) => write(heard, register.has_moved),
            Operation::Move(movement) => {
                let (fits, next) = write(&Heard::Movement(movement.clone()), true);
                (fits && !register.has_moved, next)
            }
            Operation::Read(movements) => {
                let fits = match &register.outcome {
                    None => movements.len() <= 1,
                    Some(Heard::Movement(movement)) => {
                        *movements == BTreeSet::from([movement.clone()])
                    }
                    Some(Heard::Refusal) => movements.is_empty(),
                };
                (fits, register.clone())
            }
        }
    }
}

/// Every key that is no such register.
pub(super) fn faults(exported: &Exported) -> Vec<String> {
    let keys = operations(exported);
    let faulty = keys.into_iter().filter(|(_, operations)| !is_linearizable(operations.clone()));
    faulty.map(|(key, operations)| format!("key {key}: {}", told(&operations))).collect()
}

/// An operation from one place of the history to another; without an end, it never returned.
type Timed = (usize, Option<usize>, Operation);

fn operations(exported: &Exported) -> BTreeMap<String, Vec<Timed>> {
    let mut keys: BTreeMap<String, Vec<Timed>> = BTreeMap::new();
    let names = names(exported);
    for asked in &exported.tries {
        let name = names.get(&asked.request).cloned();
        let name = name.unwrap_or_else(|| format!("of request {}", asked.request));
        let (end, heard) = asked.heard.clone().unzip();
        let operations = keys.entry(name).or_default();
        // One try without an answer stands for all: each may have done the same at any time, and the
        // search takes twice as long for each.
        let is_told = |(_, _, it): &Timed| matches!(it, Operation::Ask(None));
        if heard.is_some() || !operations.iter().any(is_told) {
            operations.push((asked.sent, end, Operation::Ask(heard)));
        }
    }
    for moved in &exported.moved {
        let operation = Operation::Move(moved.movement.clone());
        let operations = keys.entry(name_of(exported, &moved.movement)).or_default();
        operations.push((moved.at, Some(moved.at), operation));
    }
    let mut read: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let is_taken = |(_, (state, _)): &(&String, &(String, i64))| state != "refused";
    let in_ledger = exported.ledger.iter().filter(is_taken).map(|(movement, _)| movement);
    for movement in in_ledger.chain(&exported.held) {
        read.entry(name_of(exported, movement)).or_default().insert(movement.clone());
    }
    for (name, operations) in &mut keys {
        let movements = read.remove(name).unwrap_or_default();
        // After everything that returned, and before whatever did not.
        operations.push((usize::MAX - 1, Some(usize::MAX - 1), Operation::Read(movements)));
    }
    keys
}

/// The name of each request's key, by the movement that it was acknowledged with first.
fn names(exported: &Exported) -> BTreeMap<u64, String> {
    let mut names = BTreeMap::new();
    for asked in &exported.tries {
        if let Some((_, Heard::Movement(movement))) = &asked.heard {
            names.entry(asked.request).or_insert_with(|| name_of(exported, movement));
        }
    }
    names
}

fn name_of(exported: &Exported, movement: &str) -> String {
    exported.keys.get(movement).cloned().unwrap_or_else(|| format!("of {movement}"))
}

fn is_linearizable(operations: Vec<Timed>) -> bool {
    WGLChecker::<Key>::is_linearizable(history(operations))
}

/// Every operation is a process of its own, because a client that heard nothing goes on. What never
/// returned may take effect after all else, which is as if it had none.
pub(super) fn history<T: Clone>(operations: Vec<(usize, Option<usize>, T)>) -> History<T> {
    let mut actions: Vec<(usize, usize, usize, Action<T>)> = Vec::new();
    for (process, (begin, end, operation)) in operations.into_iter().enumerate() {
        actions.push((begin, 0, process, Call(operation.clone())));
        actions.push((end.unwrap_or(usize::MAX), 1, process, Response(operation)));
    }
    actions.sort_by_key(|(at, order, process, _)| (*at, *order, *process));
    History::from_actions(actions.into_iter().map(|(_, _, process, it)| (process, it)).collect())
}

fn told(operations: &[Timed]) -> String {
    let told = operations.iter().map(|(_, _, operation)| match operation {
        Operation::Ask(None) => "asked".to_owned(),
        Operation::Ask(Some(Heard::Movement(movement))) => format!("told {movement}"),
        Operation::Ask(Some(Heard::Refusal)) => "refused".to_owned(),
        Operation::Move(movement) => format!("moved money for {movement}"),
        Operation::Read(movements) if movements.is_empty() => "nothing in the end".to_owned(),
        Operation::Read(movements) => {
            let movements: Vec<&str> = movements.iter().map(String::as_str).collect();
            format!("{} in the end", movements.join(" and "))
        }
    });
    told.collect::<Vec<_>>().join(", ")
}
