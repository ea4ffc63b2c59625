//! What a worker does about a movement, by what it knows; and runs of it from beginning to end.

use payments::{
    Epoch, Fate, Gate, MovementId, PaymentRecord, ProcessorKey, Reign, Run, Seen, Sent, State,
    Status, Verdict, Version, WorkEffect, WorkView, Worked, work,
};

use crate::ports::Mishap;
use crate::support::{draft, pay_command, payment};
use crate::table::{check, name};
use crate::task::{Done, Job};
use crate::world::World;

fn record(state: State, accepted: u64) -> PaymentRecord {
    PaymentRecord {
        id: payment(1),
        key: pay_command("key", 1000, payment(1)).key(),
        order: draft(1000).check().unwrap(),
        accepted: Epoch::new(accepted),
        version: Version(1),
        state,
        refunds: [].into(),
    }
}

fn run(cell: &str) -> Run {
    match cell {
        "looking" => Run::Looking,
        "began" => Run::Began,
        "contended" => Run::Contended,
        "fenced" => Run::Fenced,
        "adrift" => Run::Adrift,
        _ => panic!("no such run: {cell}"),
    }
}

fn sent(cell: &str) -> Option<Sent> {
    match cell {
        "-" => None,
        "succeeded" => Some(Sent::Answered(Verdict::Succeeded)),
        "declined" => Some(Sent::Answered(Verdict::Declined)),
        "not sent" => Some(Sent::NotSent),
        "no answer" => Some(Sent::NoAnswer),
        _ => panic!("nothing is sent like this: {cell}"),
    }
}

fn status(cell: &str) -> Option<Status> {
    match cell {
        "-" => None,
        "succeeded" => Some(Status::Known(Verdict::Succeeded)),
        "declined" => Some(Status::Known(Verdict::Declined)),
        "pending" => Some(Status::Pending),
        "unseen" => Some(Status::Unseen),
        "closed" => Some(Status::Closed),
        "no answer" => Some(Status::NoAnswer),
        _ => panic!("no such status: {cell}"),
    }
}

fn word(effect: &WorkEffect) -> String {
    match effect {
        WorkEffect::ReadLedger(_) => "read ledger".to_owned(),
        WorkEffect::ReadIntent(_) => "read intent".to_owned(),
        WorkEffect::WriteIntent(_) => "note".to_owned(),
        WorkEffect::Send(call) => format!("send {}", call.money()),
        WorkEffect::Ask(_) => "ask".to_owned(),
        WorkEffect::Stop(worked) => format!("stop {}", name(worked)),
        WorkEffect::Commit(transaction) => format!("commit {}", transaction.record.state.name()),
    }
}

/// In a reign under which what was accepted before epoch 3 may be lost.
#[test]
fn every_state_and_everything_that_is_known() {
    check::<6>(
        "
        ledger      | accepted | run       | sent      | status    | effect
        ------------+----------+-----------+-----------+-----------+------------------
        unread      | 4        | looking   | -         | -         | read ledger
        doubtful    | 4        | began     | succeeded | -         | read ledger
        silent      | 4        | looking   | -         | -         | stop later
        absent      | 4        | looking   | -         | -         | stop nothing
        posted      | 4        | fenced    | -         | -         | stop gateclosed
        posted      | 4        | adrift    | -         | -         | stop later

        accepted    | 4        | looking   | -         | -         | stop nothing
        quarantined | 1        | looking   | -         | -         | stop held

        posted      | 4        | looking   | -         | -         | commit processing
        posted      | 3        | looking   | -         | -         | commit processing
        posted      | 4        | contended | -         | -         | commit processing
        posted      | 4        | began     | not sent  | -         | stop later
        posted      | 2        | looking   | -         | -         | ask
        posted      | 2        | looking   | -         | succeeded | commit succeeded
        posted      | 2        | looking   | -         | declined  | commit declined
        posted      | 2        | looking   | -         | closed    | commit declined
        posted      | 2        | looking   | -         | pending   | stop later
        posted      | 2        | looking   | -         | no answer | stop later
        posted      | 2        | looking   | -         | unseen    | commit processing

        processing  | 4        | began     | -         | -         | send EUR 10.00
        processing  | 2        | began     | -         | unseen    | send EUR 10.00
        processing  | 4        | began     | succeeded | -         | commit succeeded
        processing  | 4        | began     | declined  | -         | commit declined
        processing  | 4        | began     | not sent  | -         | commit posted
        processing  | 4        | began     | not sent  | unseen    | commit unknown
        processing  | 4        | began     | no answer | -         | commit unknown
        processing  | 4        | looking   | -         | -         | commit unknown
        processing  | 1        | looking   | -         | -         | commit unknown
        processing  | 4        | contended | -         | -         | stop later

        unknown     | 4        | looking   | -         | -         | ask
        unknown     | 4        | began     | no answer | -         | ask
        unknown     | 4        | began     | succeeded | -         | ask
        unknown     | 4        | looking   | -         | succeeded | commit succeeded
        unknown     | 4        | looking   | -         | declined  | commit declined
        unknown     | 4        | looking   | -         | closed    | commit declined
        unknown     | 4        | looking   | -         | pending   | stop later
        unknown     | 4        | looking   | -         | unseen    | commit processing
        unknown     | 1        | looking   | -         | unseen    | commit processing
        unknown     | 4        | contended | -         | unseen    | commit processing
        unknown     | 4        | began     | no answer | unseen    | stop later
        unknown     | 4        | contended | not sent  | unseen    | stop later
        unknown     | 4        | looking   | -         | no answer | stop later

        succeeded   | 4        | looking   | -         | -         | read intent
        declined    | 4        | began     | declined  | -         | read intent
        ",
        |[ledger, accepted, run_cell, sent_cell, status_cell, _]| {
            if *ledger == "ledger" {
                return "effect".to_owned();
            }
            let reign = Reign { epoch: Epoch::new(4), nothing_lost_since: Epoch::new(3) };
            let mut view = WorkView::new(Gate::Open(reign));
            view.ledger = match *ledger {
                "unread" => Seen::Unread,
                "doubtful" => Seen::Doubtful,
                "silent" => Seen::Silent,
                "absent" => Seen::Absent,
                state => {
                    Seen::Found(record(State::find(state).unwrap(), accepted.parse().unwrap()))
                }
            };
            (view.run, view.sent, view.status) =
                (run(run_cell), sent(sent_cell), status(status_cell));
            word(&work(&view, MovementId::Payment(payment(1))))
        },
    );
}

/// Whatever else is known: a call is sent from processing only, begun by this run and not sent yet.
#[test]
fn nothing_else_sends() {
    let runs = ["looking", "began", "contended", "fenced", "adrift"].map(run);
    let sents = ["-", "succeeded", "declined", "not sent", "no answer"].map(sent);
    let statuses =
        ["-", "succeeded", "declined", "pending", "unseen", "closed", "no answer"].map(status);
    let open = Gate::Open(Reign { epoch: Epoch::new(4), nothing_lost_since: Epoch::new(3) });
    let mut sends = 0;
    for gate in [Gate::Closed, open] {
        for (state, accepted) in State::ALL.into_iter().flat_map(|state| [(state, 1), (state, 4)]) {
            for (run, sent) in runs.into_iter().flat_map(|run| sents.map(|sent| (run, sent))) {
                for status in statuses {
                    let ledger = Seen::Found(record(state, accepted));
                    let view = WorkView { gate, ledger, intent: Seen::Unread, run, sent, status };
                    if let WorkEffect::Send(call) = work(&view, MovementId::Payment(payment(1))) {
                        sends += 1;
                        assert_eq!(
                            (gate, state, run, sent),
                            (open, State::Processing, Run::Began, None)
                        );
                        assert_eq!(call.key(), ProcessorKey::of(MovementId::Payment(payment(1))));
                    }
                }
            }
        }
    }
    assert_eq!(sends, 2 * statuses.len());
}

/// A world with one payment of this many cents in its ledger.
fn with_payment(minor_units: i64) -> (World, MovementId) {
    let world = World::new();
    let outcome = world.ask(pay_command("key", minor_units, payment(1)));
    assert_eq!(outcome.code(), "acknowledged");
    (world, MovementId::Payment(payment(1)))
}

fn state(world: &World, movement: MovementId) -> &'static str {
    let fate = world.with(|inner| inner.ledger().records[&movement.payment()].fate(movement));
    match fate {
        Some(Fate::Taken(state)) => state.name(),
        other => panic!("it is taken, not {other:?}"),
    }
}

fn moved(world: &World, movement: MovementId) -> u32 {
    world.with(|inner| {
        inner.bank.charges.get(&ProcessorKey::of(movement)).map_or(0, |charge| charge.moved)
    })
}

#[test]
fn a_run_where_one_effect_goes_wrong_then_one_where_none_does() {
    // The effects: 0 read ledger, 1 commit processing, 2 send, 3 commit the last word, 4 read
    // intent, 5 note.
    check::<3>(
        "
        effect | mishap      | after the first run, after the second, charges
        -------+-------------+-----------------------------------------------
        6      | fine        | succeeded, succeeded, 1
        0      | diebefore   | posted, succeeded, 1
        0      | unavailable | posted, succeeded, 1
        1      | diebefore   | posted, succeeded, 1
        1      | dieafter    | processing, succeeded, 1
        1      | unavailable | posted, succeeded, 1
        1      | unknowndone | processing, succeeded, 1
        1      | unknownlost | posted, succeeded, 1
        2      | diebefore   | processing, succeeded, 1
        2      | dieafter    | processing, succeeded, 1
        2      | dielate     | processing, succeeded, 1
        2      | unavailable | posted, succeeded, 1
        2      | unknowndone | succeeded, succeeded, 1
        2      | unknownlost | unknown, succeeded, 1
        2      | unknownlate | unknown, succeeded, 1
        3      | diebefore   | processing, succeeded, 1
        3      | dieafter    | succeeded, succeeded, 1
        3      | unavailable | processing, succeeded, 1
        3      | unknowndone | succeeded, succeeded, 1
        3      | unknownlost | processing, succeeded, 1
        4      | diebefore   | succeeded, succeeded, 1
        5      | unknowndone | succeeded, succeeded, 1
        ",
        |[effect, mishap, _]| {
            if *effect == "effect" {
                return "after the first run, after the second, charges".to_owned();
            }
            let (world, movement) = with_payment(1000);
            let mut script = vec![Mishap::Fine; effect.parse().unwrap()];
            script.extend(Mishap::ALL.into_iter().filter(|known| name(known) == *mishap));
            world.run(Job::Work(movement), script);
            let first = state(&world, movement);
            world.run(Job::Work(movement), Vec::new());
            // A call of the first run comes after that of the second, under the same key.
            world.deliver();
            format!("{first}, {}, {}", state(&world, movement), moved(&world, movement))
        },
    );
}

#[test]
fn an_answer_that_comes_late_is_found_by_asking() {
    let (world, movement) = with_payment(1000);
    let late = vec![Mishap::Fine, Mishap::Fine, Mishap::UnknownLate];
    assert_eq!(world.run(Job::Work(movement), late), Some(Done::Worked(Worked::Later)));
    assert_eq!(state(&world, movement), "unknown");
    world.deliver();
    world.forget();
    let settled = Done::Worked(Worked::Settled(Verdict::Succeeded));
    assert_eq!(world.run(Job::Work(movement), Vec::new()), Some(settled));
    assert_eq!((state(&world, movement), moved(&world, movement)), ("succeeded", 1));
}

/// What was acknowledged is carried out, however often the call is lost on its way.
#[test]
fn a_call_that_never_arrives_is_made_until_one_does() {
    let (world, movement) = with_payment(1000);
    let lost = |before: usize| [vec![Mishap::Fine; before], vec![Mishap::UnknownLost]].concat();
    // 0 read ledger, 1 commit processing, 2 send; then 0 read ledger, 1 ask, 2 commit processing, 3 send.
    for before in [2, 3, 3, 3] {
        assert_eq!(world.run(Job::Work(movement), lost(before)), Some(Done::Worked(Worked::Later)));
        assert_eq!((state(&world, movement), moved(&world, movement)), ("unknown", 0));
    }
    let settled = Done::Worked(Worked::Settled(Verdict::Succeeded));
    assert_eq!(world.run(Job::Work(movement), Vec::new()), Some(settled));
    assert_eq!((state(&world, movement), moved(&world, movement)), ("succeeded", 1));
}

/// A worker dies, or its gate closes, between the commit and the call: nobody called the processor,
/// and nobody else knows that. In a switchover as well as in the same Region.
#[test]
fn a_call_that_was_never_made_is_made_by_the_next_worker() {
    for change in [None, Some(World::switch_over as fn(&World))] {
        let (world, movement) = with_payment(1000);
        let mut worker = world.spawn(Job::Work(movement), Vec::new());
        while state(&world, movement) != "processing" {
            assert!(worker.step().is_pending());
        }
        if let Some(change) = change {
            change(&world);
            assert_eq!(worker.finish(), Some(Done::Worked(Worked::GateClosed)));
        } else {
            drop(worker);
        }
        assert_eq!((state(&world, movement), moved(&world, movement)), ("processing", 0));
        let settled = Done::Worked(Worked::Settled(Verdict::Succeeded));
        assert_eq!(world.run(Job::Work(movement), Vec::new()), Some(settled));
        assert_eq!((state(&world, movement), moved(&world, movement)), ("succeeded", 1));
    }
}

/// A call that certainly never left says nothing of the one before it, which may be on its way: the
/// next run asks, also when the processor has forgotten the key by then.
#[test]
fn who_calls_again_in_vain_leaves_the_call_unknown() {
    let (world, movement) = with_payment(1000);
    let late = vec![Mishap::Fine, Mishap::Fine, Mishap::UnknownLate];
    world.run(Job::Work(movement), late);
    let away = vec![Mishap::Fine, Mishap::Fine, Mishap::Fine, Mishap::Unavailable];
    assert_eq!(world.run(Job::Work(movement), away), Some(Done::Worked(Worked::Later)));
    assert_eq!((state(&world, movement), moved(&world, movement)), ("unknown", 0));
    world.forget();
    world.run(Job::Work(movement), Vec::new());
    assert_eq!((state(&world, movement), moved(&world, movement)), ("succeeded", 1));
}

#[test]
fn after_a_failover_the_processor_is_asked_before_it_is_called() {
    let (world, movement) = with_payment(1000);
    world.run(Job::Work(movement), Vec::new());
    // What the worker wrote is lost: the ledger that is promoted has the payment as posted.
    world.fail_over(2);
    assert_eq!(state(&world, movement), "posted");
    world.forget();
    world.run(Job::Work(movement), Vec::new());
    assert_eq!((state(&world, movement), moved(&world, movement)), ("succeeded", 1));
}

/// A worker sleeps while its Region is lost and gets its role back: the payment that it saw as posted
/// is held in quarantine by then, at the same version.
#[test]
fn a_run_ends_with_the_reign_it_began_in() {
    let (world, movement) = with_payment(1000);
    let mut sleeper = world.spawn(Job::Work(movement), Vec::new());
    // Two turns: it has read the ledger.
    for _ in 0..2 {
        assert!(sleeper.step().is_pending());
    }
    world.fail_over(usize::MAX);
    world.switch_over();
    assert_eq!(state(&world, movement), "quarantined");
    assert_eq!(sleeper.finish(), Some(Done::Worked(Worked::GateClosed)));
    assert_eq!(state(&world, movement), "quarantined");
}

#[test]
fn two_workers_at_once_call_once() {
    // Who does the first thirteen effects, in bits; then they alternate.
    for turns in 0..1_u32 << 13 {
        let (world, movement) = with_payment(1000);
        let mut workers = [0, 1].map(|_| Some(world.spawn(Job::Work(movement), Vec::new())));
        let mut turn = 0;
        while workers.iter().any(Option::is_some) {
            let worker = if turn < 13 { turns >> turn & 1 } else { turn & 1 };
            let worker = &mut workers[worker as usize];
            for _ in 0..2 {
                if worker.as_mut().is_some_and(|worker| worker.step().is_ready()) {
                    *worker = None;
                }
            }
            turn += 1;
        }
        assert!(moved(&world, movement) <= 1, "turns {turns:b}");
        world.run(Job::Work(movement), Vec::new());
        let end = (state(&world, movement), moved(&world, movement));
        assert_eq!(end, ("succeeded", 1), "turns {turns:b}");
    }
}
