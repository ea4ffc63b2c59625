//! Runs: plans, approvals, actions with what they took, runners that die and go on.

use std::collections::{BTreeMap, BTreeSet};

use runbook::{ActionName, Entry, Event, Failure, Observed, Plan};

use super::{Teller, Topic};
use crate::history::RunStep;
use crate::judge::Seconds;
use crate::words;

/// What must be known of the runs to tell what comes next.
#[derive(Default)]
pub(super) struct Runs<'history> {
    begun: BTreeMap<(&'history str, ActionName), Attempts>,
    planned_ms: BTreeMap<&'history str, u64>,
    /// Why its runner stopped last, without numbers.
    stopped: BTreeMap<&'history str, String>,
    closed: BTreeSet<&'history str>,
    skipped: BTreeSet<(&'history str, ActionName)>,
    /// How many runners each run has had.
    runners: BTreeMap<&'history str, u32>,
}

/// The attempts of one action.
struct Attempts {
    began_ms: u64,
    /// What the last one that failed said.
    failure: Option<Failure>,
}

impl<'history> Teller<'history> {
    pub(super) fn run(&mut self, at_ms: u64, run: &'history str, step: &'history RunStep) {
        match step {
            RunStep::Journaled(entry) => self.journaled(at_ms, run, entry),
            RunStep::Performed { .. } => {}
            RunStep::Began => self.runner_began(at_ms, run),
            RunStep::Died => self.say(at_ms, Topic::Run, format!("{run}: the runner dies")),
            RunStep::Stopped(reason) => self.stopped(at_ms, run, reason),
            RunStep::Shortened(lines) => {
                let text = format!("{run}: the journal keeps its first {lines} lines");
                self.say(at_ms, Topic::Run, text);
            }
            RunStep::NotPlanned(reasons) => {
                self.say(at_ms, Topic::Run, format!("{run}: not begun: {reasons}"));
            }
        }
    }

    fn runner_began(&mut self, at_ms: u64, run: &'history str) {
        let runners = self.runs.runners.entry(run).or_default();
        *runners += 1;
        if *runners > 1 {
            self.say(at_ms, Topic::Run, format!("{run}: a runner goes on from the journal"));
        }
    }

    /// A runner that waits for people says so again after each of them, and one that is done says
    /// nothing new: each is told once.
    fn stopped(&mut self, at_ms: u64, run: &'history str, reason: &'history str) {
        let words = reason.replace(|character: char| character.is_ascii_digit(), "");
        let is_told =
            self.runs.stopped.insert(run, words.clone()).is_some_and(|told| told == words);
        if !is_told && !self.runs.closed.contains(run) {
            self.say(at_ms, Topic::Run, format!("{run}: the runner stops: {reason}"));
        }
    }

    fn journaled(&mut self, at_ms: u64, run: &'history str, entry: &'history Entry) {
        match &entry.event {
            Event::Planned { plan, by, reason } => {
                self.runs.planned_ms.insert(run, at_ms);
                let plan = planned(plan);
                self.say(at_ms, Topic::Run, format!("{run}: {plan}, asked for by {by}: {reason}"));
            }
            Event::Began { action, .. } => self.begun(at_ms, run, *action),
            Event::Ended { action, attempt, result, .. } => {
                self.ended(at_ms, run, (*action, *attempt), result);
            }
            event => {
                if let Event::Approved { action, .. } = event {
                    self.begun(at_ms, run, *action);
                }
                if let Some(text) = decided(event).filter(|_| self.is_new(run, event)) {
                    self.say(at_ms, Topic::Run, format!("{run}: {text}"));
                }
            }
        }
    }

    /// An action begins with its first attempt, or with the first who approves it.
    fn begun(&mut self, at_ms: u64, run: &'history str, action: ActionName) {
        let first = Attempts { began_ms: at_ms, failure: None };
        self.runs.begun.entry((run, action)).or_insert(first);
    }

    /// Who leaves the same action out again, because nobody has acted on it yet, is told once.
    fn is_new(&mut self, run: &'history str, event: &Event) -> bool {
        match event {
            Event::Skipped { action, .. } => self.runs.skipped.insert((run, *action)),
            _ => true,
        }
    }

    fn ended(
        &mut self,
        at_ms: u64,
        run: &'history str,
        (action, attempt): (ActionName, u32),
        result: &Result<Observed, Failure>,
    ) {
        let attempts = self.runs.begun.entry((run, action));
        let attempts = attempts.or_insert(Attempts { began_ms: at_ms, failure: None });
        let took = Seconds(at_ms - attempts.began_ms);
        let outcome = match result {
            Ok(observed) if attempt > 1 => {
                format!("{} at attempt {attempt}", words::observed(observed))
            }
            Ok(observed) => words::observed(observed),
            // What fails the same way again is told once.
            Err(failure) if attempts.failure.as_ref() == Some(failure) => return,
            Err(failure) => {
                attempts.failure = Some(failure.clone());
                failure.to_string()
            }
        };
        let name = action.as_str();
        // Only where several are open is it a question whose action it is.
        let is_one = self.runs.planned_ms.len() <= self.runs.closed.len() + 1;
        let of = if is_one { String::new() } else { format!("  ({run})") };
        self.say(at_ms, Topic::Action, format!("{name:NAME$} {took:>TOOK$}  {outcome}{of}"));
        if matches!(action, ActionName::Close | ActionName::Abort) && result.is_ok() {
            self.runs.closed.insert(run);
            let since_ms = self.runs.planned_ms.get(run).copied().unwrap_or(at_ms);
            let took = Seconds(at_ms - since_ms);
            self.say(at_ms, Topic::Run, format!("{run}: over after {took}"));
        }
    }
}

/// The widths of an action's name and of what it took.
const NAME: usize = 23;
const TOOK: usize = 10;

fn planned(plan: &Plan) -> String {
    let kind = plan.kind;
    let (source, target) = (&plan.source, &plan.target);
    let (actions, epoch) = (plan.actions.len(), plan.epoch);
    format!("{kind} {source} → {target}, {actions} actions, epoch {epoch}")
}

/// What a person or a runner has decided.
fn decided(event: &Event) -> Option<String> {
    Some(match event {
        Event::Took { runner } => format!("{runner} carries it out"),
        Event::Paused { by } => format!("paused by {by}"),
        Event::Resumed { by } => format!("resumed by {by}"),
        Event::Retried { action, by } => format!("{action} is to be tried again, says {by}"),
        Event::Skipped { action, by, reason } => format!("{action} is left out by {by}: {reason}"),
        Event::Approved { action, by, shown, .. } => {
            let shown = words::evidence_words(shown.lag_ms, shown.intents_missing);
            format!("{action}: {by} approves, seeing {shown}")
        }
        Event::Aborted { by, reason } => format!("aborted by {by}: {reason}"),
        Event::Planned { .. } | Event::Began { .. } | Event::Ended { .. } => return None,
    })
}
