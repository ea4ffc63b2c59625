//! Answers what runs ask of the ledger of this Region. It asks for no gate: a ledger is looked at, and put right, while
//! nobody may take money.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use recovery::{Answer, Question, Recovery};
use region::Trust;
use stores::PgLedger;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use crate::ports::Cards;
use crate::site::{NoMoney, Site};
use crate::start::{self, Boxed};

/// How long before nobody waits for an answer any more no further movement is begun: longer than the processor and the
/// stores are waited for because of one. Of a short time it is half.
const RESERVE: Duration = Duration::from_secs(30);

/// For how long what a lost Region told last is told again: as long as S3's replication time control gives an object to
/// come over. SNS passes a message on in much less.
const TOLD_AGAIN: Duration = Duration::from_secs(15 * 60);

/// Answers questions until the process ends.
pub(crate) async fn answer(site: Site, processor: Option<String>) -> Result<(), Error> {
    let asked = Asked { site, processor, ledger: OnceCell::new(), cards: OnceCell::new() };
    let asked = Arc::new(asked);
    let warm = asked.clone();
    // What fails here is tried again at the first event, which tells it.
    start::warm(Box::pin(async move { drop(warm.ledger().await) })).await;
    let handle = move |event: LambdaEvent<Question>| {
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
    /// Answers as long as somebody waits for it, and leaves the rest: everything may be asked again.
    async fn answer(&self, question: &Question, deadline: SystemTime) -> Result<Answer, Error> {
        start::thaw().await;
        let ends_in = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let ends_in =
            question.within_ms.map_or(ends_in, |ms| ends_in.min(Duration::from_millis(ms)));
        let (ends_at, reserve) = (Instant::now() + ends_in, RESERVE.min(ends_in / 2));
        let late = || Answer::TryAgain { cause: "there was no time for an answer".to_owned() };
        // A clock of milliseconds would leave time for what is quick.
        if ends_in.is_zero() {
            return Ok(late());
        }
        let answer = self.answer_in_time(question, ends_at - reserve);
        timeout_at(ends_at, answer).await.unwrap_or_else(|_| Ok(late()))
    }

    async fn answer_in_time(
        &self,
        question: &Question,
        begin_until: Instant,
    ) -> Result<Answer, Error> {
        let ledger = match self.ledger().await {
            Ok(ledger) => ledger,
            Err(error) => return Ok(Answer::silent(&error)),
        };
        let recovery = Recovery {
            ledger,
            intents: &*self.site.table,
            processor: self.cards.get_or_try_init(|| async { self.reach_processor() }).await?,
            has_time: &|| Instant::now() < begin_until,
            told_again: TOLD_AGAIN,
        };
        Ok(recovery::answer(&question.ask, &recovery).await)
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
