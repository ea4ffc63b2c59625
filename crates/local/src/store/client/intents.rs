//! The port of intents, and all of them at once.

use fence::NoAnswer;
use payments::{
    AllIntents, Intent, IntentReader, IntentWrite, Intents, NotAll, Read, Revision, ScopedKey,
    Written,
};
use stores::document;

use super::super::ask::Condition;
use super::super::keys;
use super::StoreClient;
use super::settle::Settled;

impl Intents for StoreClient {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        match self.text(keys::intent(key)).await {
            Ok(Some(text)) => document::read_intent(&text).map_or(Read::Unavailable, Read::Found),
            Ok(None) => Read::Absent,
            Err(_) => Read::Unavailable,
        }
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let ours = &write.intent;
        let expects = |Revision(revision)| Condition::Revision(revision);
        let condition = write.expects.map_or(Condition::Absent, expects);
        let (key, text) = (keys::intent(&ours.key), document::intent(ours));
        let read = |text: &str| document::read_intent(text).ok();
        // Each revision is written once.
        let excludes = |stored: &Intent| stored.revision <= ours.revision;
        match self.put(key, condition, text, read, excludes).await {
            Settled::Written => Written::Done,
            Settled::Refused(Some(stored)) => Written::Changed(Box::new(stored)),
            // Intents are never removed: this is not the store that was read.
            Settled::Refused(None) | Settled::NotDone => Written::Unavailable,
            Settled::Unknown => Written::Unknown,
        }
    }
}

impl AllIntents for StoreClient {
    type Reader = IntentLists;

    fn reader(&self) -> IntentLists {
        IntentLists { store: self.clone(), place: Place::After(None) }
    }
}

/// Reads all intents, as many at a time as the store lists.
pub struct IntentLists {
    store: StoreClient,
    place: Place,
}

enum Place {
    After(Option<String>),
    End,
}

impl IntentReader for IntentLists {
    async fn next(&mut self) -> Result<Option<Vec<Intent>>, NotAll> {
        let Place::After(after) = &self.place else { return Ok(None) };
        let listed = self.store.some(keys::INTENTS, after.clone()).await;
        let (items, more_after) = listed.map_err(|cause| NotAll { cause })?;
        let read = items.iter().map(|(_, text)| document::read_intent(text));
        let intents = read.collect::<Result<_, _>>();
        let intents = intents.map_err(|error| NotAll { cause: error.to_string() })?;
        self.place = more_after.map_or(Place::End, |after| Place::After(Some(after)));
        Ok(Some(intents))
    }
}

impl StoreClient {
    /// Every intent that there is, in the order of their keys; each as it was at some moment while
    /// this was asked.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or holds what this program cannot read.
    pub async fn all_intents(&self) -> Result<Vec<Intent>, NoAnswer> {
        let items = self.list(keys::INTENTS).await.map_err(|cause| NoAnswer { cause })?;
        let read = items.iter().map(|(_, text)| document::read_intent(text));
        read.collect::<Result<_, _>>().map_err(|error| NoAnswer { cause: error.to_string() })
    }
}
