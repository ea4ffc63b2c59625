//! The one loop that carries a request out: look, decide, do one thing, look at what came of it.
//!
//! It may be dropped at any await, and holds nothing then that the next try with the same key would
//! need.

use planted::{Bug, is_planted};

use crate::command::Command;
use crate::decide::{Effect, step};
use crate::intent::IntentWrite;
use crate::outcome::Outcome;
use crate::ports::{Gatekeeper, Intents, Ledger, Written};
use crate::view::View;

/// How many effects one request may take. Five do; the rest is for refunds of one payment in each
/// other's way.
const EFFECTS_MAX: u32 = 24;

/// What to tell the client, and what to do then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What to tell.
    pub outcome: Outcome,
    /// What to write to [`Intents`] when the client has been told. Nothing rests on it, so that it
    /// may fail and may be left out when the process is about to end.
    pub note: Option<Box<IntentWrite>>,
}

/// Carries a request out, or goes on where an earlier try with its key ended.
pub async fn pay(
    gatekeeper: &impl Gatekeeper,
    intents: &impl Intents,
    ledger: &impl Ledger,
    command: &Command,
) -> Answer {
    let _writing = gatekeeper.writing();
    let mut view = View::new(gatekeeper.gate());
    for _ in 0..EFFECTS_MAX {
        view.gate = view.gate.while_it_stays(gatekeeper.gate());
        match step(&view, command) {
            Effect::ReadIntent(key) => view.intent = intents.read(&key).await.into(),
            Effect::WriteIntent(write) if is_left_out(&write) => {
                view.wrote_intent(&write, Written::Done);
            }
            Effect::WriteIntent(write) => {
                let written = intents.write(&write).await;
                view.wrote_intent(&write, written);
            }
            Effect::ReadLedger(payment) => view.ledger = ledger.read(payment).await.into(),
            Effect::Commit(transaction) => {
                let committed = ledger.commit(&transaction).await;
                view.committed(&transaction, committed);
            }
            Effect::Answer(outcome) => {
                let note = view.note(&outcome);
                return Answer { outcome, note };
            }
            Effect::Note(_) => unreachable!("a note is no step, it follows the answer"),
        }
    }
    Answer { outcome: Outcome::Unresolved, note: None }
}

/// Whether a planted bug leaves this write out.
fn is_left_out(write: &IntentWrite) -> bool {
    let is_first = write.expects.is_none();
    is_first && (is_planted(Bug::IntentNotWritten) || is_planted(Bug::IntentAfterLedger))
}
