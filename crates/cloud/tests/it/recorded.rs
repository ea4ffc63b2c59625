//! Actions whose answers an emulator does not give, over answers that are written down: what is asked, in which Region,
//! in which order and how often, and what becomes of each answer. Where these come from: `tests/recorded/ORIGIN.md`.

mod answers;
mod databases;
mod numbers;
mod returned;
mod serving;
mod standing;
mod switching;

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use cloud::{OneRun, Reach, Ways};
use emulator::{Asked, Fault, Rule, Way};
use fence::{Author, DurationMs, Millis};
use region::Trust;
use runbook::{
    ActionName, Entry, Event, Evidence, Failure, Journal as _, Observed, Plan, PlanKind,
    RunnerName, System, World as _, supposed, write_plan,
};

use self::answers::caller_identity;
use crate::estate::{ACCOUNT, identity, patient, region, system};

pub(crate) const EAST_1: &str = "us-east-1";
pub(crate) const EAST_2: &str = "us-east-2";

/// When every run here was planned: 2026-03-01T12:00:00Z.
const PLANNED_AT: Millis = Millis(1_772_366_400_000);
/// So short that something is looked at once.
const ONE_LOOK: DurationMs = DurationMs(1_500);

/// A run from us-east-1 to us-east-2 in an AWS that says what it is told to.
pub(crate) struct Recorded {
    way: Way,
    one: OneRun,
    plan: Plan,
}

impl Recorded {
    pub(crate) async fn of(kind: PlanKind) -> Self {
        Self::in_system(kind, system()).await
    }

    /// The same of a system that is another.
    pub(crate) async fn in_system(kind: PlanKind, system: System) -> Self {
        let way = Way::nowhere();
        way.rules(always());
        let services = [EAST_1, EAST_2].map(|name| (region(name), way.url()));
        let ways = Ways {
            // Nobody is there.
            resolvers: vec![([127, 0, 0, 1], 9).into()],
            identity: identity(ACCOUNT),
            endpoint_url: Some(way.url()),
            account: Some(ACCOUNT.to_owned()),
            services: services.into(),
            look_interval: Duration::from_millis(1),
            connection_timeout: Duration::from_secs(10),
            call_limit: Duration::from_secs(60),
            patience: patient(),
            ..Ways::of_operator(&region(EAST_2))
        };
        let plan = supposed(kind, &system.homes);
        let one = Reach::new(system, ways, Trust::nobody(), || 1, |_| {}).run(&plan.run);
        let written = write_plan(&one, &plan, &Author::new("ann"), "a test", PLANNED_AT).await;
        written.expect("the table takes everything");
        way.forget();
        Self { way, one, plan }
    }

    /// Writes this into the journal.
    pub(crate) async fn note(&self, event: Event) {
        self.way.rules(always());
        let position = self.one.known().len() as u64;
        let appended = self.one.append(&Entry { position, at: PLANNED_AT, event }).await;
        assert_eq!(appended, runbook::Appended::Written);
    }

    /// Writes that an action began, and that it ended so.
    pub(crate) async fn noted(&self, action: ActionName, result: Result<Observed, Failure>) {
        let runner = || RunnerName("r1".to_owned());
        self.note(Event::Began { action, attempt: 1, runner: runner() }).await;
        self.note(Event::Ended { action, attempt: 1, runner: runner(), result }).await;
    }

    /// One attempt of this action with these answers; what nobody answers is reset.
    pub(crate) async fn attempt(
        &self,
        action: ActionName,
        answers: impl IntoIterator<Item = Rule>,
    ) -> Result<Observed, Failure> {
        self.attempt_for(action, None, answers).await
    }

    /// The same, which looks once and does not wait for a change.
    pub(crate) async fn look(
        &self,
        action: ActionName,
        answers: impl IntoIterator<Item = Rule>,
    ) -> Result<Observed, Failure> {
        self.attempt_for(action, Some(ONE_LOOK), answers).await
    }

    async fn attempt_for(
        &self,
        name: ActionName,
        limit: Option<DurationMs>,
        answers: impl IntoIterator<Item = Rule>,
    ) -> Result<Observed, Failure> {
        self.way.forget();
        self.way.rules(answers.into_iter().chain(always()));
        let mut actions = self.plan.actions.iter().chain(&self.plan.way_back);
        let action = actions.find(|action| action.name == name).expect("the plan has it");
        let time_limit = limit.unwrap_or(action.time_limit);
        let action = runbook::Action { time_limit, ..action.clone() };
        self.one.perform(&self.plan, &action).await
    }

    /// What was asked since the last attempt began, a line for each request; the same in a row are one. Whose account
    /// it is is asked once for all attempts, and not told.
    pub(crate) fn asked(&self) -> String {
        let mut lines: Vec<(String, usize)> = Vec::new();
        for line in self.way.asked().iter().filter_map(told) {
            match lines.last_mut() {
                Some((last, times)) if *last == line => *times += 1,
                _ => lines.push((line, 1)),
            }
        }
        let times = |times| if times == 1 { String::new() } else { format!(" × {times}") };
        lines.into_iter().map(|(line, count)| line + &times(count) + "\n").collect()
    }
}

/// Whose account it is; and a control table that has nothing and takes everything.
fn always() -> [Rule; 2] {
    [
        Rule::all(Fault::answers(200, caller_identity())).operation("GetCallerIdentity"),
        Rule::all(Fault::answers(200, "{}")).service("dynamodb"),
    ]
}

fn told(asked: &Asked) -> Option<String> {
    let called = &asked.called;
    if called.operation == "GetCallerIdentity" {
        return None;
    }
    let mut line = format!("{} {}", called.region, called.operation);
    for (name, value) in asked.form() {
        let _ = write!(line, " {name}={value}");
    }
    let text = String::from_utf8_lossy(&asked.body);
    if let Some(metric) = numbers::METRICS.iter().find(|metric| text.contains(**metric)) {
        let _ = write!(line, " {metric}");
    } else if text.starts_with('{') {
        let _ = write!(line, " {text}");
    }
    Some(line)
}

/// What came of an attempt, in a line.
pub(crate) fn outcome(attempt: &Result<Observed, Failure>) -> String {
    match attempt {
        Ok(Observed::Noted(notes)) => {
            let alarms =
                notes.alarms.iter().map(|it| format!("{} {} {}", it.region, it.name, it.state));
            let silent = notes.silent.iter().map(|name| format!("{name} calls nobody"));
            let noted = alarms.chain(silent).chain(notes.lacking.iter().cloned());
            format!("Done, noted: {}", noted.collect::<Vec<_>>().join("; "))
        }
        Ok(Observed::Evidence(Evidence { lag_ms, lag_at, intents_missing, .. })) => {
            let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let now = since_1970.expect("it is later").as_millis();
            let minutes = lag_at.map(|at| (now - u128::from(at.0)) / 60_000);
            format!("behind {lag_ms:?} ms, {minutes:?} minutes ago; missing {intents_missing:?}")
        }
        Ok(observed) => format!("{observed:?}"),
        Err(Failure::Refused(refused, said)) => format!("refused, {}: {said}", refused.as_str()),
        Err(failure) => failure.to_string(),
    }
}

/// This answer to an operation in a Region, once.
pub(crate) fn once(region: &str, operation: &str, body: impl Into<Vec<u8>>) -> Rule {
    always_says(region, operation, body).times(1)
}

/// This answer to an operation in a Region, however often it is asked.
pub(crate) fn always_says(region: &str, operation: &str, body: impl Into<Vec<u8>>) -> Rule {
    Rule::all(Fault::answers(200, body)).region(region).operation(operation)
}

/// This error, in the words of the service.
pub(crate) fn refuses(operation: &str, status: u16, code: &str, message: &str) -> Rule {
    let body = answers::error(code, message);
    Rule::all(Fault::answers(status, body)).operation(operation).times(1)
}
