//! Asking the ledger of a Region what runs want to know, over the links that lead to it.

use std::time::Duration;

use drill::Site;
use recovery::{Answer, Ask, Recovery, Standing};
use stores::{PgLedger, PgSettings};
use tokio::time::timeout;

use crate::act::reach::{CALL_LIMIT, Reach};

/// For how long what a lost Region told last is told again. Receipts are copied at once here, when the Regions reach each
/// other.
const TOLD_AGAIN: Duration = Duration::from_secs(2);

/// Asks the ledger of a Region. Whoever asks is dropped when its time is over.
pub(crate) async fn ask(reach: &Reach, site: Site, ask: Ask) -> Answer {
    let recovery = Recovery {
        ledger: reach.ledger(site),
        intents: &reach.store,
        processor: &reach.processor,
        has_time: &|| true,
        told_again: TOLD_AGAIN,
    };
    recovery::answer(&ask, &recovery).await
}

/// How a Region's database stands; nothing when it does not answer in the time of one call.
pub(crate) async fn standing(ledger: &PgLedger) -> Option<Standing> {
    timeout(CALL_LIMIT, ledger.standing()).await.ok()?.ok()
}

/// Nobody here waits as long as in AWS.
pub(crate) fn bounded(settings: PgSettings) -> PgSettings {
    PgSettings { connections_max: 4, connection_timeout: CALL_LIMIT, ..settings }
}
