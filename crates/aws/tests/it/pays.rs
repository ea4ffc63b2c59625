//! Payments whose intents are in the table, while each request of the way there fails in turn.

use aws::ControlTable;
use payments::{
    AccountId, Acknowledgement, CLAIM_MS, Command, Epoch, Gate, Gatekeeper, Given, Intents,
    Outcome, PaymentDraft, PaymentId, Reign, Time, Written, pay,
};
use stores::{EmbeddedSettings, EmbeddedStore, Syncing};

use crate::double::{Double, Fault};
use crate::samples::{HASTY, PATIENT, table};

struct Open;

impl Gatekeeper for Open {
    fn gate(&self) -> Gate {
        let epoch = Epoch::new(1);
        Gate::Open(Reign { epoch, nothing_lost_since: epoch })
    }
}

const START_MS: u64 = 1_767_225_600_000;

/// A try with the key, made at this time.
fn command(at_ms: u64) -> Command {
    let account = AccountId::new(Time::from_ms(START_MS), [7; 10]);
    let draft = PaymentDraft {
        account: Given::Value(account.to_string()),
        amount: Given::Value(1_234),
        currency: Given::Value("EUR".to_owned()),
        token: Given::Value("tok_abcdefghij".to_owned()),
        description: Given::Missing,
        metadata: Given::Missing,
    };
    let id = PaymentId::new(Time::from_ms(START_MS + at_ms), [9; 10]);
    Command::payment(Some("a-key"), draft, id).expect("key and draft have no faults")
}

/// Tries once; the payment, if it was acknowledged. Writes the note, as a service does.
async fn try_once(table: &ControlTable, ledger: &EmbeddedStore, at_ms: u64) -> Option<PaymentId> {
    let answer = pay(&Open, table, ledger, &command(at_ms)).await;
    if let Some(note) = answer.note {
        assert_eq!(table.write(&note).await, Written::Done);
    }
    match answer.outcome {
        Outcome::Acknowledged(Acknowledgement::Payment { id, .. }, _) => Some(id),
        Outcome::Unresolved => None,
        other => panic!("{other:?}"),
    }
}

/// What is acknowledged, and told again to a second try, while both ways do this to one request.
async fn with_faults(local: Fault, other: Fault, place: usize) {
    let folder = tempfile::tempdir().expect("a folder is made");
    let settings = EmbeddedSettings::new(|| Time::from_ms(START_MS));
    let settings = EmbeddedSettings { syncing: Syncing::Never, ..settings };
    let ledger = EmbeddedStore::open(&folder.path().join("store"), settings).expect("it opens");
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.expect("it is raised");
    let double = Double::start().await;
    let table = table(&double, if local.hangs() { HASTY } else { PATIENT });
    double.local.next(&vec![Fault::None; place]);
    double.local.next(&[local]);
    double.other.next(&[other]);
    let what = format!("{local:?}, {other:?} at {place}");
    let first = try_once(&table, &ledger, 0).await;
    assert!(first.is_some(), "{what}");
    double.local.deliver().await;
    assert_eq!(try_once(&table, &ledger, CLAIM_MS + 1).await, first, "{what}");
    assert_eq!(ledger.audit().await.expect("it is read"), [], "{what}");
}

/// Even when both ways fail once in a row, the third try settles it: the client is told at the first time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_acknowledged_once_whatever_a_way_does() {
    let faults = [
        Fault::None,
        Fault::LosesQuestion,
        Fault::LosesAnswer,
        Fault::Says(400, "ThrottlingException"),
        Fault::SaysAfter(500, "InternalServerError"),
    ];
    for local in faults {
        for other in faults {
            for place in 0..2 {
                with_faults(local, other, place).await;
            }
        }
    }
    with_faults(Fault::ArrivesLate, Fault::LosesAnswer, 0).await;
    with_faults(Fault::HangsWithAnswer, Fault::LosesQuestion, 1).await;
}
