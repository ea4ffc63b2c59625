//! All intents, page by page, for what compares them with a ledger that was promoted.

use std::time::Duration;

use aws_sdk_dynamodb::operation::scan::ScanOutput;
use payments::{AllIntents, Intent, NotAll};

use super::ControlTable;
use super::intents::intent;
use super::item::{ID, INTENT_PREFIX, Item, text};
use crate::asking::{Asking, Endpoint, Patience};
use crate::sorted::{Said, Sorted, sorted};

/// A page is a megabyte, and nobody waits for it in a hurry.
const PATIENCE: Patience = Patience {
    local: Duration::from_secs(3),
    other: Duration::from_secs(3),
    total: Duration::from_secs(15),
    pause: Duration::from_millis(25),
    avoidance: Duration::ZERO,
};

/// The intents of all time, page by page: each that was written before the first page was read is in one of them, once.
#[derive(Debug)]
pub struct IntentPages {
    table: ControlTable,
    items_max: Option<u32>,
    place: Place,
}

/// How far the pages were read.
#[derive(Clone, Debug)]
enum Place {
    Beginning,
    /// After this item of this endpoint: the order of the items is a replica's own.
    After(Endpoint, Item),
    End,
}

/// Why a page cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PageFault {
    /// The table did not answer. Asking again goes on at the same place of the same replica; when that is lost, begin
    /// with new pages.
    #[error("the control table did not answer")]
    NoAnswer(#[source] Said),
    /// An intent makes no sense; without it the intents are not all.
    #[error("the intent `{id}` cannot be read")]
    Unreadable {
        /// The key of the item.
        id: String,
        /// Why.
        #[source]
        cause: Said,
    },
}

impl ControlTable {
    /// All intents. `items_max` bounds the items that one page looks at; a page may be empty before the end.
    #[must_use]
    pub fn intents(&self, items_max: Option<u32>) -> IntentPages {
        IntentPages { table: self.clone(), items_max, place: Place::Beginning }
    }
}

impl AllIntents for ControlTable {
    async fn show(&self, mut show: impl FnMut(Vec<Intent>) + Send) -> Result<(), NotAll> {
        let mut pages = self.intents(None);
        while let Some(page) = pages.next().await.map_err(|fault| not_all(&fault))? {
            show(page);
        }
        Ok(())
    }
}

fn not_all(fault: &PageFault) -> NotAll {
    let (PageFault::NoAnswer(cause) | PageFault::Unreadable { cause, .. }) = fault;
    NotAll { cause: format!("{fault}: {cause}") }
}

impl IntentPages {
    /// The next page; nothing after the last.
    ///
    /// # Errors
    ///
    /// When the table does not answer, or holds an intent that cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<Intent>>, PageFault> {
        let (endpoints, after): (&[_], _) = match &self.place {
            Place::Beginning => (&[Endpoint::Local, Endpoint::Other], None),
            Place::After(endpoint, key) => (std::slice::from_ref(endpoint), Some(key)),
            Place::End => return Ok(None),
        };
        let random = self.table.0.aws.random();
        let scan_at = |endpoint| self.scan_at(endpoint, after.cloned());
        let asked = Asking::here_and_there(PATIENCE).ask_of(endpoints, random, scan_at).await;
        let (endpoint, output) = asked.answer.map_err(PageFault::NoAnswer)?;
        let items = output.items.unwrap_or_default();
        let intents = items.iter().map(read).collect::<Result<_, _>>()?;
        self.place = match output.last_evaluated_key {
            Some(key) => Place::After(endpoint, key),
            None => Place::End,
        };
        Ok(Some(intents))
    }

    async fn scan_at(
        &self,
        endpoint: Endpoint,
        after: Option<Item>,
    ) -> Result<(Endpoint, ScanOutput), Sorted> {
        let limit = self.items_max.map(|items| i32::try_from(items).unwrap_or(i32::MAX));
        let scan = self.table.client(endpoint).await.scan().table_name(&self.table.0.name);
        let scan = scan
            .consistent_read(true)
            .set_limit(limit)
            .set_exclusive_start_key(after)
            .filter_expression(format!("begins_with(#{ID}, :prefix)"))
            .expression_attribute_names(format!("#{ID}"), ID)
            .expression_attribute_values(":prefix", text(INTENT_PREFIX));
        Ok((endpoint, scan.send().await.map_err(|error| sorted(&error))?))
    }
}

fn read(item: &Item) -> Result<Intent, PageFault> {
    intent(item).map_err(|cause| {
        let id = item.get(ID).and_then(|id| id.as_s().ok()).cloned().unwrap_or_default();
        PageFault::Unreadable { id, cause: Said::new(cause.to_string()) }
    })
}
