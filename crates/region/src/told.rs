//! What a worker tells of its work: numbers, and a line for what did not go as it should. Lines have these fields and
//! no others; addresses, bodies and the merchants' words have none.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use notify::{
    Called, ClaimedDelivery, ClaimedEvent, Condition, Delivered, DeliveryChange, EndpointChange,
    EndpointId, EndpointReport, Hindrance, OutboxFault, Stop, Told,
};
use payments::{Event, Publishing, Time, rfc3339};
use serde::Serialize;
use service::{Count, Gauge, Log, Numbers};

/// Tells what became of rows.
pub(crate) struct Teller {
    log: Box<dyn Log>,
    numbers: Numbers,
    /// How each endpoint was when it was looked at last.
    conditions: Mutex<BTreeMap<EndpointId, &'static str>>,
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'l> {
    at: String,
    level: Level,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    movement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'l str>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    again_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
}

/// How bad it is.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Info,
    Warn,
    Error,
}

impl<'l> Line<'l> {
    fn new(at: Time, level: Level, message: &'static str, outcome: &'static str) -> Self {
        Self {
            at: rfc3339(at),
            level,
            message,
            event: None,
            kind: None,
            movement: None,
            endpoint: None,
            outcome,
            status: None,
            again_in_seconds: None,
            epoch: None,
        }
    }

    fn about(self, event: &Event) -> Self {
        let draft = &event.draft;
        Self {
            event: Some(draft.id.to_string()),
            kind: Some(draft.kind.name()),
            movement: Some(draft.movement.to_string()),
            ..self
        }
    }

    fn of(self, endpoint: &'l EndpointId) -> Self {
        Self { endpoint: Some(endpoint.as_str()), ..self }
    }

    fn stopped(at: Time, message: &'static str, stop: Stop) -> Self {
        let (outcome, epoch) = match stop {
            Stop::NotAllowed(Publishing::Allowed) => ("allowed", None),
            Stop::NotAllowed(Publishing::GateClosed) => ("gate_closed", None),
            Stop::NotAllowed(Publishing::EpochOver) => ("epoch_over", None),
            Stop::NotAllowed(Publishing::EpochAhead) => ("epoch_ahead", None),
            Stop::Fenced(epoch) => ("fenced", Some(epoch.number())),
            Stop::Unavailable => ("outbox_unavailable", None),
        };
        Self { epoch, ..Self::new(at, Level::Warn, message, outcome) }
    }
}

impl Teller {
    pub(crate) fn new(log: impl Log + 'static, numbers: Numbers) -> Self {
        Self { log: Box::new(log), numbers, conditions: Mutex::default() }
    }

    /// What became of an event; nothing when its time was over.
    pub(crate) fn event(&self, at: Time, claimed: &ClaimedEvent, told: Option<Told>) {
        if !claimed.is_told && told.is_some_and(is_told) {
            self.numbers.add(Count::EventsTold, 1);
        }
        let line = match told {
            Some(Told::Done) => return self.numbers.add(Count::EventsSettled, 1),
            Some(Told::Later(hindrance, after)) => Line {
                again_in_seconds: Some(after.as_secs()),
                ..Line::new(at, level(hindrance), "event", hindrance.name())
            },
            Some(Told::Stopped(stop)) => Line::stopped(at, "event", stop),
            None => Line::new(at, Level::Warn, "event", "time_over"),
        };
        self.write(&line.about(&claimed.event));
    }

    /// What became of a callback; nothing when its time was over.
    pub(crate) fn callback(
        &self,
        at: Time,
        claimed: &ClaimedDelivery,
        delivered: Option<Delivered>,
    ) {
        let line = match delivered {
            Some(Delivered::Tried(_, DeliveryChange::Delivered, _)) => {
                return self.numbers.add(Count::CallbacksDelivered, 1);
            }
            Some(Delivered::Tried(called, delivery, endpoint)) => {
                self.numbers.add(Count::CallbacksFailed, 1);
                tried(at, called, delivery, endpoint)
            }
            Some(Delivered::NotWanted) => Line::new(at, Level::Info, "callback", "not_wanted"),
            Some(Delivered::NotConfigured) => {
                Line::new(at, Level::Warn, "callback", "not_configured")
            }
            Some(Delivered::Stopped(stop)) => Line::stopped(at, "callback", stop),
            None => Line::new(at, Level::Warn, "callback", "time_over"),
        };
        self.write(&line.about(&claimed.event).of(&claimed.endpoint));
    }

    /// That no rows were claimed.
    pub(crate) fn not_claimed(&self, at: Time, fault: OutboxFault) {
        self.write(&Line::stopped(at, "outbox", fault.into()));
    }

    /// How endpoints are: as numbers, and in a line for each that is otherwise than before.
    pub(crate) fn endpoints(&self, at: Time, reports: &[EndpointReport]) {
        let disabled = reports.iter().filter(|report| is_disabled(report.condition)).count();
        let sum = |number: fn(&EndpointReport) -> u64| reports.iter().map(number).sum();
        let disabled = u64::try_from(disabled).unwrap_or(u64::MAX);
        self.numbers.set(Gauge::EndpointsDisabled, disabled);
        self.numbers.set(Gauge::CallbacksWaiting, sum(|report| report.waiting));
        self.numbers.set(Gauge::CallbacksGivenUp, sum(|report| report.given_up));
        let mut before = self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        for report in reports {
            let name = report.condition.name();
            let seen = before.insert(report.id.clone(), name);
            if seen.unwrap_or(Condition::Works.name()) != name {
                let level = if is_disabled(report.condition) { Level::Error } else { Level::Info };
                self.write(&Line::new(at, level, "endpoint", name).of(&report.id));
            }
        }
    }

    fn write(&self, line: &Line<'_>) {
        self.log.line(&serde_json::to_string(line).expect("a line is texts and numbers"));
    }
}

/// The line of a callback that was not taken.
fn tried<'l>(
    at: Time,
    called: Called,
    delivery: DeliveryChange,
    endpoint: EndpointChange,
) -> Line<'l> {
    let (outcome, status) = match called {
        Called::Answered { status, .. } => ("refused", Some(status)),
        Called::NoAnswer => ("no_answer", None),
        Called::Forbidden => ("forbidden", None),
    };
    let line = match (delivery, endpoint) {
        (_, EndpointChange::Disabled(because, ..)) => {
            Line::new(at, Level::Error, "endpoint_disabled", because.name())
        }
        (DeliveryChange::GivenUp, _) => Line::new(at, Level::Warn, "callback_given_up", outcome),
        _ => Line::new(at, Level::Info, "callback", outcome),
    };
    let again_in_seconds = match delivery {
        DeliveryChange::Again(after) => Some(after.as_secs()),
        DeliveryChange::Delivered | DeliveryChange::GivenUp => None,
    };
    Line { status, again_in_seconds, ..line }
}

/// Whether the event has been told, whatever remains to be done.
fn is_told(told: Told) -> bool {
    match told {
        Told::Done => true,
        Told::Later(hindrance, _) => hindrance >= Hindrance::Processor,
        Told::Stopped(_) => false,
    }
}

/// How bad it is that something remains to be done.
fn level(hindrance: Hindrance) -> Level {
    match hindrance {
        Hindrance::Processor => Level::Info,
        Hindrance::Contradiction => Level::Error,
        Hindrance::Endpoints
        | Hindrance::Receipts
        | Hindrance::Topic
        | Hindrance::Outbox
        | Hindrance::Quarantine => Level::Warn,
    }
}

fn is_disabled(condition: Condition) -> bool {
    matches!(condition, Condition::Disabled(..))
}
