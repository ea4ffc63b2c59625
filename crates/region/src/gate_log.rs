//! The lines about the gate: one for each change of what it says, none for each renewal. They have these fields and no
//! others.

use std::sync::{Mutex, OnceLock, PoisonError};

use fence::{ClosedReason, Decision};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
}

#[derive(Serialize)]
struct Line<'l> {
    at: String,
    #[serde(flatten)]
    words: Words,
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
        let words = words(decision);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.words.replace(words) == Some(words) {
            return;
        }
        if let Some(log) = self.log.get() {
            let line = Line { at: rfc3339(at), words, not_renewed: told.not_renewed.as_deref() };
            log.line(&serde_json::to_string(&line).expect("a line is texts and numbers"));
        }
    }
}

fn words(decision: &Decision) -> Words {
    let message = "gate";
    match decision {
        Decision::Open { epoch, .. } => {
            let epoch = Some(epoch.number());
            Words { level: "info", message, outcome: "open", reason: None, epoch }
        }
        Decision::Closed { reason, .. } => {
            let (level, epoch) = match reason {
                ClosedReason::NotActive { .. } => ("info", None),
                ClosedReason::LedgerDiffers { record, .. } => ("warn", Some(record.number())),
                _ => ("warn", None),
            };
            Words { level, message, outcome: "closed", reason: Some(reason.code()), epoch }
        }
    }
}
