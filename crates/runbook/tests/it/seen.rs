//! What the world tells of a database, and how far a run goes with it.

use expect_test::{Expect, expect};
use fence::Epoch;
use runbook::{ActionName, Observed, PlanKind, Stopped, Tail};

use crate::carry::{Life, carry, planned};

/// What the world tells of an action, and how far the run goes with it.
#[track_caller]
fn check_told(name: ActionName, told: Observed, end: Expect) {
    let lab = planned(PlanKind::Switchover);
    lab.inner().lies.insert(name, told);
    let stopped = carry(&lab, "n1", &Life::long()).expect("it stops");
    let (all, state) = (lab.told(), lab.state());
    let last = all.lines().rfind(|line| line.contains(&format!("ends {name}"))).unwrap_or_default();
    end.assert_eq(&format!("{last}\n{stopped}\n{state}\n"));
}

/// The source ended at position 70, with 7 movements, and the run has reserved epoch 2.
#[test]
fn what_is_seen_of_a_database_must_do() {
    let tail = |position, movements, faults| Tail { position, movements, faults };
    let verify = |found| Observed::Database(found);
    let (record, verified) = (ActionName::RecordTail, ActionName::VerifyDatabase);
    check_told(
        record,
        Observed::Tail(tail(Some(70), 7, 1)),
        expect![[r#"
        12000   n1 ends record-tail 1: refused: the books have 1 faults
        the run has turned back: the source is active
        epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
    "#]],
    );
    check_told(
        record,
        Observed::Done,
        expect![[r#"
        12000   n1 ends record-tail 1: refused: `record-tail` told nothing of the database, but Done
        the run has turned back: the source is active
        epoch 2 ACTIVE east closed, traffic east, writer east in 2, workers east
    "#]],
    );
    check_told(
        verified,
        verify(tail(Some(70), 7, 0)),
        expect![[r#"
        12000   n1 ends verify-database 1: Database(Tail { position: Some(70), movements: 7, faults: 0 })
        the run is finished
        epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west
    "#]],
    );
    check_told(
        verified,
        verify(tail(None, 8, 0)),
        expect![[r#"
        12000   n1 ends verify-database 1: Database(Tail { position: None, movements: 8, faults: 0 })
        the run is finished
        epoch 2 ACTIVE west closed, traffic west, writer west in 2, workers west
    "#]],
    );
    check_told(
        verified,
        verify(tail(Some(69), 7, 0)),
        expect![[r#"
            12000   n1 ends verify-database 1: refused: it ends at 69, the source ended at 70
            `verify-database` failed and waits for a person: refused: it ends at 69, the source ended at 70
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    check_told(
        verified,
        verify(tail(Some(70), 6, 0)),
        expect![[r#"
            12000   n1 ends verify-database 1: refused: it has 6 movements, the source had 7
            `verify-database` failed and waits for a person: refused: it has 6 movements, the source had 7
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    check_told(
        verified,
        verify(tail(Some(70), 7, 2)),
        expect![[r#"
            12000   n1 ends verify-database 1: refused: the books have 2 faults
            `verify-database` failed and waits for a person: refused: the books have 2 faults
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    check_told(
        verified,
        Observed::Done,
        expect![[r#"
            12000   n1 ends verify-database 1: refused: `verify-database` told nothing of the database, but Done
            `verify-database` failed and waits for a person: refused: `verify-database` told nothing of the database, but Done
            epoch 2 DRAINING east r9, traffic east, writer west in 1, workers nowhere
        "#]],
    );
    let raised = ActionName::RaiseEpoch;
    check_told(
        raised,
        Observed::Epoch(Epoch::FIRST),
        expect![[r#"
            12000   n1 ends raise-epoch 1: refused: the ledger stays in epoch 1, below 2
            `raise-epoch` failed and waits for a person: refused: the ledger stays in epoch 1, below 2
            epoch 2 DRAINING east r9, traffic east, writer west in 2, workers nowhere
        "#]],
    );
    check_told(
        raised,
        Observed::Epoch(Epoch::new(3)),
        expect![[r#"
            12000   n1 ends raise-epoch 1: refused: the ledger is in epoch 3, beyond 2
            `raise-epoch` failed and waits for a person: refused: the ledger is in epoch 3, beyond 2
            epoch 2 DRAINING east r9, traffic east, writer west in 2, workers nowhere
        "#]],
    );
    check_told(
        raised,
        Observed::Done,
        expect![[r#"
            12000   n1 ends raise-epoch 1: refused: `raise-epoch` told nothing of the database, but Done
            `raise-epoch` failed and waits for a person: refused: `raise-epoch` told nothing of the database, but Done
            epoch 2 DRAINING east r9, traffic east, writer west in 2, workers nowhere
        "#]],
    );
}

/// What is not settled is asked about again.
#[test]
fn a_run_is_not_closed_with_movements_in_quarantine() {
    let lab = planned(PlanKind::Failover);
    lab.inner().lies.insert(ActionName::SettleMissing, Observed::Movements(1));
    assert_eq!(carry(&lab, "n1", &Life::polls(2_000)), None);
    let told = lab.told();
    assert!(told.contains("ends settle-missing 9: not done yet: 1 movements are left"), "{told}");
    lab.inner().lies.clear();
    assert_eq!(carry(&lab, "n2", &Life::long()), Some(Stopped::Finished));
}
