//! The outbox worker's loop for one movement. It may be dropped at any await and run again.

use crate::id::MovementId;
use crate::ports::{Gatekeeper, Intents, Ledger, Processor, Seen, Written};
use crate::work::{WorkEffect, WorkView, Worked, work};

/// How many effects one run may take. Nine do; the rest is for movements of one payment in each
/// other's way.
const EFFECTS_MAX: u32 = 32;

/// Brings a movement as far as it can be brought now. Whoever calls holds the outbox row meanwhile,
/// so that two workers seldom see to one movement; that they never call twice does not rest on it.
pub async fn process(
    gatekeeper: &impl Gatekeeper,
    intents: &impl Intents,
    ledger: &impl Ledger,
    processor: &impl Processor,
    movement: MovementId,
) -> Worked {
    let _writing = gatekeeper.writing();
    let mut view = WorkView::new(gatekeeper.gate());
    for _ in 0..EFFECTS_MAX {
        view.gate = view.gate.while_it_stays(gatekeeper.gate());
        match work(&view, movement) {
            WorkEffect::ReadLedger(payment) => view.ledger = ledger.read(payment).await.into(),
            WorkEffect::Commit(transaction) => {
                let committed = ledger.commit(&transaction).await;
                view.committed(&transaction, movement, committed);
            }
            WorkEffect::Send(call) => view.sent = Some(processor.send(&call).await),
            WorkEffect::Ask(key) => view.status = Some(processor.status(key).await),
            WorkEffect::ReadIntent(key) => view.intent = intents.read(&key).await.into(),
            WorkEffect::WriteIntent(write) => {
                view.intent = match intents.write(&write).await {
                    Written::Done => Seen::Found(write.intent),
                    // Nothing rests on this note, and the movement is settled without it.
                    Written::Changed(_) | Written::Unavailable | Written::Unknown => Seen::Silent,
                };
            }
            WorkEffect::Stop(worked) => return worked,
        }
    }
    Worked::Later
}
