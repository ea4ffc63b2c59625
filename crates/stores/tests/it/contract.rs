//! What every ledger promises.

use payments::{
    AccountBalance, BookFault, Books, Committed, Epoch, Fate, Ledger, Looked, Page, PageRequest,
    PaymentRecord, Read, Refusal, State, Version,
};
use stores::{EmbeddedStore, PgLedger, Raised};
use tokio::task::JoinSet;

use crate::samples::{account, payment_id, posts, refund, succeeds};

/// What every ledger can do.
pub(crate) trait Store: Ledger + Books + Clone + Send + Sync + 'static {
    fn raise(&self, epoch: u64) -> impl Future<Output = Raised> + Send;
    fn faults(&self) -> impl Future<Output = Vec<BookFault>> + Send;
}

impl Store for PgLedger {
    async fn raise(&self, epoch: u64) -> Raised {
        self.raise_epoch(Epoch::new(epoch), "us-east-1").await.expect("the ledger answers")
    }

    async fn faults(&self) -> Vec<BookFault> {
        self.audit().await.expect("the ledger answers")
    }
}

impl Store for EmbeddedStore {
    async fn raise(&self, epoch: u64) -> Raised {
        self.raise_epoch(Epoch::new(epoch), "us-east-1").await.expect("the ledger answers")
    }

    async fn faults(&self) -> Vec<BookFault> {
        self.audit().await.expect("the ledger answers")
    }
}

async fn page(ledger: &impl Store, page: PageRequest) -> Page<PaymentRecord> {
    ledger.payments(account(), page).await.expect("the ledger answers")
}

/// Each answer of a commit, and that what is read is what was written.
pub(crate) async fn commits_conflicts_and_fences(ledger: impl Store) {
    let first = posts(1, 1);
    assert_eq!(ledger.commit(&first).await, Committed::Fenced(Epoch::new(0)), "before any epoch");
    assert_eq!(ledger.raise(1).await, Raised::Done);
    assert_eq!(ledger.read(first.record.id).await, Read::Absent);
    let orphan = succeeds(&first);
    assert_eq!(ledger.commit(&orphan).await, Committed::Conflict(None));
    assert_eq!(ledger.commit(&first).await, Committed::Done);
    assert_eq!(ledger.commit(&first).await, Committed::Conflict(Some(Version(1))));
    let second = succeeds(&first);
    let third = refund(&second, 1, Fate::Refused(Refusal::ExceedsCaptured));
    let fourth = refund(&third, 2, Fate::Taken(State::Quarantined));
    assert_eq!(ledger.commit(&second).await, Committed::Done);
    assert_eq!(ledger.commit(&second).await, Committed::Conflict(Some(Version(2))));
    assert_eq!(ledger.commit(&third).await, Committed::Done);
    assert_eq!(ledger.commit(&fourth).await, Committed::Done);
    assert_eq!(ledger.read(fourth.record.id).await, Read::Found(fourth.record.clone()));
    assert_eq!(ledger.raise(2).await, Raised::Done);
    let late = posts(2, 1);
    assert_eq!(ledger.commit(&late).await, Committed::Fenced(Epoch::new(2)));
    // The epoch comes before the version.
    assert_eq!(ledger.commit(&first).await, Committed::Fenced(Epoch::new(2)));
    assert_eq!(ledger.faults().await, []);
}

/// The epoch only rises.
pub(crate) async fn raises_the_epoch(ledger: impl Store) {
    assert_eq!(ledger.raise(5).await, Raised::Done);
    assert_eq!(ledger.raise(5).await, Raised::Done, "asked for again");
    assert_eq!(ledger.raise(4).await, Raised::Passed(Epoch::new(5)));
    assert_eq!(ledger.commit(&posts(1, 5)).await, Committed::Done);
}

/// Of sixteen who write the same payment, one does.
pub(crate) async fn takes_a_payment_once(ledger: impl Store) {
    ledger.raise(1).await;
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let ledger = ledger.clone();
        tasks.spawn(async move { ledger.commit(&posts(1, 1)).await });
    }
    let answers = tasks.join_all().await;
    let done = answers.iter().filter(|answer| **answer == Committed::Done).count();
    let lost = answers.iter().filter(|answer| **answer == Committed::Conflict(Some(Version(1))));
    assert_eq!((done, lost.count()), (1, 15), "{answers:?}");
    assert_eq!(ledger.faults().await, []);
}

/// Whoever raises the epoch in the middle of traffic finds everything there that was told to be done, and nothing
/// comes after.
pub(crate) async fn writes_nothing_after_the_epoch(ledger: impl Store) {
    ledger.raise(1).await;
    let mut tasks = JoinSet::new();
    for number in 1..=64 {
        let ledger = ledger.clone();
        tasks.spawn(async move { (number, ledger.commit(&posts(number, 1)).await) });
    }
    let first = tasks.join_next().await.expect("there are tasks").expect("none panics");
    assert_eq!(ledger.raise(2).await, Raised::Done);
    let at_raise = page(&ledger, all()).await.items;
    let mut answers = tasks.join_all().await;
    answers.push(first);
    let at_end = page(&ledger, all()).await.items;
    assert_eq!(at_raise, at_end, "nothing came after");
    for (number, answer) in answers {
        let is_there = at_end.iter().any(|record| record.id == payment_id(number));
        let expected = if is_there { Committed::Done } else { Committed::Fenced(Epoch::new(2)) };
        assert_eq!(answer, expected, "payment {number}");
    }
}

fn all() -> PageRequest {
    PageRequest::parse(Some("100"), None).expect("the limit is allowed")
}

/// Pages and balances.
pub(crate) async fn lists_and_balances(ledger: impl Store) {
    ledger.raise(1).await;
    for number in 1..=3 {
        assert_eq!(ledger.commit(&posts(number, 1)).await, Committed::Done);
    }
    let succeeded = succeeds(&posts(2, 1));
    assert_eq!(ledger.commit(&succeeded).await, Committed::Done);
    let first = page(&ledger, PageRequest::parse(Some("2"), None).expect("it is allowed")).await;
    let ids: Vec<_> = first.items.iter().map(|record| record.id).collect();
    assert_eq!((ids, first.has_more), (vec![payment_id(3), payment_id(2)], true));
    let after = payment_id(2).to_string();
    let rest = PageRequest::parse(None, Some(&after)).expect("it is allowed");
    let rest = page(&ledger, rest).await;
    assert_eq!((rest.items.len(), rest.has_more), (1, false));
    assert_eq!(ledger.payment(payment_id(2)).await, Looked::Found(succeeded.record));
    assert_eq!(ledger.payment(payment_id(4)).await, Looked::Absent);
    let balance = ledger.balance(account()).await.expect("the ledger answers");
    let expected = AccountBalance { available: 1_000, pending: 2_000 };
    assert_eq!(balance.into_values().collect::<Vec<_>>(), [expected]);
    assert_eq!(ledger.faults().await, []);
}
