//! The port of intents: item `intent#<letters of the key>`, conditional on its `revision`.

use aws_sdk_dynamodb::types::AttributeValue;
use payments::{Intent, IntentWrite, Intents, Read, ScopedKey, Written};
use stores::document;

use super::item::{Item, Unreadable, intent_id, number, text, value};
use super::write::{Expected, Put, Settled, settle};
use super::{ABOUT, ControlTable};
use crate::sorted::Said;

const REVISION: &str = "revision";

impl Intents for ControlTable {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let item = match self.get(&intent_id(key)).await.answer {
            Ok(Some(item)) => item,
            Ok(None) => return Read::Absent,
            Err(said) => return self.unavailable(&said),
        };
        match intent(&item) {
            Ok(intent) => Read::Found(intent),
            Err(error) => self.unavailable(&Said::new(error.to_string())),
        }
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let ours = &write.intent;
        let asked = self.put(&put(write)).await;
        // Each revision is written once, so that one that is not ours leaves no room for ours at or above it.
        match settle(asked, ours, intent, |stored| stored.revision <= ours.revision) {
            Settled::Written => Written::Done,
            Settled::Refused(Some(stored)) => Written::Changed(Box::new(stored)),
            Settled::Refused(None) => {
                // Intents are never removed: this is not the table that was read.
                self.0.aws.notice(ABOUT, &Said::new("the intent that was read is gone"));
                Written::Unavailable
            }
            Settled::NotDone(said) => {
                self.0.aws.notice(ABOUT, &said);
                Written::Unavailable
            }
            Settled::Unknown(said) => {
                self.0.aws.notice(ABOUT, &said);
                Written::Unknown
            }
        }
    }
}

impl ControlTable {
    fn unavailable(&self, said: &Said) -> Read<Intent> {
        self.0.aws.notice(ABOUT, said);
        Read::Unavailable
    }
}

/// The intent of an item.
pub(super) fn intent(item: &Item) -> Result<Intent, Unreadable> {
    value(item, document::read_intent, |intent| intent_id(&intent.key))
}

fn put(write: &IntentWrite) -> Put {
    let intent = &write.intent;
    let revision = |revision: payments::Revision| -> AttributeValue { number(revision.0) };
    Put {
        id: intent_id(&intent.key),
        document: document::intent(intent),
        attributes: vec![
            (REVISION, revision(intent.revision)),
            ("epoch", number(intent.epoch.number())),
            ("state", text(intent.state.name())),
        ],
        expected: match write.expects {
            None => Expected::Nothing,
            Some(expected) => Expected::Values(vec![(REVISION, Some(revision(expected)))]),
        },
    }
}
