//! All intents, page by page, for what compares them with a ledger that was promoted.

use std::time::Duration;

use aws_sdk_dynamodb::operation::scan::ScanOutput;
use payments::{AllIntents, Intent, IntentReader, NotAll};
use tokio::task::JoinSet;

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

/// How many parts of the table are read side by side: what is stored on one disk is read at the pace of that disk, and a
/// part of the table is a part of all disks.
const PARTS: u32 = 8;

/// All intents, page by page: each that was written before the first page was read is in one of them, once.
#[derive(Debug)]
pub struct IntentPages {
    table: ControlTable,
    items_max: Option<u32>,
    part: Part,
    place: Place,
}

/// One of so many parts of the table.
#[derive(Clone, Copy, Debug)]
struct Part {
    number: u32,
    of: u32,
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
        self.part(items_max, Part { number: 0, of: 1 })
    }

    fn part(&self, items_max: Option<u32>, part: Part) -> IntentPages {
        IntentPages { table: self.clone(), items_max, part, place: Place::Beginning }
    }
}

impl AllIntents for ControlTable {
    type Reader = IntentParts;

    fn reader(&self) -> IntentParts {
        let mut parts = IntentParts(JoinSet::new());
        for number in 0..PARTS {
            parts.read(self.part(None, Part { number, of: PARTS }));
        }
        parts
    }
}

/// The parts of the table, read side by side; of each a page is read ahead.
#[derive(Debug)]
pub struct IntentParts(JoinSet<(IntentPages, Page)>);

/// What was read of a part.
type Page = Result<Option<Vec<Intent>>, PageFault>;

impl IntentParts {
    fn read(&mut self, mut part: IntentPages) {
        self.0.spawn(async move {
            let page = part.next().await;
            (part, page)
        });
    }
}

impl IntentReader for IntentParts {
    async fn next(&mut self) -> Result<Option<Vec<Intent>>, NotAll> {
        while let Some(read) = self.0.join_next().await {
            let (part, page) = read.map_err(|ended| NotAll { cause: ended.to_string() })?;
            if let Some(intents) = page.map_err(|fault| not_all(&fault))? {
                self.read(part);
                return Ok(Some(intents));
            }
        }
        Ok(None)
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
            .segment(i32::try_from(self.part.number).unwrap_or(i32::MAX))
            .total_segments(i32::try_from(self.part.of).unwrap_or(i32::MAX))
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
