//! Texts that outlive a process: what they look like, that they are read back, and what is refused.

use std::collections::BTreeMap;

use expect_test::expect;
use fence::{
    Author, ControlRecord, Epoch as FenceEpoch, HolderId, Lease, Millis, PointOfNoReturn,
    RecordFields, RegionName, Run, RunId, RunKind, State as FenceState,
};
use payments::{
    Amount, Attempt, Claim, Currency, Epoch, Fingerprint, Given, Intent, IntentState, Money,
    MovementId, Order, RefundId, RefundOrder, Refusal, Revision, ScopedKey, Time,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use stores::{Malformed, document};

use crate::samples::{START_MS, account, draft, payment_id};

fn intent() -> Intent {
    let movement = MovementId::Payment(payment_id(1));
    Intent {
        key: ScopedKey::from_bytes([1; 32]),
        fingerprint: Fingerprint::from_bytes([2; 32]),
        movement,
        order: Order::Payment(draft(1_234).check().expect("the draft has no faults")),
        epoch: Epoch::new(3),
        state: IntentState::Accepted,
        claim: Claim { by: Attempt::new(movement), until: Time::from_ms(START_MS) },
        revision: Revision(4),
    }
}

fn refund_intent() -> Intent {
    let refund = RefundId::new(Time::from_ms(START_MS), [5; 10]);
    let money = Money::new(
        Amount::new(100).expect("it is above zero"),
        Currency::find("JPY").expect("it exists"),
    );
    let order = RefundOrder { payment: payment_id(1), account: account(), money };
    Intent {
        movement: MovementId::Refund(payment_id(1), refund),
        order: Order::Refund(order),
        state: IntentState::Refused(Refusal::PaymentOpen),
        ..intent()
    }
}

fn fields() -> RecordFields {
    RecordFields {
        epoch: FenceEpoch::new(7),
        state: FenceState::Fenced,
        active_region: None,
        run: Some(Run {
            id: RunId::new("r1"),
            kind: RunKind::Failover,
            source: RegionName::new("us-east-1"),
            target: RegionName::new("us-east-2"),
            point_of_no_return: PointOfNoReturn::Ahead,
        }),
        traffic_region: RegionName::new("us-east-1"),
        updated_by: Author::new("ann"),
        reason: "said \"so\"".to_owned(),
    }
}

fn lease() -> Lease {
    let holders = [("east-1", 10_500), ("east-2", 9)];
    Lease {
        region: RegionName::new("us-east-1"),
        epoch: FenceEpoch::new(7),
        holders: holders.map(|(id, until)| (HolderId::new(id), Millis(until))).into(),
        revision: 12,
    }
}

#[test]
fn the_text_of_an_intent() {
    let text = document::intent(&intent());
    expect![[r#"{"format":1,"key":"abababababababababababababababababababababababababababababababab","fingerprint":"acacacacacacacacacacacacacacacacacacacacacacacacacacacacacacacac","movement":{"payment":"pay_01KDVDNA01040G2081040G2081","refund":null},"order":{"payment":{"account":"acc_01KDVDNA000W3GE1R70W3GE1R7","amount":1234,"currency":"EUR","token":"tok_abcdefghij","description":"a book, 'quoted'","metadata":{"order":"a \"b\" \\ é"}}},"epoch":3,"state":"accepted","refusal":null,"claimed_by":{"payment":"pay_01KDVDNA01040G2081040G2081","refund":null},"claimed_until_ms":1767225600000,"revision":4}"#]]
    .assert_eq(&text);
    assert_eq!(document::read_intent(&text), Ok(intent()));
}

#[test]
fn the_text_of_an_intent_of_a_refund() {
    let text = document::intent(&refund_intent());
    expect![[r#"{"format":1,"key":"abababababababababababababababababababababababababababababababab","fingerprint":"acacacacacacacacacacacacacacacacacacacacacacacacacacacacacacacac","movement":{"payment":"pay_01KDVDNA01040G2081040G2081","refund":"ref_01KDVDNA000M2GA1850M2GA185"},"order":{"refund":{"payment":"pay_01KDVDNA01040G2081040G2081","account":"acc_01KDVDNA000W3GE1R70W3GE1R7","amount":100,"currency":"JPY"}},"epoch":3,"state":"refused","refusal":"payment_open","claimed_by":{"payment":"pay_01KDVDNA01040G2081040G2081","refund":null},"claimed_until_ms":1767225600000,"revision":4}"#]].assert_eq(&text);
    assert_eq!(document::read_intent(&text), Ok(refund_intent()));
}

#[test]
fn the_text_of_a_control_record() {
    let record = ControlRecord::from_stored(fields()).unwrap();
    let text = document::record(&record);
    expect![[r#"{"format":1,"epoch":7,"state":"FENCED","active_region":null,"run":{"id":"r1","kind":"failover","source":"us-east-1","target":"us-east-2","point_of_no_return":"ahead"},"traffic_region":"us-east-1","updated_by":"ann","reason":"said \"so\""}"#]].assert_eq(&text);
    assert_eq!(document::read_record(&text), Ok(record));
}

#[test]
fn the_text_of_a_lease() {
    let text = document::lease(&lease());
    expect![[r#"{"format":1,"region":"us-east-1","epoch":7,"holders_until_ms":{"east-1":10500,"east-2":9},"revision":12}"#]].assert_eq(&text);
    assert_eq!(document::read_lease(&text), Ok(lease()));
}

/// What another program wrote: a change to the text of a lease, of a record or of an intent, and what reading it says.
#[test]
fn what_others_wrote() {
    let record = ControlRecord::from_stored(fields()).unwrap();
    let texts = [document::lease(&lease()), document::record(&record), document::intent(&intent())];
    let said = |from: &str, to: &str| {
        let [lease, record, intent] = texts.clone().map(|text| text.replacen(from, to, 1));
        let read = [
            document::read_lease(&lease).map(|_| ()),
            document::read_record(&record).map(|_| ()),
            document::read_intent(&intent).map(|_| ()),
        ];
        read.map(|read| read.err().map_or("ok".to_owned(), |error| error.to_string())).join("; ")
    };
    let rows = [
        (r#""format":1"#, r#""format":1,"unheard_of":[{}]"#),
        (r#""format":1"#, r#""format":2"#),
        (r#""format":1"#, r#""format":0"#),
        (r#""format":1,"#, ""),
        (r#""epoch":"#, r#""epoch":-"#),
        (r#""epoch":7"#, r#""epoch":0"#),
        (r#""FENCED""#, r#""fenced""#),
        (r#""FENCED""#, r#""ACTIVE""#),
        (r#""active_region":null,"#, ""),
        (r#""refund":null"#, r#""refund":"re_1""#),
        (r#""accepted""#, r#""excepted""#),
        ("}", ""),
    ];
    let actual = rows.map(|(from, to)| format!("{from} => {to}\n    {}\n", said(from, to)));
    expect![[r#"
        "format":1 => "format":1,"unheard_of":[{}]
            ok; ok; ok
        "format":1 => "format":2
            it is stored in format 2, this program knows those up to 1; it is stored in format 2, this program knows those up to 1; it is stored in format 2, this program knows those up to 1
        "format":1 => "format":0
            what is stored as `format` makes no sense; what is stored as `format` makes no sense; what is stored as `format` makes no sense
        "format":1, => 
            what is stored as `JSON` makes no sense; what is stored as `JSON` makes no sense; what is stored as `JSON` makes no sense
        "epoch": => "epoch":-
            what is stored as `JSON` makes no sense; what is stored as `JSON` makes no sense; what is stored as `JSON` makes no sense
        "epoch":7 => "epoch":0
            ok; the stored control record contradicts itself; ok
        "FENCED" => "fenced"
            ok; what is stored as `state` makes no sense; ok
        "FENCED" => "ACTIVE"
            ok; the stored control record contradicts itself; ok
        "active_region":null, => 
            ok; ok; ok
        "refund":null => "refund":"re_1"
            ok; ok; what is stored as `refund` makes no sense
        "accepted" => "excepted"
            ok; ok; what is stored as `state` makes no sense
        } => 
            what is stored as `JSON` makes no sense; what is stored as `JSON` makes no sense; what is stored as `JSON` makes no sense
    "#]].assert_eq(&actual.concat());
}

#[test]
fn a_newer_format_is_named_whatever_else_there_is() {
    let text = r#"{"format":2,"region":["not", "a", "text"]}"#;
    assert_eq!(document::read_lease(text), Err(Malformed::Newer { found: 2, known: 1 }));
}

fn name() -> impl Strategy<Value = String> {
    any::<String>()
}

/// Records of every state, most of them made so that they do not contradict themselves.
fn records() -> impl Strategy<Value = ControlRecord> {
    let names = (name(), name(), name(), name(), name());
    let choices = (1..=u64::MAX, any::<bool>(), 0..3_u8, any::<bool>(), any::<bool>());
    let fields = (names, choices).prop_map(|(names, choices)| {
        let (source, target, id, by, reason) = names;
        let (epoch, is_passed, state, has_run, is_directed) = choices;
        let (source, target) = (RegionName::new(source), RegionName::new(target));
        let (state, kind, active) = match state {
            0 => (FenceState::Draining, RunKind::Switchover, Some(&source)),
            1 => (FenceState::Fenced, RunKind::Failover, None),
            _ => (FenceState::Active, RunKind::Failover, Some(&target).filter(|_| is_passed)),
        };
        let is_open = state == FenceState::Active;
        let active = if is_open { active.or(Some(&source)) } else { active }.cloned();
        let has_run = has_run || !is_open;
        let is_directed = !has_run || (is_directed && is_open && is_passed);
        RecordFields {
            epoch: FenceEpoch::new(epoch),
            state,
            traffic_region: active.clone().filter(|_| is_directed).unwrap_or(source.clone()),
            active_region: active,
            run: has_run.then(|| Run {
                id: RunId::new(id),
                kind,
                source,
                target,
                point_of_no_return: if is_passed {
                    PointOfNoReturn::Passed
                } else {
                    PointOfNoReturn::Ahead
                },
            }),
            updated_by: Author::new(by),
            reason,
        }
    });
    fields.prop_filter_map("a Region may be both source and target", |fields| {
        ControlRecord::from_stored(fields).ok()
    })
}

fn leases() -> impl Strategy<Value = Lease> {
    let holders = proptest::collection::btree_map(name(), any::<u64>(), 0..5);
    (name(), any::<u64>(), holders, any::<u64>()).prop_map(|(region, epoch, holders, revision)| {
        let holders = holders.into_iter().map(|(id, until)| (HolderId::new(id), Millis(until)));
        let (region, epoch) = (RegionName::new(region), FenceEpoch::new(epoch));
        Lease { region, epoch, holders: holders.collect(), revision }
    })
}

fn movements() -> impl Strategy<Value = MovementId> {
    (any::<u8>(), any::<Option<[u8; 10]>>()).prop_map(|(number, refund)| {
        let payment = payment_id(number);
        match refund {
            None => MovementId::Payment(payment),
            Some(bytes) => {
                MovementId::Refund(payment, RefundId::new(Time::from_ms(START_MS), bytes))
            }
        }
    })
}

fn orders() -> impl Strategy<Value = Order> {
    let words = "[a-z\u{e9}\"'\\\\{}]{1,20}";
    let metadata = proptest::collection::btree_map("[a-z_]{1,20}", words, 0..4);
    (1..=99_999_999_i64, words, metadata, any::<bool>()).prop_map(
        |(amount, description, metadata, is_refund)| {
            let metadata: BTreeMap<_, _> =
                metadata.into_iter().map(|(key, value)| (key, Given::Value(value))).collect();
            let mut draft = draft(amount);
            draft.description = Given::Value(description);
            draft.metadata = Given::Value(metadata);
            let order = draft.check().expect("the draft has no faults");
            if is_refund {
                let (payment, account, money) = (payment_id(9), order.account(), order.money());
                return Order::Refund(RefundOrder { payment, account, money });
            }
            Order::Payment(order)
        },
    )
}

fn states() -> impl Strategy<Value = IntentState> {
    let plain = [
        IntentState::Accepted,
        IntentState::Posted,
        IntentState::Settled,
        IntentState::Quarantined,
    ];
    let refused = Refusal::ALL.map(IntentState::Refused);
    proptest::sample::select([plain, refused].concat())
}

fn intents() -> impl Strategy<Value = Intent> {
    let digests = any::<([u8; 32], [u8; 32])>();
    let numbers = (any::<u64>(), 0..=Time::MAX.as_ms(), any::<u64>());
    (digests, movements(), orders(), states(), movements(), numbers).prop_map(
        |((key, fingerprint), movement, order, state, by, (epoch, until_ms, revision))| Intent {
            key: ScopedKey::from_bytes(key),
            fingerprint: Fingerprint::from_bytes(fingerprint),
            movement,
            order,
            epoch: Epoch::new(epoch),
            state,
            claim: Claim { by: Attempt::new(by), until: Time::from_ms(until_ms) },
            revision: Revision(revision),
        },
    )
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_is_written_is_read(record in records(), lease in leases(), intent in intents()) {
        prop_assert_eq!(document::read_record(&document::record(&record)), Ok(record));
        prop_assert_eq!(document::read_lease(&document::lease(&lease)), Ok(lease));
        prop_assert_eq!(document::read_intent(&document::intent(&intent)), Ok(intent));
    }

    /// A text that was cut off, or in which a byte was changed, is refused or makes sense; nothing panics.
    #[test]
    fn what_is_damaged_does_no_harm(
        intent in intents(),
        at in any::<prop::sample::Index>(),
        with in any::<char>(),
    ) {
        let text = document::intent(&intent);
        let at = text.char_indices().nth(at.index(text.chars().count())).map_or(0, |(at, _)| at);
        prop_assert!(document::read_intent(&text[..at]).is_err());
        let mut damaged = text[..at].to_owned();
        damaged.push(with);
        damaged.extend(text[at..].chars().skip(1));
        drop(document::read_intent(&damaged));
    }
}
