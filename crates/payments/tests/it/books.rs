//! Double entry: what each step writes, what it adds up to, and how broken books are seen.

use expect_test::{Expect, expect};
use payments::{
    Amount, Book, BookFault, Currency, Money, MovementId, Phase, Posting, Side, Transaction,
    Transfer, TransferId, Verdict, Version, account_balance, audit_books, audit_records, balance,
};
use proptest::prelude::*;

use crate::store::Store;
use crate::support::{account, cases, pay_command, payment, refund, refund_command};
use crate::task::Job;
use crate::world::World;

/// The transfers of a ledger, a line each, and what they add up to.
fn written(store: &Store) -> String {
    let mut text = String::new();
    for transfer in store.history.iter().flat_map(|transaction| &transaction.transfers) {
        let phase = crate::table::name(transfer.id.phase);
        text += &format!(
            "{phase:<9} {:<12} {:<12} {}\n",
            book(transfer.debit),
            book(transfer.credit),
            transfer.money
        );
    }
    let balances = balance(&store.postings()).unwrap();
    for ((name, currency), sums) in &balances {
        text += &format!(
            "{:<9} pending {} | {}, posted {} | {} {currency}\n",
            book(*name),
            sums.pending_debits,
            sums.pending_credits,
            sums.posted_debits,
            sums.posted_credits,
        );
    }
    for (currency, own) in account_balance(&balances, account(1)) {
        text += &format!("available {}, pending {} {currency}\n", own.available, own.pending);
    }
    text
}

fn book(book: Book) -> &'static str {
    match book {
        Book::Clearing => "clearing",
        Book::Merchant(_) => "merchant",
    }
}

/// Runs the steps, and compares what is written then.
#[track_caller]
fn check(steps: &[&str], expected: Expect) {
    let world = World::new();
    let (pay, give_back) =
        (MovementId::Payment(payment(1)), MovementId::Refund(payment(1), refund(1)));
    for step in steps {
        match *step {
            "pay" => drop(world.ask(pay_command("a", 1000, payment(1)))),
            "pay and decline" => drop(world.ask(pay_command("a", 1007, payment(1)))),
            "charge" => drop(world.run(Job::Work(pay), Vec::new())),
            "refund" => {
                drop(world.ask(refund_command("b", payment(1), Some(400), refund(1))));
            }
            "give back" => drop(world.run(Job::Work(give_back), Vec::new())),
            "correct" => correct(&world, pay),
            "correct refund" => correct(&world, give_back),
            _ => panic!("no such step: {step}"),
        }
    }
    let store = world.with(|inner| inner.ledger().clone());
    assert_eq!(audit_books(&store.postings()), []);
    assert_eq!(audit_records(store.records.values(), &store.postings()), []);
    expected.assert_eq(&written(&store));
}

/// Turns the last word on a movement round.
fn correct(world: &World, movement: MovementId) {
    world.with(|inner| {
        let record = inner.ledger().records[&payment(1)].clone();
        let epoch = inner.epoch();
        let corrected = [Verdict::Succeeded, Verdict::Declined]
            .into_iter()
            .find_map(|verdict| Transaction::correct(&record, movement, verdict, epoch))
            .expect("the last word can be turned round");
        inner.sites[0].ledger.write(&corrected);
    });
}

#[test]
fn a_payment_that_is_pending() {
    check(
        &["pay"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.00
            clearing  pending 1000 | 0, posted 0 | 0 EUR
            merchant  pending 0 | 1000, posted 0 | 0 EUR
            available 0, pending 1000 EUR
        "#]],
    );
}

#[test]
fn a_payment_that_succeeds() {
    check(
        &["pay", "charge"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.00
            posted    clearing     merchant     EUR 10.00
            clearing  pending 0 | 0, posted 1000 | 0 EUR
            merchant  pending 0 | 0, posted 0 | 1000 EUR
            available 1000, pending 0 EUR
        "#]],
    );
}

#[test]
fn a_payment_that_is_declined() {
    check(
        &["pay and decline", "charge"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.07
            voided    clearing     merchant     EUR 10.07
            clearing  pending 0 | 0, posted 0 | 0 EUR
            merchant  pending 0 | 0, posted 0 | 0 EUR
            available 0, pending 0 EUR
        "#]],
    );
}

#[test]
fn a_refund_that_is_pending_is_not_available() {
    check(
        &["pay", "charge", "refund"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.00
            posted    clearing     merchant     EUR 10.00
            pending   merchant     clearing     EUR 4.00
            clearing  pending 0 | 400, posted 1000 | 0 EUR
            merchant  pending 400 | 0, posted 0 | 1000 EUR
            available 600, pending 0 EUR
        "#]],
    );
}

#[test]
fn a_refund_that_succeeds() {
    check(
        &["pay", "charge", "refund", "give back"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.00
            posted    clearing     merchant     EUR 10.00
            pending   merchant     clearing     EUR 4.00
            posted    merchant     clearing     EUR 4.00
            clearing  pending 0 | 0, posted 1000 | 400 EUR
            merchant  pending 0 | 0, posted 400 | 1000 EUR
            available 600, pending 0 EUR
        "#]],
    );
}

#[test]
fn corrections_go_the_other_way_and_back() {
    check(
        &["pay", "charge", "correct"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.00
            posted    clearing     merchant     EUR 10.00
            corrected merchant     clearing     EUR 10.00
            clearing  pending 0 | 0, posted 1000 | 1000 EUR
            merchant  pending 0 | 0, posted 1000 | 1000 EUR
            available 0, pending 0 EUR
        "#]],
    );
    check(
        &["pay and decline", "charge", "correct", "correct", "correct"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.07
            voided    clearing     merchant     EUR 10.07
            corrected clearing     merchant     EUR 10.07
            corrected merchant     clearing     EUR 10.07
            corrected clearing     merchant     EUR 10.07
            clearing  pending 0 | 0, posted 2014 | 1007 EUR
            merchant  pending 0 | 0, posted 1007 | 2014 EUR
            available 1007, pending 0 EUR
        "#]],
    );
    check(
        &["pay", "charge", "refund", "give back", "correct refund"],
        expect![[r#"
            pending   clearing     merchant     EUR 10.00
            posted    clearing     merchant     EUR 10.00
            pending   merchant     clearing     EUR 4.00
            posted    merchant     clearing     EUR 4.00
            corrected clearing     merchant     EUR 4.00
            clearing  pending 0 | 0, posted 1400 | 400 EUR
            merchant  pending 0 | 0, posted 400 | 1400 EUR
            available 1000, pending 0 EUR
        "#]],
    );
}

#[test]
fn a_payment_is_not_corrected_from_under_its_refunds() {
    let world = World::new();
    world.ask(pay_command("a", 1000, payment(1)));
    world.run(Job::Work(MovementId::Payment(payment(1))), Vec::new());
    world.ask(refund_command("b", payment(1), Some(400), refund(1)));
    let (record, epoch) =
        world.with(|inner| (inner.ledger().records[&payment(1)].clone(), inner.epoch()));
    let movement = MovementId::Payment(payment(1));
    assert_eq!(Transaction::correct(&record, movement, Verdict::Declined, epoch), None);
    assert_eq!(Transaction::correct(&record, movement, Verdict::Succeeded, epoch), None);
}

/// The postings of a payment that succeeded and of a refund under way.
fn good() -> Store {
    let world = World::new();
    world.ask(pay_command("a", 1000, payment(1)));
    world.run(Job::Work(MovementId::Payment(payment(1))), Vec::new());
    world.ask(refund_command("b", payment(1), Some(400), refund(1)));
    world.with(|inner| inner.ledger().clone())
}

/// What an audit says of the postings after a hand was in them.
#[track_caller]
fn check_broken(hand: impl FnOnce(&mut Vec<Posting>), expected: Expect) {
    let store = good();
    let mut postings = store.postings();
    hand(&mut postings);
    let faults = audit_books(&postings).into_iter().map(|fault| ("books", fault));
    let records = audit_records(store.records.values(), &postings);
    let all: Vec<String> = faults
        .chain(records.into_iter().map(|fault| ("records", fault)))
        .map(|(whose, fault)| format!("{whose}: {fault:?}"))
        .collect();
    expected.assert_eq(&all.join("\n"));
}

#[test]
fn broken_books_are_seen() {
    check_broken(|_| {}, expect![[""]]);
    check_broken(
        |postings| {
            postings.remove(0);
        },
        expect![
            "books: Unbalanced { transfer: TransferId { movement: pay_01KANAR9G0ZZZZZZZZZW000001, version: Version(1), phase: Pending }, currency: EUR, debits: 0, credits: 1000 }"
        ],
    );
    check_broken(
        |postings| postings.truncate(4),
        expect!["records: Contradicted(ref_01KANAR9G0ZZZZZZZZZW000001)"],
    );
    check_broken(
        |postings| postings.truncate(2),
        expect![[r#"
            records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)
            records: Contradicted(ref_01KANAR9G0ZZZZZZZZZW000001)"#]],
    );
    check_broken(
        |postings| drop(postings.drain(..2)),
        expect![[r#"
            books: NeverReserved(pay_01KANAR9G0ZZZZZZZZZW000001)
            records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)"#]],
    );
    check_broken(
        |postings| postings[3].money.amount = Amount::new(999).unwrap(),
        expect![[r#"
            books: Unbalanced { transfer: TransferId { movement: pay_01KANAR9G0ZZZZZZZZZW000001, version: Version(3), phase: Posted }, currency: EUR, debits: 1000, credits: 999 }
            books: Uneven(pay_01KANAR9G0ZZZZZZZZZW000001)
            records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)"#]],
    );
    check_broken(
        |postings| {
            for posting in &mut postings[2..4] {
                posting.money.amount = Amount::new(1).unwrap();
            }
        },
        expect![[r#"
            books: Uneven(pay_01KANAR9G0ZZZZZZZZZW000001)
            records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)"#]],
    );
    check_broken(
        |postings| {
            let again = postings[..4].to_vec();
            postings.extend(again.into_iter().map(|posting| {
                let transfer = TransferId { version: Version(9), ..posting.transfer };
                Posting { transfer, ..posting }
            }));
        },
        expect![[r#"
            books: ReservedTwice(pay_01KANAR9G0ZZZZZZZZZW000001)
            books: DecidedTwice(pay_01KANAR9G0ZZZZZZZZZW000001)
            records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)"#]],
    );
    check_broken(
        |postings| {
            let stranger = MovementId::Payment(payment(9));
            let pending: Vec<Posting> = postings[..2].to_vec();
            postings.extend(pending.into_iter().map(|posting| {
                let transfer = TransferId { movement: stranger, ..posting.transfer };
                Posting { transfer, ..posting }
            }));
        },
        expect!["records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000009)"],
    );
}

#[test]
fn money_that_was_not_ordered_is_seen() {
    let everything = |change: fn(&mut Posting)| {
        move |postings: &mut Vec<Posting>| postings[..4].iter_mut().for_each(change)
    };
    check_broken(
        everything(|posting| posting.money.amount = Amount::new(999).unwrap()),
        expect!["records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)"],
    );
    check_broken(
        everything(|posting| {
            if posting.side == Side::Credit {
                posting.book = Book::Merchant(account(2));
            }
        }),
        expect!["records: Contradicted(pay_01KANAR9G0ZZZZZZZZZW000001)"],
    );
}

#[test]
fn too_much_refunded_is_seen() {
    let mut store = good();
    let record = store.records.get_mut(&payment(1)).unwrap();
    record.refunds.get_mut(&refund(1)).unwrap().amount = Amount::new(1001).unwrap();
    let faults = audit_records(store.records.values(), &store.postings());
    assert!(faults.contains(&BookFault::RefundedTooMuch(payment(1))), "{faults:?}");
}

/// The postings of a transfer that nothing else goes with.
fn any_postings(number: u32, (units, merchant, phase): (i64, u32, usize)) -> [Posting; 2] {
    let phases = [Phase::Pending, Phase::Posted, Phase::Voided, Phase::Corrected];
    let movement = MovementId::Payment(payment(number));
    let id = TransferId { movement, version: Version(1), phase: phases[phase] };
    let money = Money::new(Amount::new(units).unwrap(), Currency::find("EUR").unwrap());
    let (debit, credit) = (Book::Clearing, Book::Merchant(account(merchant)));
    Transfer { id, debit, credit, money }.postings()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_transfers_balance(
        transfers in prop::collection::vec((1..=i64::MAX, 0..4_u32, 0..4_usize), 0..40),
    ) {
        let postings: Vec<Posting> =
            (0..).zip(transfers).flat_map(|(number, transfer)| any_postings(number, transfer)).collect();
        let balances = balance(&postings).unwrap();
        let sum = |pick: fn(&payments::Balance) -> i128| balances.values().map(pick).sum::<i128>();
        prop_assert_eq!(sum(|sums| sums.posted_debits), sum(|sums| sums.posted_credits));
        prop_assert_eq!(sum(|sums| sums.pending_debits), sum(|sums| sums.pending_credits));
        let is_unbalanced = |fault: &BookFault| {
            matches!(fault, BookFault::Unbalanced { .. })
        };
        prop_assert!(!audit_books(&postings).iter().any(is_unbalanced));
    }

    #[test]
    fn one_posting_too_few_never_passes(index in 0..6_usize) {
        let mut postings = good().postings();
        let side = postings.remove(index).side;
        prop_assert!(matches!(side, Side::Debit | Side::Credit));
        prop_assert!(!audit_books(&postings).is_empty());
    }
}
