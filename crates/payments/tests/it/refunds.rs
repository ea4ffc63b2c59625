//! Refunds: partial, several, never more than was taken; and refused for ever once refused.

use payments::{MovementId, PaymentId, RefundDraft, RefundId};

use crate::oracle::judge;
use crate::support::{pay_command, payment, refund, refund_command};
use crate::table::{check, rows};
use crate::task::{Done, Job};
use crate::world::World;

/// A world with one payment of EUR 10.00, or of 10.07, which the processor declines.
fn with_payment(minor_units: i64, worked: usize) -> (World, PaymentId) {
    let world = World::new();
    world.ask(pay_command("pay", minor_units, payment(1)));
    for _ in 0..worked {
        world.run(Job::Work(MovementId::Payment(payment(1))), Vec::new());
    }
    (world, payment(1))
}

fn amount(cell: &str) -> Option<i64> {
    Some(cell).filter(|cell| *cell != "rest").map(|cell| cell.parse().unwrap())
}

/// What is told about a refund, and what could still be refunded then.
fn ask(world: &World, key: &str, payment: PaymentId, cell: &str, fresh: RefundId) -> String {
    let outcome = world.ask(refund_command(key, payment, amount(cell), fresh));
    let left = world.with(|inner| inner.ledger().records[&payment].refundable());
    format!("{} {}, {left} left", outcome.status(), outcome.code())
}

#[test]
fn several_refunds_of_one_payment() {
    let (world, payment) = with_payment(1000, 1);
    let table = "
        a | 400  | 201 acknowledged, 600 left
        b | 601  | 409 refund_exceeds_captured, 600 left
        b | 601  | 409 refund_exceeds_captured, 600 left
        b | 600  | 422 idempotency_key_reused, 600 left
        c | 600  | 201 acknowledged, 0 left
        a | 400  | 201 acknowledged, 0 left
        d | 1    | 409 refund_exceeds_captured, 0 left
        e | rest | 409 refund_exceeds_captured, 0 left
    ";
    for (number, [key, cell, expected]) in (1..).zip(rows::<3>(table)) {
        assert_eq!(ask(&world, key, payment, cell, refund(number)), expected, "row {number}");
    }
    let fates = world.with(|inner| inner.ledger().records[&payment].refunds.len());
    assert_eq!(fates, 5, "refused refunds are kept as well");
}

#[test]
fn the_rest_is_what_is_left_when_it_is_first_asked_for() {
    let (world, payment) = with_payment(1000, 1);
    let table = "
        a | 999  | 201 acknowledged, 1 left
        b | rest | 201 acknowledged, 0 left
        b | rest | 201 acknowledged, 0 left
        b | 1    | 422 idempotency_key_reused, 0 left
    ";
    for (number, [key, cell, expected]) in (1..).zip(rows::<3>(table)) {
        assert_eq!(ask(&world, key, payment, cell, refund(number)), expected, "row {number}");
    }
}

#[test]
fn a_refund_that_is_declined_gives_its_money_back_to_the_rest() {
    let (world, payment) = with_payment(1000, 1);
    assert_eq!(ask(&world, "a", payment, "400", refund(1)), "201 acknowledged, 600 left");
    world.with(|inner| inner.bank.charges.values_mut().for_each(|charge| charge.minor_units = 0));
    world.run(Job::Work(MovementId::Refund(payment, refund(1))), Vec::new());
    assert_eq!(ask(&world, "b", payment, "1000", refund(2)), "201 acknowledged, 0 left");
    // The first key is told again what it was told.
    assert_eq!(ask(&world, "a", payment, "400", refund(3)), "201 acknowledged, 0 left");
}

#[test]
fn refused_once_is_refused_for_ever() {
    let (world, payment) = with_payment(1000, 0);
    assert_eq!(ask(&world, "early", payment, "400", refund(1)), "409 payment_open, 0 left");
    world.run(Job::Work(MovementId::Payment(payment)), Vec::new());
    assert_eq!(ask(&world, "early", payment, "400", refund(2)), "409 payment_open, 1000 left");
    assert_eq!(ask(&world, "later", payment, "400", refund(3)), "201 acknowledged, 600 left");
}

#[test]
fn what_cannot_be_refunded() {
    check::<3>(
        "
        1000 | 0 | 409 payment_open, 0 left
        1000 | 1 | 201 acknowledged, 600 left
        1007 | 1 | 409 payment_declined, 0 left
        ",
        |[minor_units, worked, _]| {
            let (world, payment) =
                with_payment(minor_units.parse().unwrap(), worked.parse().unwrap());
            ask(&world, "a", payment, "400", refund(1))
        },
    );
}

#[test]
fn a_payment_that_is_not_there_uses_no_key_up() {
    let world = World::new();
    let command = refund_command("a", payment(1), Some(400), refund(1));
    let outcome = world.ask(command.clone());
    assert_eq!((outcome.status(), outcome.code()), (404, "payment_missing"));
    assert!(world.with(|inner| inner.intents.is_empty()));
    world.ask(pay_command("pay", 1000, payment(1)));
    world.run(Job::Work(MovementId::Payment(payment(1))), Vec::new());
    assert_eq!(world.ask(command).code(), "acknowledged");
}

#[test]
fn a_refund_without_an_amount_is_valid() {
    let draft = RefundDraft {
        payment: payments::Given::Value(payment(1).to_string()),
        ..RefundDraft::default()
    };
    assert!(draft.check().is_ok());
}

/// The second has looked before the first did anything, and writes after the first has ended: what
/// it saw is of no use then.
#[test]
fn two_tries_at_once() {
    let (world, payment) = with_payment(1000, 1);
    let again = refund_command("a", payment, Some(400), refund(2));
    let mut second = world.spawn(Job::Request(Box::new(again)), Vec::new());
    // Four turns: it has read the intent and the ledger.
    for _ in 0..4 {
        assert!(second.step().is_pending());
    }
    assert_eq!(ask(&world, "a", payment, "400", refund(1)), "201 acknowledged, 600 left");
    let Some(Done::Told(outcome)) = second.finish() else { panic!("it is told something") };
    assert_eq!(outcome.code(), "acknowledged");
    let refunds = world.with(|inner| inner.ledger().records[&payment].refunds.len());
    assert_eq!(refunds, 1);
    let held = world.held();
    assert!(held.is_empty(), "{held:?}");
}

/// A process sleeps while its Region is lost, gets its role back, and has written the same payment
/// up to the same version in between: what it saw before is of another reign.
#[test]
fn a_request_ends_with_the_reign_it_began_in() {
    let (world, payment) = with_payment(1000, 1);
    let request = refund_command("a", payment, Some(1000), refund(2));
    let mut sleeper = world.spawn(Job::Request(Box::new(request)), Vec::new());
    // Four turns: it has read the intent and the ledger.
    for _ in 0..4 {
        assert!(sleeper.step().is_pending());
    }
    world.fail_over(usize::MAX);
    for intent in world.held() {
        world.run(Job::Settle(intent), Vec::new());
    }
    world.switch_over();
    assert_eq!(ask(&world, "b", payment, "1000", refund(3)), "201 acknowledged, 0 left");
    let Some(Done::Told(outcome)) = sleeper.finish() else { panic!("it is told something") };
    assert_eq!(outcome.code(), "region_switching");
    judge(&world, [refund_command("a", payment, Some(1000), refund(4))]);
}
