//! Lists: what is stored under many keys at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::super::ask::StoreReply;
use super::super::proposer::Wanted;
use super::super::voter::{Accepted, VoteAnswer, VoteAsk};
use super::{Endpoint, NO_MAJORITY, ROUND, Votes, locked};

/// How many voters decide.
const MAJORITY: usize = 2;

/// What one voter holds.
#[derive(PartialEq)]
struct Page {
    items: Vec<(String, Accepted)>,
    is_all: bool,
}

impl Endpoint {
    /// A page of what is stored under the keys that begin so. Voters that disagree are outvoted, if
    /// there is a third; a voter that was away lacks much.
    pub(super) async fn list(
        self: &Arc<Self>,
        prefix: String,
        after: Option<String>,
    ) -> StoreReply {
        let ask = VoteAsk::List { prefix, after };
        let mut pages = Vec::new();
        pages.extend(page(locked(&self.own).answer(&ask)));
        let mut votes = Votes::ask(&self.others, &ask, ROUND);
        while pages.len() < MAJORITY || pages.iter().any(|page| *page != pages[0]) {
            match votes.next().await {
                Some((_, Ok(answer))) => pages.extend(page(answer)),
                Some((_, Err(_))) => {}
                None if pages.len() >= MAJORITY => break,
                None => return failed(),
            }
        }
        self.outvote(pages).await
    }

    /// Where two voters hold the same, it is that; every other key is read.
    async fn outvote(self: &Arc<Self>, pages: Vec<Page>) -> StoreReply {
        let partial = pages.iter().filter(|page| !page.is_all);
        let more_after = partial.filter_map(|page| Some(page.items.last()?.0.clone())).min();
        let is_within = |key: &&String| more_after.as_ref().is_none_or(|last| *key <= last);
        let held: Vec<BTreeMap<String, Accepted>> =
            pages.into_iter().map(|page| page.items.into_iter().collect()).collect();
        let keys: BTreeSet<&String> = held.iter().flatten().map(|(key, _)| key).collect();
        let mut items = BTreeMap::new();
        let mut reading = JoinSet::new();
        for key in keys.into_iter().filter(is_within) {
            match agreed(&held, key) {
                Some(accepted) => {
                    items.extend(accepted.map(|accepted| (key.clone(), accepted.text.clone())));
                }
                None => {
                    let (endpoint, key) = (Arc::clone(self), key.clone());
                    reading.spawn(async move {
                        (key.clone(), endpoint.operate(key, Wanted::Read).await)
                    });
                }
            }
        }
        while let Some(read) = reading.join_next().await {
            match read {
                Ok((key, StoreReply::Stored { text })) => {
                    items.extend(text.map(|text| (key, text)));
                }
                _ => return failed(),
            }
        }
        StoreReply::Listed { items: items.into_iter().collect(), more_after }
    }
}

/// What two voters hold under this key, if two hold the same: that may be nothing.
fn agreed<'h>(held: &'h [BTreeMap<String, Accepted>], key: &str) -> Option<Option<&'h Accepted>> {
    let votes = || held.iter().map(|held| held.get(key));
    votes().find(|vote| votes().filter(|other| other == vote).count() >= MAJORITY)
}

fn page(answer: VoteAnswer) -> Option<Page> {
    match answer {
        VoteAnswer::Listed { items, is_all } => Some(Page { items, is_all }),
        _ => None,
    }
}

fn failed() -> StoreReply {
    StoreReply::Failed { is_doubtful: false, cause: NO_MAJORITY.to_owned() }
}
