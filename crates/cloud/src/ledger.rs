//! Questions about the ledger of a Region, asked of the function there that reaches its database.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use recovery::{Answer, Ask};
use runbook::ALIAS;

use crate::fault::{Fault, within};
use crate::site::Site;

/// The most that is repeated of what a function said.
const SAID_MAX: usize = 300;

impl Site {
    /// Asks the ledger of this Region.
    pub(crate) async fn ask(
        &self,
        function: &str,
        ask: &Ask,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        let question = serde_json::to_vec(ask).expect("a question is JSON");
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
