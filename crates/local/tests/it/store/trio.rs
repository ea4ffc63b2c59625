//! Three replicas, the third of them the witness, and what is written to them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use local::{ReplicaSettings, StoreClient, serve_replica};
use payments::{
    AccountId, Amount, Attempt, Claim, Currency, Epoch, Fingerprint, Intent, IntentState,
    IntentWrite, Intents, Money, MovementId, Order, PaymentId, Read, RefundId, RefundOrder,
    Revision, ScopedKey, Time,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Asks until this is the answer, a few times: on a busy machine there may be no time to answer, and
/// everything that is asked here may be asked again.
macro_rules! assert_comes_to {
    ($answer:expr, $expected:expr $(, $place:expr)?) => {{
        let expected = $expected;
        for tries_left in (0..5).rev() {
            let answer = $answer;
            if answer == expected {
                break;
            }
            let place = String::new() $(+ &$place)?;
            assert!(tries_left > 0, "{answer:?}, not {expected:?} {place}");
        }
    }};
}

pub(crate) use assert_comes_to;

/// The replicas.
pub(crate) struct Trio {
    pub(crate) folder: TempDir,
    settings: Vec<ReplicaSettings>,
    running: Vec<Option<JoinHandle<()>>>,
}

impl Trio {
    /// All three, which have nothing yet.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let addresses: Vec<_> = free_addresses(5);
        let (votes, clients) = addresses.split_at(3);
        let settings = (0..3).map(|index| ReplicaSettings {
            number: index as u8 + 1,
            votes: votes[index],
            clients: clients.get(index).copied(),
            peers: votes.iter().copied().filter(|vote| *vote != votes[index]).collect(),
            log: folder.path().join(format!("replica-{}.jsonl", index + 1)),
        });
        let mut trio =
            Self { settings: settings.collect(), running: vec![None, None, None], folder };
        for number in 1..=3 {
            trio.begin(number).await;
        }
        trio
    }

    /// Starts the replica of this number, with the log that it has.
    pub(crate) async fn begin(&mut self, number: usize) {
        let settings = self.settings[number - 1].clone();
        let address = settings.clients.unwrap_or(settings.votes);
        self.running[number - 1] = Some(tokio::spawn(async move {
            let ended = serve_replica(settings).await;
            panic!("a replica has ended: {ended:?}");
        }));
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("replica {number} does not listen");
    }

    /// Ends the replica of this number, and all its connections.
    pub(crate) async fn end(&mut self, number: usize) {
        let running = self.running[number - 1].take().expect("it is running");
        running.abort();
        let ended = running.await.expect_err("it does not end by itself");
        assert!(ended.is_cancelled(), "{ended}");
    }

    /// A client in the Region of this number.
    pub(crate) fn client(&self, number: usize) -> StoreClient {
        StoreClient::new(vec![self.clients(number), self.clients(3 - number)])
    }

    /// Where the replica of this number is asked.
    pub(crate) fn clients(&self, number: usize) -> SocketAddr {
        self.settings[number - 1].clients.expect("it has clients")
    }

    /// Where the replica of this number votes.
    pub(crate) fn votes(&self, number: usize) -> SocketAddr {
        self.settings[number - 1].votes
    }

    pub(crate) fn logs(&self) -> Vec<PathBuf> {
        self.settings.iter().map(|settings| settings.log.clone()).collect()
    }
}

/// Addresses that nobody else takes: each test process has a host of its own on the loopback network.
fn free_addresses(count: usize) -> Vec<SocketAddr> {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let host = Ipv4Addr::new(127, 128 | high, middle, low);
    let listeners: Vec<_> =
        (0..count).map(|_| TcpListener::bind((host, 0)).expect("a port is free")).collect();
    listeners.iter().map(|it| it.local_addr().expect("it is bound")).collect()
}

/// The first revision of an intent.
pub(crate) fn first_intent(number: u8) -> Intent {
    let id = PaymentId::new(Time::from_ms(1), [number; 10]);
    let movement = MovementId::Refund(id, RefundId::new(Time::from_ms(1), [number; 10]));
    let money = Money::new(
        Amount::new(100).expect("it is above zero"),
        Currency::find("EUR").expect("it exists"),
    );
    let account = AccountId::new(Time::from_ms(1), [7; 10]);
    Intent {
        key: ScopedKey::from_bytes([number; 32]),
        fingerprint: Fingerprint::from_bytes([2; 32]),
        movement,
        order: Order::Refund(RefundOrder { payment: id, account, money }),
        epoch: Epoch::new(1),
        state: IntentState::Accepted,
        claim: Claim { by: Attempt::new(movement), until: Time::from_ms(5_000) },
        revision: Revision(1),
    }
}

/// The write of an intent nobody has written yet.
pub(crate) fn first_write(number: u8) -> IntentWrite {
    IntentWrite { intent: first_intent(number), expects: None }
}

/// The write after this intent, by somebody who waits until then.
pub(crate) fn next_write(before: &Intent, until_ms: u64) -> IntentWrite {
    let claim = Claim { until: Time::from_ms(until_ms), ..before.claim };
    let revision = Revision(before.revision.0 + 1);
    let intent = Intent { claim, revision, ..before.clone() };
    IntentWrite { intent, expects: Some(before.revision) }
}

/// What is stored, once the store answers.
pub(crate) async fn stored(client: &StoreClient, number: u8) -> Option<Intent> {
    for _ in 0..50 {
        match client.read(&first_intent(number).key).await {
            Read::Found(intent) => return Some(intent),
            Read::Absent => return None,
            Read::Unavailable => sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("the store does not answer");
}
