//! The same commands to a Region with the ledger in PostgreSQL and to one with the model's: they answer the same, and
//! hold the same in the end.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use notify::Outbox as _;
use payments::{
    Books as _, Command, Epoch, Event, Ledger, MovementId, Outcome, PaymentId, Read, RefundId,
    Time, Worked, account_balance, balance,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use stores::PgLedger;

use crate::region::{Model, Region};
use crate::server::Server;
use crate::store::Store;
use crate::support::{START_MS, account, cases, pay_command, randomness, refund_command};

/// One thing that happens to both.
#[derive(Clone, Debug)]
enum Happening {
    Pay {
        key: u8,
        amount: i64,
    },
    Refund {
        key: u8,
        of: usize,
        amount: Option<i64>,
    },
    Work {
        movement: usize,
    },
    /// The ledger's epoch is raised; the Region does not know it yet.
    Raise,
    /// The Region learns of the ledger's epoch.
    Learn,
    /// Claims lapse.
    Lapse,
}

fn happening() -> impl Strategy<Value = Happening> {
    let amount = || select(&[1_000_i64, 1_007, 250][..]);
    let part = prop_oneof![Just(None), select(&[100_i64, 400, 1_000][..]).prop_map(Some)];
    prop_oneof![
        6 => (0..4_u8, amount()).prop_map(|(key, amount)| Happening::Pay { key, amount }),
        4 => (0..3_u8, 0..4_usize, part)
            .prop_map(|(key, of, amount)| Happening::Refund { key, of, amount }),
        8 => (0..12_usize).prop_map(|movement| Happening::Work { movement }),
        1 => Just(Happening::Raise),
        2 => Just(Happening::Learn),
        2 => Just(Happening::Lapse),
    ]
}

/// Both Regions, and what was asked of them.
struct Story {
    real: Region<PgLedger>,
    model: Region<Model>,
    epoch: u64,
    now_ms: u64,
    movements: Vec<MovementId>,
}

impl Story {
    fn begin(ledger: PgLedger) -> Self {
        let store = Store { epoch: Some(Epoch::new(1)), ..Store::default() };
        let model = Region::new(Model(Mutex::new(store)));
        Self { real: Region::new(ledger), model, epoch: 1, now_ms: 0, movements: Vec::new() }
    }

    fn fresh(&mut self) -> (Time, [u8; 10]) {
        self.now_ms += 1;
        let number = u32::try_from(self.now_ms).unwrap();
        (Time::from_ms(START_MS + self.now_ms), randomness(number))
    }

    async fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Pay { key, amount } => {
                let (at, bits) = self.fresh();
                let command = pay_command(&format!("pay-{key}"), amount, PaymentId::new(at, bits));
                self.ask(&command).await;
            }
            Happening::Refund { key, of, amount } => {
                let payments: Vec<PaymentId> =
                    self.movements.iter().copied().map(MovementId::payment).collect();
                let Some(payment) = payments.get(of) else { return };
                let (at, bits) = self.fresh();
                let fresh = RefundId::new(at, bits);
                let command = refund_command(&format!("refund-{key}"), *payment, amount, fresh);
                self.ask(&command).await;
            }
            Happening::Work { movement } => {
                if let Some(movement) = self.movements.get(movement).copied() {
                    let (real, model): (Option<Worked>, _) =
                        tokio::join!(self.real.work(movement), self.model.work(movement));
                    assert_eq!(real, model, "{movement}");
                }
            }
            Happening::Raise => {
                self.epoch += 1;
                let epoch = Epoch::new(self.epoch);
                self.real.ledger.raise_epoch(epoch, "us-east-1").await.unwrap();
                self.model.ledger.0.lock().unwrap().epoch = Some(epoch);
            }
            Happening::Learn => {
                self.real.learn(self.epoch);
                self.model.learn(self.epoch);
            }
            Happening::Lapse => self.now_ms += payments::CLAIM_MS,
        }
    }

    async fn ask(&mut self, command: &Command) {
        let (real, model) = tokio::join!(self.real.pay(command), self.model.pay(command));
        assert_eq!(real, model);
        if let Some(Outcome::Acknowledged(acknowledgement, _)) = real {
            let movement = acknowledgement.movement();
            if !self.movements.contains(&movement) {
                self.movements.push(movement);
            }
        }
    }

    /// Compares everything that they hold.
    async fn end(self) {
        let store = self.model.ledger.0.into_inner().unwrap();
        let real = self.real.ledger;
        for (payment, record) in &store.records {
            assert_eq!(Ledger::read(&real, *payment).await, Read::Found(record.clone()));
        }
        assert_eq!(real.audit().await.unwrap(), []);
        let sums = balance(&store.postings()).unwrap();
        let balances = real.balance(account(1)).await.unwrap();
        assert_eq!(balances, account_balance(&sums, account(1)));
        let hour = Duration::from_secs(3_600);
        let told = real.claim_events(Epoch::new(self.epoch), 1_000, hour).await.unwrap();
        let told: BTreeMap<u64, Event> =
            told.iter().map(|row| (row.event.account_sequence, row.event)).collect();
        assert_eq!(told.into_values().collect::<Vec<_>>(), store.events);
    }
}

/// What makes a database as it was, rules of the schema and all.
const RESET: &str = "SET session_replication_role = replica; \
    TRUNCATE payments, refunds, transfers, accounts, outbox, webhook_deliveries; \
    TRUNCATE webhook_endpoints, dr_epoch_history; UPDATE dr_epoch SET epoch = 1";

#[test]
fn they_answer_and_hold_the_same() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = Server::shared();
    let settings = server.database();
    let ledger = PgLedger::new(&settings).unwrap();
    runtime.block_on(ledger.migrate()).unwrap();
    // A database for each story would take more time than all stories together.
    proptest!(cases(64), |(happenings in vec(happening(), 0..40))| {
        server.ask(&settings, RESET);
        let mut story = Story::begin(ledger.clone());
        runtime.block_on(async {
            for happening in happenings {
                story.happen(happening).await;
            }
            story.end().await;
        });
    });
}
