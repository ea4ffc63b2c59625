//! What is decided about a request, by what is known of its key: every row a view, its last cell
//! the effects.

use payments::{
    Attempt, Claim, Command, Effect, Epoch, Fingerprint, Gate, Intent, IntentState, IntentWrite,
    MovementId, Order, PaymentRecord, Refusal, Reign, Revision, Seen, State, Time, Transaction,
    View, decide,
};

use crate::support::{draft, pay_command, payment, refund, refund_command, time};
use crate::table::check;
use crate::world::World;

/// The epoch of every view; what was accepted before epoch 3 may be lost.
const REIGN: Reign = Reign { epoch: Epoch::new(4), nothing_lost_since: Epoch::new(3) };

fn seen<T>(cell: &str, found: impl FnOnce(&str) -> T) -> Seen<T> {
    match cell {
        "unread" => Seen::Unread,
        "doubtful" => Seen::Doubtful,
        "silent" => Seen::Silent,
        "absent" => Seen::Absent,
        state => Seen::Found(found(state)),
    }
}

/// An intent from the words of a row: its state, whose request it is, its epoch and its claim.
fn intent(command: &Command, order: Order, other: MovementId, words: [&str; 4]) -> Intent {
    let [state, request, epoch, claim] = words;
    let ours = decided_first(command, &order).intent;
    let (movement, claim) = match claim {
        "ours" => (ours.movement, ours.claim),
        "taken over" => (other, ours.claim),
        "live" => (other, Claim { by: Attempt::new(other), until: time(1) }),
        "lapsed" => (other, Claim { by: Attempt::new(other), until: time(0) }),
        _ => panic!("no such claim: {claim}"),
    };
    Intent {
        state: match state {
            "accepted" => IntentState::Accepted,
            "posted" => IntentState::Posted,
            "settled" => IntentState::Settled,
            "quarantined" => IntentState::Quarantined,
            "refused" => IntentState::Refused(Refusal::ExceedsCaptured),
            _ => panic!("no such state: {state}"),
        },
        fingerprint: match request {
            "same" => ours.fingerprint,
            _ => Fingerprint::from_bytes([7; 32]),
        },
        epoch: Epoch::new(epoch.parse().unwrap()),
        movement,
        claim,
        ..ours
    }
}

/// The write by which the command's own intent is made.
fn decided_first(command: &Command, order: &Order) -> IntentWrite {
    let mut view = View::new(Gate::Open(REIGN));
    if let Order::Refund(refund) = order {
        view.intent = Seen::Absent;
        view.ledger = Seen::Found(record(refund.payment, State::Succeeded));
    }
    match decide(&view, command).effects.swap_remove(0) {
        Effect::WriteIntent(write) => *write,
        other => panic!("an intent comes first, not {other:?}"),
    }
}

fn payment_order() -> Order {
    Order::Payment(draft(1000).check().unwrap())
}

/// The record of a payment of 10.00 in this state, made under the key `key`.
fn record(id: payments::PaymentId, state: State) -> PaymentRecord {
    let command = pay_command("key", 1000, id);
    let key = command.key();
    let Order::Payment(order) = payment_order() else { unreachable!() };
    let accepted = Epoch::new(1);
    let version = payments::Version(1);
    PaymentRecord { id, key, order, accepted, version, state, refunds: [].into() }
}

fn words(effects: &[Effect]) -> String {
    effects.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn word(effect: &Effect) -> String {
    match effect {
        Effect::ReadIntent(_) => "read intent".to_owned(),
        Effect::ReadLedger(_) => "read ledger".to_owned(),
        Effect::WriteIntent(write) => match (write.expects, write.intent.state) {
            (None, _) => "write intent".to_owned(),
            (Some(_), IntentState::Accepted) => "take over".to_owned(),
            (Some(_), state) => format!("mark {}", state.name()),
        },
        Effect::Commit(transaction) => commit_word(transaction),
        Effect::Answer(outcome) => format!("{} {}", outcome.status(), outcome.code()),
        Effect::Note(write) => format!("note {}", write.intent.state.name()),
    }
}

fn commit_word(transaction: &Transaction) -> String {
    assert_eq!(transaction.epoch, REIGN.epoch, "every commit carries the epoch of the gate");
    match transaction.transfers.len() {
        0 => "commit refusal".to_owned(),
        _ => "commit".to_owned(),
    }
}

#[test]
fn a_payment() {
    let command = pay_command("key", 1000, payment(1));
    check::<6>(
        "
        intent      | request | epoch | claim      | ledger      | effects
        ------------+---------+-------+------------+-------------+--------------------------------------------
        unread      | same    | 4     | ours       | unread      | write intent, commit, 201 acknowledged, note posted
        absent      | same    | 4     | ours       | unread      | write intent, commit, 201 acknowledged, note posted
        silent      | same    | 4     | ours       | unread      | 503 unresolved
        doubtful    | same    | 4     | ours       | unread      | read intent

        accepted    | other   | 4     | live       | unread      | 422 idempotency_key_reused
        posted      | other   | 4     | lapsed     | posted      | 422 idempotency_key_reused
        quarantined | other   | 1     | lapsed     | quarantined | 422 idempotency_key_reused
        refused     | other   | 1     | lapsed     | unread      | 422 idempotency_key_reused

        accepted    | same    | 4     | ours       | unread      | commit, 201 acknowledged, note posted
        accepted    | same    | 4     | ours       | doubtful    | read ledger
        accepted    | same    | 4     | ours       | silent      | 503 unresolved
        accepted    | same    | 4     | ours       | absent      | commit, 201 acknowledged, note posted
        accepted    | same    | 3     | ours       | absent      | take over, commit, 201 acknowledged, note posted
        accepted    | same    | 2     | ours       | absent      | mark quarantined, 409 quarantined
        accepted    | same    | 4     | ours       | posted      | 201 acknowledged, note posted

        accepted    | same    | 4     | live       | unread      | read ledger
        accepted    | same    | 4     | live       | silent      | 503 unresolved
        accepted    | same    | 4     | live       | absent      | 409 idempotency_key_in_progress
        accepted    | same    | 4     | lapsed     | absent      | take over, commit, 201 acknowledged, note posted
        accepted    | same    | 4     | taken over | absent      | commit, 201 acknowledged, note posted
        accepted    | same    | 4     | taken over | doubtful    | read ledger
        accepted    | same    | 3     | live       | absent      | take over, commit, 201 acknowledged, note posted
        accepted    | same    | 3     | taken over | absent      | take over, commit, 201 acknowledged, note posted
        accepted    | same    | 2     | live       | absent      | mark quarantined, 409 quarantined
        accepted    | same    | 1     | lapsed     | absent      | mark quarantined, 409 quarantined
        accepted    | same    | 5     | lapsed     | absent      | 503 region_switching
        accepted    | same    | 4     | live       | posted      | 201 acknowledged, note posted
        accepted    | same    | 1     | lapsed     | posted      | 201 acknowledged, note posted
        accepted    | same    | 1     | lapsed     | unknown     | 201 acknowledged, note posted
        accepted    | same    | 1     | lapsed     | declined    | 201 acknowledged, note posted

        posted      | same    | 4     | live       | unread      | read ledger
        posted      | same    | 1     | lapsed     | posted      | 201 acknowledged
        posted      | same    | 1     | lapsed     | succeeded   | 201 acknowledged
        posted      | same    | 4     | lapsed     | absent      | mark quarantined, 409 quarantined
        posted      | same    | 1     | lapsed     | absent      | mark quarantined, 409 quarantined
        settled     | same    | 1     | lapsed     | succeeded   | 201 acknowledged
        settled     | same    | 1     | lapsed     | absent      | mark quarantined, 409 quarantined

        quarantined | same    | 1     | lapsed     | unread      | read ledger
        quarantined | same    | 1     | lapsed     | absent      | 409 quarantined
        quarantined | same    | 1     | lapsed     | quarantined | 409 quarantined
        accepted    | same    | 1     | lapsed     | quarantined | 409 quarantined
        quarantined | same    | 1     | lapsed     | posted      | 201 acknowledged
        refused     | same    | 1     | lapsed     | unread      | 409 refund_exceeds_captured
        ",
        |[intent_cell, request, epoch, claim, ledger, _]| {
            if *intent_cell == "intent" {
                return "effects".to_owned();
            }
            let (order, other) = (payment_order(), MovementId::Payment(payment(2)));
            let mut view = View::new(Gate::Open(REIGN));
            view.intent = seen(intent_cell, |state| {
                intent(&command, order.clone(), other, [state, request, epoch, claim])
            });
            let id = match &view.intent {
                Seen::Found(intent) => intent.movement.payment(),
                _ => payment(1),
            };
            view.ledger = seen(ledger, |state| record(id, State::find(state).unwrap()));
            words(&decide(&view, &command).effects)
        },
    );
}

#[test]
fn a_refund() {
    let command = refund_command("key", payment(1), Some(400), refund(1));
    check::<6>(
        "
        intent      | request | epoch | claim      | ledger      | effects
        ------------+---------+-------+------------+-------------+--------------------------------------------
        unread      | same    | 4     | ours       | unread      | read intent
        silent      | same    | 4     | ours       | unread      | 503 unresolved
        absent      | same    | 4     | ours       | unread      | read ledger
        absent      | same    | 4     | ours       | doubtful    | read ledger
        absent      | same    | 4     | ours       | silent      | 503 unresolved
        absent      | same    | 4     | ours       | absent      | 404 payment_missing
        absent      | same    | 4     | ours       | quarantined | 409 quarantined
        absent      | same    | 4     | ours       | succeeded   | write intent, commit, 201 acknowledged, note posted
        absent      | same    | 4     | ours       | declined    | write intent, commit refusal, mark refused, 409 payment_declined
        absent      | same    | 4     | ours       | posted      | write intent, commit refusal, mark refused, 409 payment_open
        absent      | same    | 4     | ours       | processing  | write intent, commit refusal, mark refused, 409 payment_open
        absent      | same    | 4     | ours       | unknown     | write intent, commit refusal, mark refused, 409 payment_open

        accepted    | other   | 4     | live       | unread      | 422 idempotency_key_reused
        accepted    | same    | 4     | ours       | succeeded   | commit, 201 acknowledged, note posted
        accepted    | same    | 4     | ours       | doubtful    | read ledger
        accepted    | same    | 4     | live       | unread      | read ledger
        accepted    | same    | 4     | live       | succeeded   | 409 idempotency_key_in_progress
        accepted    | same    | 4     | lapsed     | succeeded   | take over, commit, 201 acknowledged, note posted
        accepted    | same    | 3     | lapsed     | declined    | take over, commit refusal, mark refused, 409 payment_declined
        accepted    | same    | 1     | lapsed     | succeeded   | mark quarantined, 409 quarantined
        accepted    | same    | 4     | lapsed     | absent      | mark quarantined, 409 quarantined
        accepted    | same    | 4     | lapsed     | quarantined | 409 quarantined
        posted      | same    | 4     | lapsed     | succeeded   | mark quarantined, 409 quarantined
        refused     | same    | 1     | lapsed     | unread      | 409 refund_exceeds_captured
        quarantined | same    | 1     | lapsed     | succeeded   | 409 quarantined
        ",
        |[intent_cell, request, epoch, claim, ledger, _]| {
            if *intent_cell == "intent" {
                return "effects".to_owned();
            }
            let other = MovementId::Refund(payment(1), refund(2));
            let order = Order::Refund(payments::RefundOrder {
                payment: payment(1),
                account: crate::support::account(1),
                money: payment_order().money(),
            });
            let mut view = View::new(Gate::Open(REIGN));
            view.intent = seen(intent_cell, |state| {
                intent(&command, order.clone(), other, [state, request, epoch, claim])
            });
            view.ledger = seen(ledger, |state| record(payment(1), State::find(state).unwrap()));
            words(&decide(&view, &command).effects)
        },
    );
}

#[test]
fn nothing_is_done_behind_a_closed_gate() {
    let command = pay_command("key", 1000, payment(1));
    let closed = View::new(Gate::Closed);
    assert_eq!(words(&decide(&closed, &command).effects), "503 region_switching");
    let fenced = View { is_fenced: true, ..View::new(Gate::Open(REIGN)) };
    assert_eq!(words(&decide(&fenced, &command).effects), "503 region_switching");
}

/// The ledger has a new epoch, and the gate has not heard of it.
#[test]
fn a_ledger_that_refuses_the_epoch_closes_the_gate() {
    let world = World::new();
    world.with(|inner| inner.sites[0].ledger.epoch = Some(Epoch::new(2)));
    let outcome = world.ask(pay_command("key", 1000, payment(1)));
    assert_eq!((outcome.status(), outcome.code()), (503, "region_switching"));
    assert!(world.with(|inner| inner.ledger().history.is_empty()));
}

#[test]
fn one_doubt_is_looked_into_and_after_two_nothing_is_written() {
    let command = pay_command("key", 1000, payment(1));
    let ours = decided_first(&command, &payment_order()).intent;
    let check = |doubts, intent: Seen<Intent>, ledger: Seen<PaymentRecord>, expected: &str| {
        let view = View { intent, ledger, doubts, ..View::new(Gate::Open(REIGN)) };
        assert_eq!(words(&decide(&view, &command).effects), expected, "{doubts} doubts");
    };
    let first = "write intent, commit, 201 acknowledged, note posted";
    for (doubts, again) in [(1, first), (2, "503 unresolved")] {
        check(doubts, Seen::Doubtful, Seen::Unread, "read intent");
        check(doubts, Seen::Absent, Seen::Unread, again);
    }
    let found = || Seen::Found(ours.clone());
    let commit = "commit, 201 acknowledged, note posted";
    for (doubts, again) in [(1, commit), (2, "503 unresolved")] {
        check(doubts, found(), Seen::Doubtful, "read ledger");
        check(doubts, found(), Seen::Absent, again);
        let posted = record(payment(1), State::Posted);
        check(doubts, found(), Seen::Found(posted), "201 acknowledged, note posted");
    }
}

#[test]
fn a_claim_lasts_as_long_as_it_says() {
    let command = pay_command("key", 1000, payment(1));
    let first = decided_first(&command, &payment_order()).intent;
    assert_eq!(first.claim.until, Time::from_ms(time(0).as_ms() + payments::CLAIM_MS));
    assert_eq!(first.revision, Revision(1));
    assert_eq!(first.epoch, REIGN.epoch);
}

#[test]
#[should_panic(expected = "two keys have one id")]
fn two_keys_never_share_a_payment() {
    let command = pay_command("another", 1000, payment(1));
    let ours = decided_first(&command, &payment_order()).intent;
    let mut view = View::new(Gate::Open(REIGN));
    view.ledger = Seen::Found(record(payment(1), State::Posted));
    view.intent = Seen::Found(ours);
    let _ = decide(&view, &command);
}
