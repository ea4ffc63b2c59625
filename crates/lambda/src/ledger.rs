//! Answers what runs ask of the ledger of this Region. It asks for no gate: a ledger is looked at, and put right, while
//! nobody may take money.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use recovery::{Answer, Ask, Recovery};
use region::Trust;
use stores::PgLedger;
use tokio::sync::OnceCell;

use crate::ports::Cards;
use crate::site::{NoMoney, Site};
use crate::start::{self, Boxed};

/// How long before Lambda ends an invocation no further movement is begun: longer than the processor and the stores are
/// waited for because of one. Where invocations are short it is half of their time.
const RESERVE: Duration = Duration::from_secs(30);

/// Answers questions until the process ends.
pub(crate) async fn answer(site: Site, processor: Option<String>) -> Result<(), Error> {
    let asked = Asked { site, processor, ledger: OnceCell::new(), cards: OnceCell::new() };
    let asked = Arc::new(asked);
    let warm = asked.clone();
    // What fails here is tried again at the first event, which tells it.
    start::warm(Box::pin(async move { drop(warm.ledger().await) })).await;
    let handle = move |event: LambdaEvent<Ask>| {
        let asked = asked.clone();
        let answer: Boxed<Result<Answer, Error>> =
            Box::pin(async move { asked.answer(&event.payload, event.context.deadline()).await });
        answer
    };
    lambda_runtime::run(service_fn(handle)).await
}

struct Asked {
    site: Site,
    processor: Option<String>,
    ledger: OnceCell<PgLedger>,
    cards: OnceCell<Cards>,
}

impl Asked {
    async fn answer(&self, ask: &Ask, deadline: SystemTime) -> Result<Answer, Error> {
        start::thaw().await;
        let left = move || deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let reserve = RESERVE.min(left() / 2);
        let ledger = match self.ledger().await {
            Ok(ledger) => ledger,
            Err(error) => return Ok(Answer::silent(&error)),
        };
        let recovery = Recovery {
            ledger,
            intents: &*self.site.table,
            processor: self.cards.get_or_try_init(|| async { self.reach_processor() }).await?,
            has_time: &|| left() > reserve,
        };
        Ok(recovery::answer(ask, &recovery).await)
    }

    async fn ledger(&self) -> Result<&PgLedger, NoMoney> {
        self.ledger.get_or_try_init(|| self.site.ledger()).await
    }

    fn reach_processor(&self) -> Result<Cards, Error> {
        // Reading certificates takes a while, and without a processor nobody is to be trusted.
        let trust = if self.processor.is_some() { Trust::native()? } else { Trust::nobody() };
        Cards::at(self.processor.as_deref(), &trust)
    }
}
