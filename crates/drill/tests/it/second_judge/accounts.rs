//! Each account as a counter: what the processor took and gave back for it is added, and the books
//! are read in the end. Each payment as one too, which never goes below zero.

use std::collections::BTreeMap;

use todc_utils::linearizability::WGLChecker;
use todc_utils::specifications::Specification;

use super::exported::Exported;
use super::keys::history;

/// An account.
struct Account;

/// What is done to it.
#[derive(Clone, Debug)]
enum Operation {
    /// This is added.
    Add(i64),
    /// The books say this.
    Read(i64),
}

impl Specification for Account {
    type State = i64;
    type Operation = Operation;

    fn init() -> i64 {
        0
    }

    fn apply(operation: &Operation, balance: &i64) -> (bool, i64) {
        match operation {
            Operation::Add(minor_units) => (balance + minor_units >= 0, balance + minor_units),
            Operation::Read(read) => (read == balance, *balance),
        }
    }
}

/// Every payment and every account that is no such counter. Accounts are not asked about while
/// something is left to do, because what the processor did may not have come to the books.
pub(super) fn faults(exported: &Exported) -> Vec<String> {
    let mut counters = payments(exported);
    if exported.is_at_rest {
        counters.extend(accounts(exported));
    }
    let faulty = counters.into_iter().filter(|(_, operations)| {
        !WGLChecker::<Account>::is_linearizable(history(operations.clone()))
    });
    faulty.map(|(counter, operations)| format!("{counter}: {}", told(&operations))).collect()
}

type Timed = (usize, Option<usize>, Operation);

fn payments(exported: &Exported) -> BTreeMap<String, Vec<Timed>> {
    let mut payments: BTreeMap<String, Vec<Timed>> = BTreeMap::new();
    for moved in &exported.moved {
        let payment = moved.movement.split('/').next().expect("a split has a first part");
        let operation = (moved.at, Some(moved.at), Operation::Add(moved.minor_units));
        payments.entry(format!("payment {payment}")).or_default().push(operation);
    }
    payments
}

fn accounts(exported: &Exported) -> BTreeMap<String, Vec<Timed>> {
    let mut accounts: BTreeMap<String, Vec<Timed>> = BTreeMap::new();
    // The books have nothing of what is in quarantine.
    let booked = exported.moved.iter().filter(|moved| !exported.held.contains(&moved.movement));
    for moved in booked {
        let account = exported.accounts.get(&moved.movement).cloned();
        let account = account.unwrap_or_else(|| format!("of {}", moved.movement));
        let account = format!("account {account}");
        let operation = (moved.at, Some(moved.at), Operation::Add(moved.minor_units));
        accounts.entry(account).or_default().push(operation);
    }
    for account in exported.balances.keys() {
        accounts.entry(format!("account {account}")).or_default();
    }
    for (account, operations) in &mut accounts {
        let account = account.trim_start_matches("account ");
        let balance = exported.balances.get(account).copied().unwrap_or_default();
        operations.push((usize::MAX - 1, Some(usize::MAX - 1), Operation::Read(balance)));
    }
    accounts
}

fn told(operations: &[Timed]) -> String {
    let told = operations.iter().map(|(_, _, operation)| match operation {
        Operation::Add(minor_units) => format!("{minor_units:+}"),
        Operation::Read(balance) => format!("the books say {balance}"),
    });
    told.collect::<Vec<_>>().join(", ")
}
