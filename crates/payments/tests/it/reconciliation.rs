//! After a failover with loss: what is missing, what is held, and how it is let go.

use std::collections::BTreeSet;

use expect_test::expect;
use payments::{
    CLAIM_MS, Cut, Epoch, Fate, Intent, IntentState, MovementId, Outcome, PaymentId, PaymentRecord,
    Reconciled, Resolution, State, Status, Verdict, Version, loss, missing, resolve,
};

use crate::oracle::judge;
use crate::ports::Mishap;
use crate::support::{draft, pay_command, payment, randomness, refund, refund_command, time};
use crate::table::{check, name};
use crate::task::{Done, Job};
use crate::world::World;

const CUT: Cut = Cut { before: Epoch::new(2), latest: None };

const PAYMENT: fn(u32) -> MovementId = |number| MovementId::Payment(payment(number));

/// Three payments and a refund of the first, in every state that an intent can have but quarantine.
fn with_intents() -> World {
    let world = World::new();
    // Accepted: the process died before the note.
    let die = vec![Mishap::Fine, Mishap::Fine, Mishap::DieAfter];
    world.run(Job::Request(Box::new(pay_command("a", 1000, payment(1)))), die);
    // Posted.
    world.ask(pay_command("b", 2000, payment(2)));
    // Settled.
    world.ask(pay_command("c", 3000, payment(3)));
    world.run(Job::Work(PAYMENT(3)), Vec::new());
    // A refund, and one that is refused.
    world.ask(refund_command("d", payment(3), Some(100), refund(1)));
    world.ask(refund_command("e", payment(3), Some(2901), refund(2)));
    world
}

fn listed(intents: &[Intent]) -> String {
    let lines = intents.iter().map(|intent| {
        format!("{} {} {}\n", intent.movement, intent.state.name(), intent.order.money())
    });
    lines.collect()
}

#[test]
fn what_is_missing_whatever_the_intents_say() {
    let world = with_intents();
    let intents: Vec<Intent> = world.with(|inner| inner.intents.values().cloned().collect());
    let all = missing(&intents, &BTreeSet::new(), CUT);
    expect![[r#"
        pay_01KANAR9G0ZZZZZZZZZW000001 accepted EUR 10.00
        pay_01KANAR9G0ZZZZZZZZZW000002 posted EUR 20.00
        pay_01KANAR9G0ZZZZZZZZZW000003 settled EUR 30.00
        ref_01KANAR9G0ZZZZZZZZZW000001 posted EUR 1.00
        Loss { payments: 3, refunds: 1, noted: 3, money: {EUR: 6100} }
    "#]]
    .assert_eq(&format!("{}{:?}\n", listed(&all), loss(&all)));
    let known = BTreeSet::from([PAYMENT(2), MovementId::Refund(payment(3), refund(1))]);
    expect![[r#"
        pay_01KANAR9G0ZZZZZZZZZW000001 accepted EUR 10.00
        pay_01KANAR9G0ZZZZZZZZZW000003 settled EUR 30.00
    "#]]
    .assert_eq(&listed(&missing(&intents, &known, CUT)));
}

/// What a client gave up is not charged weeks later, unless the client comes back: then it is, once.
#[test]
fn what_was_abandoned_is_carried_out_only_when_it_is_asked_for() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
    let at = |ms, number| PaymentId::new(time(ms), randomness(number));
    let world = World::new();
    let taken_at = DAY_MS + CLAIM_MS + 1;
    for (key, fresh) in [("old", at(0, 1)), ("young", at(1, 2))] {
        // The process dies before the ledger has it.
        let request = Job::Request(Box::new(pay_command(key, 1000, fresh)));
        assert_eq!(world.run(request, vec![Mishap::DieAfter]), None);
    }
    world.ask(pay_command("taken", 2000, at(taken_at, 3)));
    world.fail_over(0);
    let movements = |intents: Vec<Intent>| -> Vec<MovementId> {
        intents.into_iter().map(|intent| intent.movement).collect()
    };
    assert_eq!(movements(world.held()), [MovementId::Payment(at(1, 2))]);
    let abandoned = world.abandoned();
    assert_eq!(movements(abandoned.clone()), [MovementId::Payment(at(0, 1))]);
    let done = Some(Done::Reconciled(Reconciled::Done));
    assert_eq!(world.run(Job::GiveUp(abandoned[0].clone()), Vec::new()), done);
    assert_eq!(world.abandoned(), [], "once is enough");
    assert!(world.with(|inner| inner.bank.charges.is_empty()), "nobody was asked for money");

    let again = world.ask(pay_command("old", 1000, at(taken_at, 4)));
    let Outcome::Acknowledged(acknowledged, _) = again else { panic!("{again:?}") };
    assert_eq!(acknowledged.movement(), MovementId::Payment(at(0, 1)), "a key has one payment");
    let keys = [("old", 1000), ("young", 1000), ("taken", 2000)];
    judge(&world, keys.map(|(key, amount)| pay_command(key, amount, at(taken_at, 9))));
}

/// The payment in this state, with one refund of 4.00 held and another of so much made.
fn record(state: State, other_refund: i64) -> PaymentRecord {
    let key = pay_command("key", 1000, payment(1)).key();
    let accepted = Epoch::new(1);
    let refund_of = |units, state| payments::RefundRecord {
        key,
        amount: payments::Amount::new(units).unwrap(),
        accepted,
        fate: Fate::Taken(state),
    };
    let refunds = [
        (refund(1), refund_of(400, State::Quarantined)),
        (refund(2), refund_of(other_refund, State::Succeeded)),
    ];
    let order = draft(1000).check().unwrap();
    PaymentRecord {
        id: payment(1),
        key,
        order,
        accepted,
        version: Version(3),
        state,
        refunds: refunds.into(),
    }
}

fn status(cell: &str) -> Status {
    match cell {
        "succeeded" => Status::Known(Verdict::Succeeded),
        "declined" => Status::Known(Verdict::Declined),
        "pending" => Status::Pending,
        "unseen" => Status::Unseen,
        "closed" => Status::Closed,
        "no answer" => Status::NoAnswer,
        _ => panic!("no such status: {cell}"),
    }
}

#[test]
fn what_the_processor_knows_decides() {
    check::<4>(
        "
        movement | payment     | processor | resolution
        ---------+-------------+-----------+-----------------------------------
        payment  | quarantined | succeeded | succeeded: pending, posted
        payment  | quarantined | declined  | declined: pending, voided
        payment  | quarantined | closed    | declined: pending, voided
        payment  | quarantined | unseen    | posted: pending
        payment  | quarantined | pending   | wait
        payment  | quarantined | no answer | wait
        refund   | quarantined | succeeded | wait
        refund   | quarantined | closed    | wait
        refund   | posted      | succeeded | wait
        refund   | unknown     | unseen    | wait
        refund   | succeeded   | succeeded | succeeded: pending, posted
        refund   | succeeded   | declined  | declined: pending, voided
        refund   | succeeded   | closed    | declined: pending, voided
        refund   | succeeded   | unseen    | posted: pending
        refund   | succeeded   | pending   | wait
        refund   | succeeded   | no answer | wait
        refund   | declined    | succeeded | wait
        refund   | declined    | declined  | declined: pending, voided
        refund   | declined    | closed    | declined: pending, voided
        refund   | declined    | unseen    | declined: pending, voided
        no room  | succeeded   | unseen    | declined: pending, voided
        no room  | succeeded   | succeeded | wait
        ",
        |[movement, payment_state, processor, _]| {
            if *movement == "movement" {
                return "resolution".to_owned();
            }
            let other_refund = if *movement == "no room" { 601 } else { 600 };
            let record = record(State::find(payment_state).unwrap(), other_refund);
            let movement = match *movement {
                "payment" => PAYMENT(1),
                _ => MovementId::Refund(payment(1), refund(1)),
            };
            match resolve(&record, movement, status(processor), Epoch::new(2)) {
                Resolution::Wait => "wait".to_owned(),
                Resolution::Commit(transaction) => {
                    let Some(Fate::Taken(state)) = transaction.record.fate(movement) else {
                        panic!()
                    };
                    let phases =
                        transaction.transfers.iter().map(|transfer| name(transfer.id.phase));
                    format!("{}: {}", state.name(), phases.collect::<Vec<_>>().join(", "))
                }
            }
        },
    );
}

#[test]
fn held_refunds_count_as_taken() {
    let world = with_intents();
    // Two transactions: the refusal and the refund.
    world.fail_over(2);
    let outcome = world.ask(refund_command("new", payment(3), Some(2901), refund(9)));
    assert_eq!(outcome.code(), "refund_exceeds_captured");
    let outcome = world.ask(refund_command("newer", payment(3), Some(2900), refund(10)));
    assert_eq!(outcome.code(), "acknowledged");
}

#[test]
fn a_key_in_quarantine_charges_nobody_and_keeps_its_payment() {
    let world = World::new();
    world.ask(pay_command("a", 1000, payment(1)));
    world.fail_over(1);
    let outcome = world.ask(pay_command("a", 1000, payment(2)));
    assert_eq!((outcome.status(), outcome.code()), (409, "quarantined"));
    assert_eq!(
        world.run(Job::Work(PAYMENT(1)), Vec::new()),
        Some(Done::Worked(payments::Worked::Held))
    );
    judge(&world, [pay_command("a", 1000, payment(3))]);
    let movements = world.with(|inner| inner.ledger().movements());
    assert_eq!(movements, [(PAYMENT(1), Some(State::Succeeded))]);
}

#[test]
fn each_step_may_be_taken_again_and_fail_anywhere() {
    let wrong = Mishap::ALL.into_iter().filter(|mishap| *mishap != Mishap::Fine);
    for (mishap, index) in wrong.flat_map(|mishap| (0..6).map(move |index| (mishap, index))) {
        let script = || [vec![Mishap::Fine; index], vec![mishap]].concat();
        let world = with_intents();
        world.run(Job::Work(PAYMENT(1)), Vec::new());
        world.fail_over(5);
        for job in [Job::Settle, Job::Quarantine, Job::Settle, Job::Settle] {
            for intent in world.with(|inner| inner.intents.values().cloned().collect::<Vec<_>>()) {
                world.run(job(intent), script());
            }
        }
        let again = [("a", 1000), ("b", 2000), ("c", 3000)];
        judge(&world, again.map(|(key, amount)| pay_command(key, amount, payment(9))));
    }
}

#[test]
fn an_intent_is_held_before_the_ledger_says_so() {
    for mishap in [Mishap::Unavailable, Mishap::UnknownLost, Mishap::UnknownDone] {
        let world = World::new();
        world.ask(pay_command("a", 1000, payment(1)));
        world.fail_over_carelessly(1);
        let intent = world.missing().remove(0);
        let script = vec![Mishap::Fine, mishap];
        let again = Some(Done::Reconciled(Reconciled::Again));
        assert_eq!(world.run(Job::Quarantine(intent), script), again, "{mishap:?}");
        assert!(world.with(|inner| inner.ledger().records.is_empty()), "{mishap:?}");
    }
}

#[test]
fn what_is_not_in_quarantine_is_left_alone() {
    let world = with_intents();
    for intent in world.with(|inner| inner.intents.values().cloned().collect::<Vec<_>>()) {
        let before = world.with(|inner| inner.ledger().history.len());
        let done = Some(Done::Reconciled(Reconciled::Done));
        assert_eq!(world.run(Job::Settle(intent.clone()), Vec::new()), done);
        if !matches!(intent.state, IntentState::Refused(_)) {
            assert_eq!(world.run(Job::Quarantine(intent), Vec::new()), done);
        }
        assert_eq!(world.with(|inner| inner.ledger().history.len()), before);
    }
}
