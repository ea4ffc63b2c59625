//! Whatever is written down is read back, and whatever was damaged does no harm.

use std::collections::BTreeMap;

use fence::{
    Author, ControlRecord, Epoch as FenceEpoch, HolderId, Lease, Millis, PointOfNoReturn,
    RecordFields, RegionName, Run, RunId, RunKind, State as FenceState,
};
use payments::{
    Attempt, Claim, Epoch, Fingerprint, Given, Intent, IntentState, MovementId, Order, RefundId,
    RefundOrder, Refusal, Revision, ScopedKey, Time,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use stores::document;

use crate::samples::{START_MS, draft, payment_id};

fn name() -> impl Strategy<Value = String> {
    any::<String>()
}

/// Records of every state, most of them made so that they do not contradict themselves.
fn records() -> impl Strategy<Value = ControlRecord> {
    let names = (name(), name(), name(), name(), name());
    let choices =
        (1..=u64::MAX, any::<u64>(), any::<bool>(), 0..3_u8, any::<bool>(), any::<bool>());
    let fields = (names, choices).prop_map(|(names, choices)| {
        let (source, target, id, by, reason) = names;
        let (epoch, loss, is_passed, state, has_run, is_directed) = choices;
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
            nothing_lost_since: FenceEpoch::new(loss % epoch + 1),
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
