//! What the lost Region told last is told again: its topic and its bucket may have been lost with it.

use payments::Epoch;

use crate::answer::{Answered, Recovery, again, silent};
use crate::asked::Answer;

/// How many events are opened again at a time.
const TOGETHER: u32 = 1_000;

/// Has everything told again that may not have come through; how much that is.
pub(crate) async fn tell_again<I, P>(recovery: &Recovery<'_, I, P>, epoch: Epoch) -> Answered {
    let mut count = 0;
    loop {
        let told = recovery.ledger.tell_again(epoch, recovery.told_again, TOGETHER).await;
        let told = told.map_err(silent)?;
        count += told;
        if told < u64::from(TOGETHER) {
            return Ok(Answer::count(count));
        }
        if !(recovery.has_time)() {
            return Err(again(format!("{count} events are told again, and there are more")));
        }
    }
}
