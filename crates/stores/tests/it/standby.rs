//! A standby in another Region: it is read and not written, and takes over under a higher epoch.

use std::collections::BTreeMap;
use std::time::Duration;

use fence::{LedgerEpoch as _, LedgerSight};
use notify::{Outbox as _, OutboxFault};
use payments::{
    Books as _, Committed, Epoch, Ledger as _, Looked, Page, PageRequest, PaymentRecord, Read,
    Version,
};
use stores::{PgLedger, Raised};

use crate::samples::{account, payment_id, posts, succeeds};
use crate::server::Server;

fn sight(ledger: fence::Ledger, epoch: u64) -> LedgerSight {
    LedgerSight { ledger, epoch: Some(fence::Epoch::new(epoch)) }
}

async fn page(ledger: &PgLedger) -> Page<PaymentRecord> {
    ledger.payments(account(), PageRequest::parse(None, None).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_standby_is_read_and_takes_over() {
    let home = Server::start_new();
    let settings = home.database();
    let old = PgLedger::new(&settings).unwrap();
    old.migrate().await.unwrap();
    old.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    assert_eq!(old.commit(&posts(1, 1)).await, Committed::Done);
    let away = home.start_standby();
    let new = PgLedger::new(&away.settings(&settings.database)).unwrap();

    // As a standby.
    assert_eq!(old.read_epoch().await, sight(fence::Ledger::Writable, 1));
    assert_eq!(new.read_epoch().await, sight(fence::Ledger::ReadOnly, 1));
    assert_eq!(new.payment(payment_id(1)).await, Looked::Found(posts(1, 1).record));
    assert_eq!(new.payment(payment_id(2)).await, Looked::NotHere, "the writer may have it");
    assert_eq!(old.payment(payment_id(2)).await, Looked::Absent);
    assert_eq!(page(&new).await, page(&old).await);
    assert_eq!(new.balance(account()).await, old.balance(account()).await);
    assert_eq!(new.audit().await.unwrap(), []);
    assert_eq!(new.read(payment_id(1)).await, Read::Unavailable, "it may be behind");
    assert_eq!(new.commit(&posts(2, 1)).await, Committed::Unavailable);
    assert!(new.current_epoch().await.is_err());
    assert!(new.raise_epoch(Epoch::new(2), "us-east-2").await.is_err());
    let (epoch, hour) = (Epoch::new(1), Duration::from_secs(3_600));
    assert_eq!(new.claim_events(epoch, 9, hour).await, Err(OutboxFault::Unavailable));
    let none = BTreeMap::new();
    assert_eq!(new.claim_deliveries(epoch, &none, 9, hour).await, Err(OutboxFault::Unavailable));

    // It is sent what comes later.
    assert_eq!(old.commit(&succeeds(&posts(1, 1))).await, Committed::Done);
    while new.payment(payment_id(1)).await != old.payment(payment_id(1)).await {
        tokio::task::yield_now().await;
    }

    // The writer is lost, and the standby takes over, with the connections that it has.
    home.crash();
    away.promote();
    assert_eq!(old.read_epoch().await.ledger, fence::Ledger::Silent);
    assert_eq!(new.read_epoch().await, sight(fence::Ledger::Writable, 1));
    assert_eq!(new.raise_epoch(Epoch::new(2), "us-east-2").await.unwrap(), Raised::Done);
    assert_eq!(new.audit().await.unwrap(), []);
    let next = posts(3, 2);
    assert_eq!(new.commit(&next).await, Committed::Done);

    // Writers of the old epoch that find their way to the new writer are refused there.
    let stray = PgLedger::new(&away.settings(&settings.database)).unwrap();
    assert_eq!(stray.commit(&posts(2, 1)).await, Committed::Fenced(Epoch::new(2)));
    let fenced = Err(OutboxFault::Fenced(Epoch::new(2)));
    assert_eq!(stray.claim_events(epoch, 9, hour).await, fenced);
    assert_eq!(stray.raise_epoch(epoch, "us-east-1").await.unwrap(), Raised::Passed(Epoch::new(2)));
    assert_eq!(new.read(payment_id(2)).await, Read::Absent);

    // The old writer returns, with its own history, in which the new epoch never was: a writer of the new epoch is
    // refused by it, and what it goes on to take is not in the ledger that counts.
    home.start();
    assert_eq!(old.commit(&posts(4, 2)).await, Committed::Fenced(Epoch::new(1)));
    assert_eq!(old.commit(&posts(2, 1)).await, Committed::Done, "only its gate can stop it");
    assert_eq!(new.read(payment_id(2)).await, Read::Absent);
    assert_eq!(new.commit(&next).await, Committed::Conflict(Some(Version(1))));
}
