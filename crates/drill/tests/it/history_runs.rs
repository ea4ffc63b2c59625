//! The journals of a table's runs.

use std::collections::BTreeMap;

use drill::Site;
use fence::{Author, DurationMs, Epoch, Millis, RegionName, RunId, Timing};
use runbook::{
    Action, ActionName, Condition, Entry, Event, Evidence, Failure, Observed, OnFailure, Plan,
    PlanKind, Refused, Retry, RunnerName, Side, Stage, Tail,
};

use crate::history_table::{action_of, ms, region};

/// How long each journal is.
#[derive(Default)]
pub(crate) struct Journals(BTreeMap<String, u64>);

impl Journals {
    /// The next entry of a run's journal; `#7` in front of it gives it another position. A time in
    /// seconds behind `at` is the writer's clock, which is 0 otherwise.
    pub(crate) fn entry(&mut self, run: &str, words: &[&str]) -> Option<Entry> {
        let (position, words) = match words {
            [first, rest @ ..] if first.starts_with('#') => (first[1..].parse().ok(), rest),
            words => (None, words),
        };
        let (words, at) = match words {
            [words @ .., "at", at] => (words, Millis(ms(at)?)),
            words => (words, Millis(0)),
        };
        let next = self.0.entry(run.to_owned()).or_default();
        let position = position.unwrap_or(*next);
        *next = position + 1;
        Some(Entry { position, at, event: event(run, words)? })
    }
}

fn event(run: &str, words: &[&str]) -> Option<Event> {
    let by = || Author::new("table");
    let runner = RunnerName("runner".to_owned());
    Some(match words {
        ["planned", kind, actions] => {
            let plan = Box::new(plan(run, kind, actions, "")?);
            Event::Planned { plan, by: by(), reason: "a table says so".to_owned() }
        }
        ["planned", kind, actions, "back", way_back] => {
            let plan = Box::new(plan(run, kind, actions, way_back)?);
            Event::Planned { plan, by: by(), reason: "a table says so".to_owned() }
        }
        ["took"] => Event::Took { runner },
        ["began", action, attempt] => {
            let (action, attempt) = (action_of(action)?, attempt.parse().ok()?);
            Event::Began { action, attempt, runner }
        }
        ["ended", action, attempt, result] => {
            let (action, attempt) = (action_of(action)?, attempt.parse().ok()?);
            Event::Ended { action, attempt, runner, result: self::result(result)? }
        }
        ["skipped", action] => {
            Event::Skipped { action: action_of(action)?, by: by(), reason: "not due".to_owned() }
        }
        ["approved", action, who, until] => Event::Approved {
            action: action_of(action)?,
            by: Author::new(*who),
            expires_at: Millis(ms(until)?),
            shown: Evidence::default(),
        },
        ["paused"] => Event::Paused { by: by() },
        ["resumed"] => Event::Resumed { by: by() },
        ["retried", action] => Event::Retried { action: action_of(action)?, by: by() },
        ["aborted"] => Event::Aborted { by: by(), reason: "not now".to_owned() },
        _ => return None,
    })
}

fn result(word: &str) -> Option<Result<Observed, Failure>> {
    Some(match word {
        "done" => Ok(Observed::Done),
        "evidence" => Ok(Observed::Evidence(Evidence {
            lag_ms: Some(120),
            intents_missing: Some(3),
            ..Evidence::default()
        })),
        "tail" => Ok(Observed::Tail(tail())),
        "database" => Ok(Observed::Database(tail())),
        "epoch" => Ok(Observed::Epoch(Epoch::new(2))),
        "movements" => Ok(Observed::Movements(3)),
        "approved" => Ok(Observed::Approved(2)),
        "timed-out" => Err(Failure::TimedOut),
        "try-again" => Err(Failure::TryAgain("not yet".to_owned())),
        "versions" => Err(Failure::Refused(Refused::Versions, "they differ".to_owned())),
        "refused" => Err(Failure::Refused(Refused::Other, "no".to_owned())),
        _ => return None,
    })
}

fn tail() -> Tail {
    Tail { position: Some(77), movements: 5, faults: 0 }
}

/// Actions with commas between; behind the name `*2` asks two people, `?` is best effort, and
/// `|other` makes it due only when the other was refused for versions, `~` only when the run began.
fn plan(run: &str, kind: &str, actions: &str, way_back: &str) -> Option<Plan> {
    let all = |text: &str| text.split(',').filter(|text| !text.is_empty()).map(action).collect();
    let actions: Option<Vec<_>> = all(actions);
    let way_back: Option<Vec<_>> = all(way_back);
    Some(Plan {
        run: RunId::new(run),
        kind: match kind {
            "switchover" => PlanKind::Switchover,
            "failover" => PlanKind::Failover,
            _ => return None,
        },
        source: region(Site::Primary),
        target: region(Site::Standby),
        witness: RegionName::new(drill::WITNESS_REGION),
        seen: Epoch::new(1),
        epoch: Epoch::new(2),
        earlier: None,
        change: None,
        despite: BTreeMap::new(),
        timing: Timing::default(),
        actions: actions?,
        way_back: way_back?,
    })
}

fn action(text: &str) -> Option<Action> {
    let (text, condition) = match (text.split_once('|'), text.strip_suffix('~')) {
        (Some((text, other)), _) => (text, Condition::IfRefused(action_of(other)?)),
        (None, Some(text)) => (text, Condition::IfBegun),
        (None, None) => (text, Condition::Always),
    };
    let (text, on_failure) = match text.strip_suffix('?') {
        None => (text, OnFailure::Stop),
        Some(text) => (text, OnFailure::GoOn),
    };
    let (text, approvers) = match text.split_once('*') {
        None => (text, 0),
        Some((text, approvers)) => (text, approvers.parse().ok()?),
    };
    Some(bare(action_of(text)?, condition, on_failure, approvers))
}

fn bare(name: ActionName, condition: Condition, on_failure: OnFailure, approvers: u32) -> Action {
    Action {
        name,
        stage: Stage::Decide,
        side: Side::Global,
        region: region(Site::Standby),
        calls: Vec::new(),
        time_limit: DurationMs(1_000),
        retry: Retry { attempts_max: 3, interval: DurationMs(100) },
        on_failure,
        is_skippable: false,
        condition,
        approvers,
    }
}
