//! A process dies at every effect of a payment and of its worker, before it, in the middle of it and after it; the next
//! one goes on, and in the end there is one payment, and one charge at most.

use payments::{
    Acknowledgement, Books as _, CLAIM_MS, Command, Epoch, MovementId, Outcome, PageRequest,
    PaymentId, ProcessorKey, State, Time, Worked,
};
use stores::PgLedger;

use crate::region::{Death, Region};
use crate::server::Server;
use crate::support::{START_MS, account, pay_command, randomness};

/// A payment of a key of its own, tried so long after the start.
struct Payment {
    number: u32,
    tries: u64,
}

impl Payment {
    fn next_try(&mut self) -> Command {
        self.tries += 1;
        let at = Time::from_ms(START_MS + self.tries * (CLAIM_MS + 1));
        let fresh = PaymentId::new(at, randomness(self.number * 1_000 + self.tries as u32));
        pay_command(&format!("key-{}", self.number), 1_000, fresh)
    }
}

/// The payment that the client is told of.
async fn acknowledged(region: &Region<PgLedger>, payment: &mut Payment) -> PaymentId {
    let outcome = region.pay(&payment.next_try()).await.expect("this one lives");
    let Outcome::Acknowledged(Acknowledgement::Payment { id, .. }, _) = outcome else {
        panic!("payment {}: {outcome:?}", payment.number)
    };
    id
}

/// Brings a movement to its end: a processor that never heard of it says so for good when it is asked often.
async fn settle(region: &Region<PgLedger>, movement: MovementId) {
    for _ in 0..16 {
        if let Worked::Settled(_) = region.work(movement).await.expect("this one lives") {
            return;
        }
    }
    panic!("{movement} does not come to rest");
}

/// What must hold of all payments, each of another key.
async fn judge(region: &Region<PgLedger>, payments: &[PaymentId]) {
    assert_eq!(region.ledger.audit().await.unwrap(), []);
    let page = PageRequest::parse(Some("100"), None).unwrap();
    let page = region.ledger.payments(account(1), page).await.unwrap();
    let mut found: Vec<_> = page.items.iter().map(|record| record.id).collect();
    let mut expected = payments.to_vec();
    found.sort();
    expected.sort();
    assert_eq!((found, page.has_more), (expected, false), "one payment for each key");
    let bank = region.bank.lock().unwrap();
    for record in page.items {
        let key = ProcessorKey::of(MovementId::Payment(record.id));
        let moved = bank.charges.get(&key).map_or(0, |charge| charge.moved);
        assert_eq!(moved, u32::from(record.state == State::Succeeded), "{}", record.id);
    }
}

async fn region(server: &Server) -> Region<PgLedger> {
    let ledger = server.ledger().await;
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    Region::new(ledger)
}

#[tokio::test]
async fn at_every_effect_of_a_payment() {
    let server = Server::shared();
    let region = region(&server).await;
    let (mut payments, mut deaths) = (Vec::new(), 0);
    'effects: for effect in 0.. {
        for death in Death::ALL {
            let mut payment = Payment { number: payments.len() as u32, tries: 0 };
            region.condemn(effect, death);
            let told = region.pay(&payment.next_try()).await;
            let id = acknowledged(&region, &mut payment).await;
            settle(&region, MovementId::Payment(id)).await;
            payments.push(id);
            match told {
                None => deaths += 1,
                Some(_) => break 'effects,
            }
        }
    }
    // The intent is written, the ledger is, and the intent is noted.
    assert_eq!(deaths, 3 * Death::ALL.len());
    judge(&region, &payments).await;
}

#[tokio::test]
async fn at_every_effect_of_a_worker() {
    let server = Server::shared();
    let region = region(&server).await;
    let (mut payments, mut deaths) = (Vec::new(), 0);
    'effects: for effect in 0.. {
        for death in Death::ALL {
            let mut payment = Payment { number: payments.len() as u32, tries: 0 };
            let id = acknowledged(&region, &mut payment).await;
            region.condemn(effect, death);
            let worked = region.work(MovementId::Payment(id)).await;
            settle(&region, MovementId::Payment(id)).await;
            payments.push(id);
            match worked {
                None => deaths += 1,
                Some(_) => break 'effects,
            }
        }
    }
    // The ledger is read, and written before the call; the call; its answer is written; the intent is read and noted.
    assert_eq!(deaths, 6 * Death::ALL.len());
    judge(&region, &payments).await;
}
