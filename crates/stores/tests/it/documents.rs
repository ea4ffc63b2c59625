//! Texts that outlive a process: what they look like, that they are read back, and what is refused.

mod properties;

use expect_test::expect;
use fence::{
    Author, ControlRecord, Epoch as FenceEpoch, HolderId, Lease, Millis, PointOfNoReturn,
    RecordFields, RegionName, Run, RunId, RunKind, State as FenceState,
};
use payments::{
    Amount, Attempt, Claim, Currency, Epoch, Fingerprint, Intent, IntentState, Money, MovementId,
    Order, RefundId, RefundOrder, Refusal, Revision, ScopedKey, Time,
};
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
        nothing_lost_since: FenceEpoch::new(4),
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
    expect![[r#"{"format":1,"epoch":7,"nothing_lost_since":4,"state":"FENCED","active_region":null,"run":{"id":"r1","kind":"failover","source":"us-east-1","target":"us-east-2","point_of_no_return":"ahead"},"traffic_region":"us-east-1","updated_by":"ann","reason":"said \"so\""}"#]].assert_eq(&text);
    assert_eq!(document::read_record(&text), Ok(record));
}

/// Nobody knows then what the last run lost, and so it counts as a failover.
#[test]
fn a_control_record_of_a_program_that_kept_no_losses() {
    let record = ControlRecord::from_stored(fields()).unwrap();
    let text = document::record(&record).replacen(r#""nothing_lost_since":4,"#, "", 1);
    let read = document::read_record(&text).unwrap();
    assert_eq!(read.nothing_lost_since(), record.epoch());
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
        (r#""nothing_lost_since":4"#, r#""nothing_lost_since":0"#),
        (r#""nothing_lost_since":4"#, r#""nothing_lost_since":8"#),
        (r#""nothing_lost_since":4,"#, ""),
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
        "nothing_lost_since":4 => "nothing_lost_since":0
            ok; the stored control record contradicts itself; ok
        "nothing_lost_since":4 => "nothing_lost_since":8
            ok; the stored control record contradicts itself; ok
        "nothing_lost_since":4, => 
            ok; ok; ok
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
