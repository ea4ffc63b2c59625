//! Questions about the ledger of a Region, asked of the function there that reaches its database.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use recovery::{Answer, Ask, Question, Recovered};
use runbook::{ALIAS, Plan};

use crate::fault::{Fault, within};
use crate::reach::Reach;
use crate::site::Site;

/// The most that is repeated of what a function said.
const SAID_MAX: usize = 300;

/// How long a page of what a ledger lacked may take.
const PAGE_LIMIT: Duration = Duration::from_secs(30);

impl Reach {
    /// What the ledger that a run opened lacked, and what became of that, as the function in that Region says.
    ///
    /// # Errors
    ///
    /// When it does not answer: what it said.
    pub async fn recovered(&self, plan: &Plan) -> Result<Vec<Recovered>, String> {
        let (site, function) = (self.site(&plan.target), self.system.ledger_function());
        let (mut all, mut after): (Vec<Recovered>, _) = (Vec::new(), String::new());
        loop {
            let ask = Ask::Recovered { epoch: plan.epoch.number(), after };
            let answer = site.ask(&function, &ask, PAGE_LIMIT).await;
            let page = match answer.map_err(|fault| fault.failure().to_string())? {
                Answer::Recovered { movements } => movements,
                other => return Err(format!("`{function}` answered {other:?}")),
            };
            let Some(last) = page.last() else { return Ok(all) };
            after = last.id.clone();
            all.extend(page);
        }
    }
}

impl Site {
    /// Asks the ledger of this Region.
    pub(crate) async fn ask(
        &self,
        function: &str,
        ask: &Ask,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        // So that a function which is not waited for any more is not in the way of who asks next.
        let question = Question::new(ask.clone(), limit);
        let question = serde_json::to_vec(&question).expect("a question is JSON");
        let asked = self.lambda().await.invoke().function_name(function).qualifier(ALIAS);
        let answer = within(limit, asked.payload(Blob::new(question)).send()).await?;
        let payload = answer.payload().map(AsRef::as_ref).unwrap_or_default();
        if let Some(kind) = answer.function_error() {
            let said: String = String::from_utf8_lossy(payload).chars().take(SAID_MAX).collect();
            return Err(Fault::Again(format!("`{function}` failed ({kind}): {said}")));
        }
        serde_json::from_slice(payload).map_err(|error| {
            Fault::Again(format!("`{function}` answered something else than asked: {error}"))
        })
    }
}
