//! The language of the tables: one line is one action, when it is, and what came of it.
//!
//! ```text
//! 0       ann       initialize east                  -> epoch 1 ACTIVE east, traffic east
//! ```
//!
//! The first column is the true time in milliseconds. `net` is the network; a name that begins with
//! a Region is a process there, with `:` an instance of a group that shares a name; every other name
//! is an operator.

use fence::{Epoch, Ledger, RegionName, RunId, RunKind};

use crate::store::Net;

/// One line of a table, read.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    pub(crate) now: u64,
    pub(crate) actor: &'t str,
    pub(crate) words: Vec<&'t str>,
    pub(crate) action: Action,
}

/// What somebody does.
#[derive(Debug)]
pub(crate) enum Action {
    Net(NetAction),
    Process(ProcessAction),
    Operator(OperatorAction),
    /// Whose clock it is to be so many milliseconds ahead.
    Skew(u64),
}

#[derive(Debug)]
pub(crate) enum NetAction {
    Next(Vec<Net>),
    Land,
}

#[derive(Debug)]
pub(crate) enum ProcessAction {
    /// Renews and takes note, at once.
    Renew,
    /// Begins to renew.
    BeginRenew,
    /// So many turns of the renewal that was begun.
    Turns(u32),
    /// The rest of it.
    EndRenew,
    /// Reads the record.
    Read,
    /// Takes note of the ledger's epoch row.
    Ledger(Epoch),
    Decide,
    Due,
    Leave,
    Ready(Ledger),
    /// What `/health/traffic` says from the record that was read last.
    Traffic,
    /// Dies, and starts again.
    Restart,
    /// Shows the lease of its Region.
    Lease,
}

#[derive(Debug)]
pub(crate) enum OperatorAction {
    Initialize(RegionName),
    Begin { kind: RunKind, run: RunId, seen: Epoch, source: RegionName, target: RegionName },
    Fence { run: RunId, epoch: Epoch },
    Step { run: RunId, epoch: Epoch, step: StepWord },
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum StepWord {
    /// With what the operator's last fence brought.
    Pass,
    Open,
    Abort,
    TakeBack,
    Direct,
    Close,
}

impl<'t> Line<'t> {
    /// Reads a line; what is behind the arrow is left to whoever compares.
    pub(crate) fn parse(text: &'t str) -> Self {
        let left = text.split("->").next().unwrap_or_default();
        let words: Vec<&str> = left.split_whitespace().collect();
        let [now, actor, words @ ..] = words.as_slice() else { panic!("too short: {text}") };
        let now = now.parse().unwrap_or_else(|_| panic!("no time: {text}"));
        let action =
            action(actor, words).unwrap_or_else(|| panic!("nobody knows what to do: {text}"));
        Self { now, actor, words: words.to_vec(), action }
    }
}

fn action(actor: &str, words: &[&str]) -> Option<Action> {
    if let ["skew", ahead] = words {
        return Some(Action::Skew(ahead.parse().ok()?));
    }
    if actor == "net" {
        net_action(words).map(Action::Net)
    } else if actor.contains('-') {
        process_action(words).map(Action::Process)
    } else {
        operator_action(words).map(Action::Operator)
    }
}

fn net_action(words: &[&str]) -> Option<NetAction> {
    match words {
        ["land"] => Some(NetAction::Land),
        ["next", nets @ ..] => {
            nets.iter().map(|word| net(word)).collect::<Option<_>>().map(NetAction::Next)
        }
        _ => None,
    }
}

fn net(word: &str) -> Option<Net> {
    match word {
        "works" => Some(Net::Works),
        "loses-question" => Some(Net::LosesQuestion),
        "loses-answer" => Some(Net::LosesAnswer),
        "delivers-late" => Some(Net::DeliversLate),
        _ => None,
    }
}

fn process_action(words: &[&str]) -> Option<ProcessAction> {
    Some(match words {
        ["renew"] => ProcessAction::Renew,
        ["begin-renew"] => ProcessAction::BeginRenew,
        ["turns", count] => ProcessAction::Turns(count.parse().ok()?),
        ["end-renew"] => ProcessAction::EndRenew,
        ["read"] => ProcessAction::Read,
        ["ledger", number] => ProcessAction::Ledger(epoch(number)?),
        ["decide"] => ProcessAction::Decide,
        ["due"] => ProcessAction::Due,
        ["leave"] => ProcessAction::Leave,
        ["ready", "writable"] => ProcessAction::Ready(Ledger::Writable),
        ["ready", "read-only"] => ProcessAction::Ready(Ledger::ReadOnly),
        ["ready", "silent"] => ProcessAction::Ready(Ledger::Silent),
        ["traffic"] => ProcessAction::Traffic,
        ["restart"] => ProcessAction::Restart,
        ["lease"] => ProcessAction::Lease,
        _ => return None,
    })
}

fn operator_action(words: &[&str]) -> Option<OperatorAction> {
    Some(match words {
        ["initialize", region] => OperatorAction::Initialize(RegionName::new(*region)),
        [kind @ ("switchover" | "failover"), run, seen, source, target] => OperatorAction::Begin {
            kind: if *kind == "failover" { RunKind::Failover } else { RunKind::Switchover },
            run: RunId::new(*run),
            seen: epoch(seen)?,
            source: RegionName::new(*source),
            target: RegionName::new(*target),
        },
        ["fence", run, number] => {
            OperatorAction::Fence { run: RunId::new(*run), epoch: epoch(number)? }
        }
        [word, run, number] => {
            let step = step(word)?;
            OperatorAction::Step { run: RunId::new(*run), epoch: epoch(number)?, step }
        }
        _ => return None,
    })
}

fn step(word: &str) -> Option<StepWord> {
    match word {
        "pass" => Some(StepWord::Pass),
        "open" => Some(StepWord::Open),
        "abort" => Some(StepWord::Abort),
        "take-back" => Some(StepWord::TakeBack),
        "direct" => Some(StepWord::Direct),
        "close" => Some(StepWord::Close),
        _ => None,
    }
}

fn epoch(number: &str) -> Option<Epoch> {
    number.parse().ok().map(Epoch::new)
}
