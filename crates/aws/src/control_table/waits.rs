//! For whom a state machine waits: an item `dr#wait#<run>` with the task token that lets it go on. A run has one execution,
//! which waits in one place at a time, so that there is one item for each run.

use fence::RunId;
use serde::{Deserialize, Serialize};

use super::ControlTable;
use super::item::{DOCUMENT, Item, Unreadable, text};
use super::write::{Expected, Put, Settled, settle};
use crate::sorted::Said;

/// What a write compares: the token is another in each place.
const TOKEN: &str = "token";

/// That a state machine waits for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The Region of the state machine.
    pub region: String,
    /// The action because of which it waits.
    pub action: String,
    /// What it takes as an answer; empty where it waits for approval.
    pub answers: Vec<String>,
    /// Its task token.
    pub token: String,
}

impl ControlTable {
    /// Keeps how the state machine of a run is let go on, instead of what was kept before.
    ///
    /// # Errors
    ///
    /// When it is not certain that it is kept. It may be kept again.
    pub async fn keep_wait(&self, run: &RunId, wait: &Wait) -> Result<(), Said> {
        let expected = match self.wait(run).await? {
            Some(kept) if kept == *wait => return Ok(()),
            Some(kept) => Expected::Values(vec![(TOKEN, Some(text(kept.token)))]),
            None => Expected::Nothing,
        };
        let put = Put {
            id: wait_id(run),
            document: serde_json::to_string(wait).map_err(|error| Said::new(error.to_string()))?,
            attributes: vec![(TOKEN, text(&wait.token))],
            expected,
        };
        match settle(self.put(&put).await, wait, read, |_| false) {
            Settled::Written => Ok(()),
            Settled::Refused(_) => Err(Said::new("the run has come to wait elsewhere meanwhile")),
            Settled::NotDone(said) | Settled::Unknown(said) => Err(said),
        }
    }

    /// Where the state machine of a run waits, or waited last; nothing when it never did.
    ///
    /// # Errors
    ///
    /// When the table does not answer, or holds what cannot be read.
    pub async fn wait(&self, run: &RunId) -> Result<Option<Wait>, Said> {
        let item = self.get(&wait_id(run)).await.answer?;
        item.map(|item| read(&item)).transpose().map_err(|error| Said::new(error.to_string()))
    }
}

fn wait_id(run: &RunId) -> String {
    format!("dr#wait#{run}")
}

fn read(item: &Item) -> Result<Wait, Unreadable> {
    let document = item.get(DOCUMENT).and_then(|document| document.as_s().ok());
    let wait = serde_json::from_str(document.ok_or(Unreadable::NoDocument)?);
    wait.map_err(|error| Unreadable::Malformed(error.into()))
}
