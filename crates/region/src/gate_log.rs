//! The lines about the gate: one for each change of what it says, none for each renewal. They have these fields and no
//! others.

use std::sync::{Mutex, OnceLock, PoisonError};

use fence::{ClosedReason, Decision, Epoch, Millis};
use payments::{Time, rfc3339};
use serde::Serialize;
use service::Log;

/// Writes when the gate opens or closes, and why.
#[derive(Default)]
pub(crate) struct GateLog {
    log: OnceLock<Box<dyn Log>>,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    /// What the gate said when it was looked at last.
    words: Option<Words>,
    /// The epoch that it was open under last, and until when it would have been at most.
    open: Option<(Epoch, Millis)>,
    /// Why the last renewal was none.
    not_renewed: Option<String>,
}

/// What a gate says, without the moments that change at each renewal.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
struct Words {
    level: &'static str,
    message: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// That of a gate that is open, or was last.
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
}

#[derive(Serialize)]
struct Line<'l> {
    at: String,
    #[serde(flatten)]
    words: Words,
    /// When it closed by itself, where that is told later: nobody looks while the process is frozen.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_renewed: Option<&'l str>,
}

impl GateLog {
    /// Writes into this log from now on; the first one stays.
    pub(crate) fn write_into(&self, log: impl Log + 'static) {
        let _ = self.log.set(Box::new(log));
    }

    /// Takes note of how a renewal ended: with nothing, or why it was none.
    pub(crate) fn renewal(&self, not_renewed: Option<String>) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).not_renewed = not_renewed;
    }

    /// Writes what the gate says, if that is not what it said last.
    pub(crate) fn decided(&self, at: Time, decision: &Decision) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Decision::Open { epoch, until, .. } = decision {
            told.open = Some((*epoch, *until));
        }
        let words = words(decision, told.open.map(|(epoch, _)| epoch));
        let before = told.words.replace(words);
        if before == Some(words) {
            return;
        }
        if let Some(log) = self.log.get() {
            let was_open = before.is_some_and(|before| before.outcome == OPEN);
            let closed_at = told
                .open
                .map(|(_, until)| until.0)
                .filter(|until| was_open && !decision.is_open() && *until < at.as_ms())
                .map(|until| rfc3339(Time::from_ms(until)));
            let not_renewed = told.not_renewed.as_deref();
            let line = Line { at: rfc3339(at), words, closed_at, not_renewed };
            log.line(&serde_json::to_string(&line).expect("a line is texts and numbers"));
        }
    }
}

const OPEN: &str = "open";

fn words(decision: &Decision, last_open: Option<Epoch>) -> Words {
    let message = "gate";
    let epoch = last_open.map(Epoch::number);
    match decision {
        Decision::Open { .. } => {
            Words { level: "info", message, outcome: OPEN, reason: None, epoch }
        }
        Decision::Closed { reason, .. } => {
            let (level, epoch) = match reason {
                ClosedReason::NotActive { .. } => ("info", epoch),
                ClosedReason::LedgerDiffers { record, .. } => ("warn", Some(record.number())),
                _ => ("warn", epoch),
            };
            Words { level, message, outcome: "closed", reason: Some(reason.code()), epoch }
        }
    }
}
