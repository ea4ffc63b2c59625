//! What reports say, and that what they do not know is said too.

use std::collections::BTreeSet;

use boon::{Compiler, SchemaIndex, Schemas};
use expect_test::{Expect, expect};
use fence::Millis;
use report::{Known, Movement, Objectives, Report, journal};
use runbook::{ActionName, Entry, Event, PlanKind};
use serde_json::Value;

use crate::runs::{self, PLANNED_AT};

/// When all reports here are made.
pub(crate) const REPORTED_AT: Millis = Millis(PLANNED_AT + 10_000_000);

const SCHEMA: &str = include_str!("../../../../docs/report.schema.json");

/// Journals that the first version wrote.
const KEPT: [(&str, &str); 2] = [
    ("kept failover", include_str!("../../../runbook/tests/it/golden/journal_failover_1.jsonl")),
    ("kept way back", include_str!("../../../runbook/tests/it/golden/journal_turned_back_1.jsonl")),
];

pub(crate) fn of(entries: &[Entry], known: &Known) -> Report {
    Report::of(entries, known, REPORTED_AT, "1.2.3").expect("it was planned")
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&report.json()).expect("it is JSON")
}

/// The schema in which a member that it does not name is a fault: what is written is told.
fn strict(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        if members.contains_key("properties") {
            members.insert("additionalProperties".to_owned(), false.into());
        }
        members.values_mut().for_each(strict);
    } else if let Some(items) = schema.as_array_mut() {
        items.iter_mut().for_each(strict);
    }
}

fn compiled() -> (Schemas, SchemaIndex) {
    let mut schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    strict(&mut schema);
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("report.schema.json", schema).expect("it is a schema");
    let index = compiler.compile("report.schema.json", &mut schemas).expect("it compiles");
    (schemas, index)
}

/// Every run with nothing known besides its journal, and with all that can be known.
fn every_report() -> Vec<(String, Report)> {
    let mut reports = Vec::new();
    for (name, entries) in runs::all() {
        reports.push((name.to_owned(), of(&entries, &Known::default())));
        reports.push((format!("{name}, all known"), of(&entries, &runs::known())));
    }
    for (name, text) in KEPT {
        let entries = journal(text).expect("it is a journal");
        reports.push((name.to_owned(), of(&entries, &Known::default())));
    }
    reports
}

#[test]
fn every_report_is_as_the_schema_says() {
    let (schemas, index) = compiled();
    for (name, report) in every_report() {
        if let Err(fault) = schemas.validate(&json(&report), index) {
            panic!("{name}: {fault:#}");
        }
    }
}

/// What would pass any schema proves nothing.
#[test]
fn the_schema_refuses_what_is_no_report() {
    let (schemas, index) = compiled();
    let whole = json(&of(&runs::failover(), &runs::known()));
    let spoil = |pointer: &str, value: Value| {
        let mut spoiled = whole.clone();
        *spoiled.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        assert!(schemas.validate(&spoiled, index).is_err(), "{pointer}");
    };
    spoil("/format", "tideover-report/2".into());
    spoil("/run/status", "well".into());
    spoil("/run/planned_at", 1.into());
    spoil("/steps/0/attempts/0/number", 0.into());
    spoil("/reconciliation/movements/0/id", "pay_1".into());
    spoil("/recovery/rto/measured_ms", (-1).into());
    spoil("/journal_sha256", "0".into());
    for member in whole.as_object().expect("an object").keys() {
        let mut spoiled = whole.clone();
        spoiled.as_object_mut().expect("an object").remove(member);
        assert!(schemas.validate(&spoiled, index).is_err(), "without `{member}`");
    }
}

/// Where a value has nulls.
fn nulls(value: &Value, at: String, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => {
            found.insert(at);
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| nulls(item, format!("{at}/{index}"), found)),
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| nulls(member, format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

#[test]
fn what_is_not_known_is_said_to_be_so_and_nothing_else_is() {
    for (name, report) in every_report() {
        let mut found = BTreeSet::new();
        nulls(&json(&report), String::new(), &mut found);
        let told: BTreeSet<String> = report.not_known.iter().map(|one| one.what.clone()).collect();
        assert_eq!(told, found, "{name}");
        for rendering in [report.text(), report.markdown(), report.html()] {
            for one in &report.not_known {
                let place = one.what.replace('_', "");
                assert!(
                    rendering.replace(['\\', '_'], "").contains(&place),
                    "{name}: {} is left out",
                    one.what
                );
            }
        }
    }
}

#[test]
fn whoever_knows_why_says_so() {
    let why = [("/alarms".to_owned(), "there are none here".to_owned())].into();
    let report = of(&runs::failover(), &Known { why, ..Known::default() });
    let told = report.not_known.iter().find(|one| one.what == "/alarms").expect("it is not known");
    assert_eq!(told.why, "there are none here");
}

#[test]
fn the_same_is_the_same_bytes() {
    for (name, entries) in runs::all() {
        let (one, other) = (of(&entries, &runs::known()), of(&entries, &runs::known()));
        assert_eq!(one.json(), other.json(), "{name}");
        assert_eq!(one.html(), other.html(), "{name}");
        assert_eq!(one.markdown(), other.markdown(), "{name}");
        assert_eq!(one.text(), other.text(), "{name}");
    }
}

#[test]
fn nothing_is_reported_of_what_was_not_planned() {
    assert!(Report::of(&[], &Known::default(), REPORTED_AT, "1").is_none());
}

#[track_caller]
fn check(report: &Report, told: Expect) {
    let (run, loss, recovery) = (&report.run, &report.loss, &report.recovery);
    let mut text = format!("{}: {}\n", run.status, run.standing);
    text += &format!(
        "lag {:?}, estimated {:?}, lost {:?}\n",
        loss.lag_at_decision_ms, loss.estimated_movements, loss.actual_movements
    );
    for (name, one) in [("rto", &recovery.rto), ("rpo", &recovery.rpo)] {
        text += &format!("{name} {:?} of {:?}: {}\n", one.measured_ms, one.target_ms, one.verdict);
    }
    text += &format!("fence {}; {}\n", report.fence.told, report.fence.source_told_to_stop);
    text += &format!("dns {}\n", report.dns.confirmed);
    for step in report.steps.iter().filter(|step| step.result != "done") {
        text += &format!("{} {} {}\n", step.way, step.action, step.result);
    }
    for one in &report.deviations {
        text += &format!("{}: {} ({})\n", one.kind, one.what, one.by.as_deref().unwrap_or("-"));
    }
    for one in &report.follow_ups {
        text += &format!("{}: {}\n", one.owner, one.what);
    }
    told.assert_eq(&text);
}

#[test]
fn a_failover_that_lost_payments() {
    check(
        &of(&runs::failover(), &runs::known()),
        expect![[r#"
            finished: the run came to the end of its way forward
            lag Some(900), estimated Some(2), lost Some(3)
            rto Some(234190) of Some(300000): met
            rpo Some(900) of Some(1000): met
            fence from 2025-11-22T08:28:04.420Z no gate of us-east-1 could be open under epoch 4; stop-source: given-up: no answer within the time limit
            dns confirm-traffic: done
            forward stop-source given-up
            forward approve-detach not-due
            forward detach-database not-due
            given-up: the run went on without `stop-source`: no answer within the time limit (-)
            retry: `promote-database` took 2 attempts (-)
            ann: see what was lost and is open to its end: 1 payments or refunds
            ann: see to `stop-source`, which the run went on without
            ann: fail back to us-east-1 when its conditions are met
            eve: tell the merchants of the payment that was declined
        "#]],
    );
}

#[test]
fn a_failover_that_waits_for_the_second_person() {
    check(
        &of(&runs::waiting(), &Known::default()),
        expect![[r#"
            open: `approve-loss` waits for approval: 0 of 2
            lag None, estimated None, lost None
            rto None of None: not-served
            rpo None of None: not-known
            fence us-east-1 was not kept from writing; stop-source: not-begun
            dns confirm-traffic: not-begun
            forward triage given-up
            forward snapshot-evidence given-up
            forward approve-loss not-begun
            forward begin-run not-begun
            forward stop-source not-begun
            forward wait-for-fence not-begun
            forward pass-point-of-no-return not-begun
            forward promote-database not-begun
            forward approve-detach not-begun
            forward detach-database not-begun
            forward verify-database not-begun
            forward raise-epoch not-begun
            forward hold-missing not-begun
            forward open not-begun
            forward start-workers not-begun
            forward try-payment not-begun
            forward direct-traffic not-begun
            forward confirm-traffic not-begun
            forward unmute-alarms not-begun
            forward ask-processor not-begun
            forward stabilize not-begun
            forward write-report not-begun
            forward await-source not-begun
            forward hold-source not-begun
            forward rescue-tail not-begun
            forward settle-missing not-begun
            forward converge not-begun
            forward restore-protection not-begun
            forward close not-begun
            done-without: the condition `no-switchover-would-do` was not met: the database of `us-east-1` and its service answer (ann)
            given-up: the run went on without `triage`: no answer within the time limit (-)
            retry: `snapshot-evidence` took 2 attempts (-)
            given-up: the run went on without `snapshot-evidence`: no answer within the time limit (-)
            ann: decide about run failover-2: `approve-loss` waits for approval: 0 of 2
            ann: see to `triage`, which the run went on without
            ann: see to `snapshot-evidence`, which the run went on without
        "#]],
    );
}

#[test]
fn a_switchover_that_turned_back() {
    check(
        &of(&runs::turned_back(), &Known::default()),
        expect![[r#"
        turned-back: the run turned back: the source is active
        lag None, estimated None, lost Some(0)
        rto Some(10070) of None: not-known
        rpo Some(0) of None: not-known
        fence us-east-1 was opened again at 2025-11-22T08:26:49.540Z, under epoch 5; stop-intake: failed: not done yet: AccessDeniedException
        dns the plan has no such action
        forward stop-intake failed
        retry: `stop-intake` took 3 attempts (-)
        turned-back: the run turned back to us-east-1: `stop-intake` failed: not done yet: AccessDeniedException (n1)
    "#]],
    );
}

#[test]
fn a_failover_that_another_run_closed() {
    check(
        &of(&runs::superseded(), &Known::default()),
        expect![[r#"
            superseded: another run has begun since, and this one is over
            lag Some(900), estimated Some(2), lost Some(3)
            rto Some(189190) of None: not-known
            rpo None of None: not-known
            fence from 2025-11-22T08:28:04.420Z no gate of us-east-1 could be open under epoch 4; stop-source: given-up: no answer within the time limit
            dns confirm-traffic: done
            forward stop-source given-up
            forward approve-detach not-begun
            forward detach-database not-begun
            forward ask-processor given-up
            forward stabilize not-begun
            forward write-report not-begun
            forward await-source not-begun
            forward hold-source not-begun
            forward rescue-tail not-begun
            forward settle-missing not-begun
            forward converge not-begun
            forward restore-protection not-begun
            forward close not-begun
            given-up: the run went on without `stop-source`: no answer within the time limit (-)
            retry: `promote-database` took 2 attempts (-)
            given-up: the run went on without `ask-processor`: refused: another run has begun since (-)
            ann: see to `stop-source`, which the run went on without
            ann: see to `ask-processor`, which the run went on without
            ann: fail back to us-east-1 when its conditions are met, if it is home
        "#]],
    );
}

#[test]
fn a_switchover_that_went_on_as_a_failover() {
    check(
        &of(&runs::replanned(), &Known::default()),
        expect![[r#"
            open: attempt 1 of `triage` is due
            lag None, estimated None, lost None
            rto None of None: not-served
            rpo None of None: not-known
            fence us-east-1 was not kept from writing; stop-source: not-begun
            dns confirm-traffic: not-begun
            forward mute-alarms skipped
            forward stop-intake unanswered
            forward triage not-begun
            forward snapshot-evidence not-begun
            forward approve-loss not-begun
            forward begin-run not-begun
            forward stop-source not-begun
            forward wait-for-fence not-begun
            forward pass-point-of-no-return not-begun
            forward promote-database not-begun
            forward approve-detach not-begun
            forward detach-database not-begun
            forward verify-database not-begun
            forward raise-epoch not-begun
            forward hold-missing not-begun
            forward open not-begun
            forward start-workers not-begun
            forward try-payment not-begun
            forward direct-traffic not-begun
            forward confirm-traffic not-begun
            forward unmute-alarms not-begun
            forward ask-processor not-begun
            forward stabilize not-begun
            forward write-report not-begun
            forward await-source not-begun
            forward hold-source not-begun
            forward rescue-tail not-begun
            forward settle-missing not-begun
            forward converge not-begun
            forward restore-protection not-begun
            forward close not-begun
            pause: the run was paused (ann)
            resume: the run was let go on (ann)
            skip: `mute-alarms` was left out: they are wanted (dot)
            no-answer: nobody wrote what came of attempt 1 of `stop-intake` (-)
            retried-by-person: `stop-intake` was given more attempts (ann)
            replanned: went on as a failover: now it is gone (bob)
            takeover: runner `n2` took the run over from `n1` (-)
            bob: see run switchover-2 to its end: attempt 1 of `triage` is due
            dot: make up for `mute-alarms`, which was left out
        "#]],
    );
}

#[test]
fn a_switchover_that_lost_nothing() {
    let report = of(&runs::switchover(), &Known::default());
    check(
        &report,
        expect![[r#"
        finished: the run came to the end of its way forward
        lag None, estimated None, lost Some(0)
        rto Some(8500) of None: not-known
        rpo Some(0) of None: not-known
        fence from 2025-11-22T08:26:42.500Z no gate of us-east-1 could be open under epoch 4; stop-intake: done
        dns confirm-traffic: done
    "#]],
    );
    assert_eq!(report.run.change.as_deref(), Some("CHG-7"));
    assert_eq!(report.reconciliation.movements.as_deref(), Some(&[][..]));
}

/// The phases that belong to the RTO add up to it.
#[test]
fn the_phases_add_up() {
    for known in [Known::default(), runs::known()] {
        let recovery = of(&runs::failover(), &known).recovery;
        let sum: u64 = recovery.phases.iter().filter(|it| it.in_rto).map(|it| it.ms).sum();
        assert_eq!(recovery.rto.measured_ms, Some(sum));
    }
}

#[test]
fn approvals_say_who_saw_what() {
    let report = of(&runs::failover(), &Known::default());
    let told = report.approvals.iter().map(|one| {
        format!(
            "{} {} {} until {}: {}\n",
            one.by, one.action, one.at, one.expires_at, one.shown.text
        )
    });
    expect![[r#"
        bob approve-loss 2025-11-22T08:27:20.400Z until 2025-11-22T08:37:20.400Z: the standby's database was behind by 900 ms at 2025-11-22T08:25:05.000Z, payments it lacks: 2
        cyd approve-loss 2025-11-22T08:27:35.400Z until 2025-11-22T08:37:35.400Z: the standby's database was behind by 900 ms at 2025-11-22T08:25:05.000Z, payments it lacks: 2
    "#]].assert_eq(&told.collect::<String>());
}

/// Who vouches for people is told, and that one alone may accept a loss.
#[test]
fn principals_and_one_approver() {
    let mut plan = runs::plan(PlanKind::Failover, "failover-3");
    for action in plan.actions.iter_mut().filter(|action| action.approvers > 0) {
        action.approvers = 1;
    }
    let mut book = runs::Book::planned(plan, "gone");
    let by = runs::by("bob").known_as("arn:aws:iam::1:user/bob");
    book.write(Event::Paused { by: by.clone() }).write(Event::Resumed { by });
    let told = of(&book.entries, &Known::default()).deviations.into_iter().map(|one| {
        let (by, principal) = (one.by.unwrap_or_default(), one.principal.unwrap_or_default());
        format!("{}: {} ({by} {principal})\n", one.kind, one.what)
    });
    expect![[r#"
        one-approver: `approve-loss` was planned to need the approval of one person (ann )
        one-approver: `approve-detach` was planned to need the approval of one person (ann )
        pause: the run was paused (bob arn:aws:iam::1:user/bob)
        resume: the run was let go on (bob arn:aws:iam::1:user/bob)
    "#]]
    .assert_eq(&told.collect::<String>());
}

/// Each call is told with the attempt that made it.
#[test]
fn calls_stand_with_their_attempts() {
    let report = of(&runs::failover(), &runs::known());
    let promote = report.steps.iter().find(|step| step.action == "promote-database");
    let attempts = &promote.expect("it was planned").attempts;
    let ids = attempts.iter().map(|attempt| {
        let calls = attempt.calls.iter().flatten();
        calls.map(|call| call.request_id.as_deref()).collect::<Vec<_>>()
    });
    let ids: Vec<Vec<Option<&str>>> = ids.collect();
    assert_eq!(ids, [vec![Some("5e1f-1")], vec![Some("5e1f-2"), None]]);
    assert_eq!(report.api_calls, Some(3));
    let others = report.steps.iter().filter(|step| step.action != "promote-database");
    let mut others = others.flat_map(|step| &step.attempts);
    assert!(others.all(|attempt| attempt.calls.as_deref() == Some(&[][..])));
}

fn lost(accepted_at: u64, state: &str) -> Movement {
    Movement {
        id: "pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD".to_owned(),
        payment: None,
        minor_units: 1,
        currency: "USD".to_owned(),
        accepted_epoch: 4,
        accepted_at,
        state: state.to_owned(),
        was_acknowledged: None,
    }
}

#[test]
fn rpo_is_what_was_lost_up_to_the_loss_of_the_region() {
    let rpo = |movements: Vec<Movement>, fault_at, rpo_ms| {
        let known = Known {
            fault_at,
            movements: Some(movements),
            objectives: Some(Objectives { rto_ms: 1, rpo_ms }),
            ..Known::default()
        };
        let rpo = of(&runs::failover(), &known).recovery.rpo;
        (rpo.measured_ms, rpo.verdict)
    };
    let three = || {
        let at = [PLANNED_AT - 900, PLANNED_AT - 600, PLANNED_AT - 300];
        at.map(|at| lost(at, "posted")).to_vec()
    };
    // The run has held three: a list that names fewer is not theirs.
    assert_eq!(rpo(Vec::new(), None, 0), (None, "not-known"));
    assert_eq!(rpo(three().split_off(1), None, 900), (None, "not-known"));
    // Replication was 900 ms behind, which is the least where nobody says when the Region was lost.
    assert_eq!(rpo(three(), None, 900), (Some(900), "met"));
    assert_eq!(rpo(vec![lost(PLANNED_AT - 300, "posted"); 3], None, 600), (Some(900), "missed"));
    assert_eq!(rpo(three(), Some(PLANNED_AT + 300), 600), (Some(1_200), "missed"));
    // So it is where somebody says it.
    assert_eq!(rpo(three(), Some(PLANNED_AT - 100), 600), (Some(900), "missed"));
    // A clock that is behind makes nothing negative.
    assert_eq!(rpo(three(), Some(PLANNED_AT - 2_000), 900), (Some(900), "met"));
}

/// A list that names fewer than the run has held, as that of a ledger that did not note whom it held, does not make what was
/// lost less.
#[test]
fn a_list_that_lacks_what_was_held_is_not_believed() {
    for listed in 0..3 {
        let known = Known { movements: Some(vec![lost(1, "posted"); listed]), ..Known::default() };
        let report = of(&runs::failover(), &known);
        assert_eq!((report.loss.actual_movements, report.reconciliation.held), (None, Some(3)));
        assert!(
            report.reconciliation.movements.is_none() && report.reconciliation.outcomes.is_none()
        );
        let why = report.not_known.iter().find(|one| one.what == "/loss/actual_movements");
        let expected = format!("the run has held 3, of which {listed} were told one by one");
        assert_eq!(why.map(|one| &*one.why), Some(&*expected));
    }
}

/// Nobody is sent to a Region that was lost when the service is home.
#[test]
fn a_failover_that_came_home_sends_nobody_away() {
    let what = |home: Option<&str>| {
        let known = Known { home: home.map(str::to_owned), ..Known::default() };
        let told = of(&runs::failover(), &known).follow_ups;
        let mut told = told.into_iter().map(|one| one.what);
        told.find(|what| what.contains("us-east-1")).expect("something is to be done")
    };
    expect!["fail back to us-east-1 when its conditions are met"]
        .assert_eq(&what(Some("us-east-1")));
    expect![
        "see that us-east-1 can take over again: us-east-2 is home, and has no standby until then"
    ]
    .assert_eq(&what(Some("us-east-2")));
    expect!["fail back to us-east-1 when its conditions are met, if it is home"]
        .assert_eq(&what(None));
}

#[test]
fn every_state_of_a_payment_has_words() {
    let states = payments::State::ALL.map(payments::State::name);
    for state in states.into_iter().chain(["refused"]) {
        let known = Known { movements: Some(vec![lost(1, state); 3]), ..Known::default() };
        let report = of(&runs::failover(), &known);
        let [one, ..] = &report.reconciliation.movements.as_deref().expect("it is known") else {
            panic!("three payments")
        };
        assert_ne!(one.became, "this program does not know that state", "{state}");
    }
}

/// Whatever action comes in whatever order, something is told of it.
#[test]
fn any_action_may_be_anywhere() {
    for kind in [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback] {
        for name in ActionName::ALL {
            let mut book = runs::Book::planned(runs::plan(kind, "r"), "why");
            book.took("n1").done(*name, 5);
            let report = of(&book.entries, &Known::default());
            assert!(!report.steps.is_empty(), "{kind} {name}");
        }
    }
}
