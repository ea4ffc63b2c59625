//! The whole list of each plan, as a table.

use expect_test::{Expect, expect};
use fence::RunKind;
use runbook::{Action, ActionName, Condition, OnFailure, Plan, PlanKind, Side, Stage, plan};

use crate::facts::{Move, calm, lose, read, record, request};

fn planned(kind: PlanKind, active: &str) -> Plan {
    let mut facts = calm(active);
    if kind == PlanKind::Failover {
        lose(&mut facts, active);
    }
    plan(&request(kind), &facts).expect("everything is well")
}

#[track_caller]
fn check(actions: &[Action], table: Expect) {
    let rows: String = actions.iter().map(shown).collect();
    table.assert_eq(&rows);
}

fn shown(action: &Action) -> String {
    let Action { name, side, time_limit, retry, .. } = action;
    let side = match side {
        Side::Source => "source",
        Side::Target => "target",
        Side::Global => "global",
    };
    let tries = match retry.attempts_max {
        u32::MAX => "always".to_owned(),
        tries => format!("{tries} x"),
    };
    let (limit, pause) = (time_limit.0 / 1_000, retry.interval.0 / 1_000);
    let times = format!("{limit:>4} s {tries:>6} / {pause:<2} s");
    let failure = match action.on_failure {
        OnFailure::GoOn => "goes on",
        OnFailure::Stop => "stops",
        OnFailure::Abort => "aborts",
    };
    let mut notes = String::new();
    if action.is_skippable {
        notes += ", skippable";
    }
    if action.approvers > 0 {
        notes += &format!(", {} approve", action.approvers);
    }
    notes += &match action.condition {
        Condition::Always => String::new(),
        Condition::IfRefused(name) => format!(", if {name} was refused"),
        Condition::IfDone(name) => format!(", if {name} was done"),
        Condition::IfBegun => ", if begun".to_owned(),
    };
    format!(
        "{:<9} {name:<24}{side} {}  {times} {failure}{notes}\n",
        action.stage.as_str(),
        action.region
    )
}

#[test]
fn switchover() {
    check(
        &planned(PlanKind::Switchover, "east").actions,
        expect![[r#"
            decide    check-preconditions     target west    30 s    3 x / 5  s aborts
            fence     begin-run               global west    15 s    5 x / 2  s aborts
            fence     mute-alarms             target west    20 s    2 x / 2  s goes on, skippable
            fence     stop-intake             source east    30 s    3 x / 2  s aborts
            fence     wait-for-fence          global west    27 s    3 x / 2  s aborts
            fence     drain-outbox            source east    10 s    1 x / 0  s goes on, skippable
            fence     wait-for-replication    source east    60 s    1 x / 0  s goes on, skippable
            fence     record-tail             source east    15 s    3 x / 2  s aborts
            promote   pass-point-of-no-return global west    27 s    5 x / 2  s aborts
            promote   switch-database         source east    60 s   20 x / 1  s stops
            verify    verify-database         target west    30 s   20 x / 3  s stops
            verify    raise-epoch             target west    15 s   10 x / 2  s stops
            verify    open                    global west    15 s   10 x / 2  s stops
            route     start-workers           target west    30 s    5 x / 2  s stops
            route     try-payment             target west    20 s   10 x / 2  s stops, skippable
            route     direct-traffic          global west    15 s   10 x / 2  s stops
            route     confirm-traffic         global west    60 s    5 x / 1  s goes on, skippable
            stabilize swap-monitoring         target west    60 s    3 x / 5  s goes on, skippable
            stabilize write-report            target west    60 s    3 x / 5  s goes on, skippable
            stabilize close                   global west    15 s   10 x / 2  s stops
        "#]],
    );
}

#[test]
fn failover() {
    check(
        &planned(PlanKind::Failover, "east").actions,
        expect![[r#"
            decide    triage                  source east    10 s    1 x / 0  s goes on, skippable
            decide    snapshot-evidence       target west    20 s    2 x / 1  s goes on, skippable
            decide    approve-loss            global west    15 s    1 x / 0  s stops, 2 approve
            fence     begin-run               global west    15 s   10 x / 2  s stops
            fence     stop-source             source east    20 s    1 x / 0  s goes on, skippable
            fence     wait-for-fence          global west    27 s   10 x / 2  s stops
            promote   pass-point-of-no-return global west    27 s   10 x / 2  s stops
            promote   promote-database        target west    60 s   20 x / 1  s stops
            promote   approve-detach          global west    15 s    1 x / 0  s stops, 2 approve, if promote-database was refused
            promote   detach-database         target west    60 s   20 x / 1  s stops, if promote-database was refused
            verify    verify-database         target west    30 s   20 x / 3  s stops
            verify    raise-epoch             target west    15 s   10 x / 2  s stops
            verify    hold-missing            target west   120 s   10 x / 2  s stops
            verify    open                    global west    15 s   10 x / 2  s stops
            route     start-workers           target west    30 s    5 x / 2  s stops
            route     try-payment             target west    20 s   10 x / 2  s stops, skippable
            route     direct-traffic          global west    15 s   10 x / 2  s stops
            route     confirm-traffic         global west    60 s    5 x / 1  s goes on, skippable
            stabilize unmute-alarms           target west    20 s    3 x / 5  s goes on, skippable
            stabilize ask-processor           target west   120 s    4 x / 30 s goes on, skippable
            stabilize stabilize               target west    60 s    1 x / 0  s goes on, skippable
            stabilize write-report            target west    60 s    3 x / 5  s goes on, skippable
            restore   await-source            source east    60 s always / 30 s stops, skippable
            restore   hold-source             source east    60 s always / 30 s stops, if await-source was done
            restore   rescue-tail             source east  3600 s   10 x / 60 s stops, skippable, if await-source was done
            restore   settle-missing          target west   600 s always / 30 s stops
            restore   converge                source east  3600 s    1 x / 0  s goes on, skippable, if await-source was done
            restore   restore-protection      target west   600 s always / 60 s stops, skippable
            restore   close                   global west    15 s   10 x / 2  s stops
        "#]],
    );
}

#[test]
fn way_back() {
    check(
        &planned(PlanKind::Switchover, "east").way_back,
        expect![[r#"
        verify    confirm-writer          source east    30 s   20 x / 3  s stops, if begun
        verify    abort                   global west    15 s   20 x / 2  s stops, if begun
        verify    raise-epoch             source east    15 s   20 x / 2  s stops, if begun
        route     reopen-source           source east    30 s   20 x / 2  s stops, if begun
        stabilize swap-monitoring         source east    60 s    3 x / 5  s goes on, skippable, if begun
        stabilize write-report            source east    60 s    3 x / 5  s goes on, skippable
        stabilize close                   global west    15 s   20 x / 2  s stops, if begun
    "#]],
    );
}

#[test]
fn a_failback_is_a_switchover_home() {
    let (there, back) =
        (planned(PlanKind::Switchover, "east"), planned(PlanKind::Failback, "west"));
    let names = |plan: &Plan| plan.actions.iter().map(|action| action.name).collect::<Vec<_>>();
    assert_eq!(names(&there), names(&back));
    assert_eq!((back.source.as_str(), back.target.as_str()), ("west", "east"));
    assert!(
        back.actions
            .iter()
            .all(|action| action.side != Side::Source || action.region == back.source)
    );
}

/// Before the source has come back nothing waits for it, and nothing changes a control plane that
/// lives there.
#[test]
fn a_failover_needs_nothing_of_the_lost_region() {
    let plan = planned(PlanKind::Failover, "east");
    let before = plan.actions.iter().filter(|action| action.stage < Stage::Restore);
    for action in before.filter(|action| action.on_failure != OnFailure::GoOn) {
        assert_eq!(action.region, plan.target, "{}", action.name);
        assert!(action.calls.iter().all(|call| call.region == plan.target), "{}", action.name);
    }
}

#[test]
fn every_name_occurs_once_and_calls_something() {
    for kind in [PlanKind::Switchover, PlanKind::Failover] {
        let plan = planned(kind, "east");
        for actions in [&plan.actions, &plan.way_back] {
            let mut names: Vec<ActionName> = actions.iter().map(|action| action.name).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), actions.len());
            assert!(actions.iter().all(|action| !action.calls.is_empty()));
        }
    }
}

/// The epochs of a plan, and what it does about a run that is open.
#[track_caller]
fn check_way(moves: &[Move], run: &str, way: Expect) {
    let mut facts = calm("east");
    facts.record = read(&record("east", moves));
    for lost in ["east", "west"] {
        lose(&mut facts, lost);
    }
    facts.primary.has_database = runbook::Known::Yes;
    facts.standby.has_database = runbook::Known::Yes;
    let mut request = request(PlanKind::Failover);
    request.run = fence::RunId::new(run);
    let shown = match plan(&request, &facts) {
        Ok(plan) => {
            let earlier = plan.earlier.as_ref().map_or("none", |run| run.as_str());
            let closes = plan.actions.iter().any(|action| action.name == ActionName::CloseEarlier);
            assert_eq!(closes, plan.earlier.is_some());
            let Plan { source, target, seen, epoch, .. } = plan;
            format!("{source} to {target}, epoch {seen} to {epoch}, closes {earlier}")
        }
        Err(unmet) => unmet.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    way.assert_eq(&shown);
}

#[test]
fn a_failover_when_a_run_is_open() {
    use Move::{Begin, Do, Pass};
    let switchover = Begin(RunKind::Switchover);
    let failover = Begin(RunKind::Failover);
    check_way(&[], "r9", expect!["east to west, epoch 1 to 2, closes none"]);
    check_way(
        &[switchover],
        "r9",
        expect![
            "no-run-open: switchover `r1` is open: DRAINING, its point of no return ahead; needed: one run at a time; next: type `tideover resume r1`, or when its source is lost `tideover failover --run r1`"
        ],
    );
    check_way(&[switchover], "r1", expect!["east to west, epoch 2 to 3, closes none"]);
    check_way(&[switchover, Pass], "r1", expect!["east to west, epoch 2 to 3, closes none"]);
    check_way(&[switchover, Do("abort")], "r9", expect!["east to west, epoch 2 to 3, closes r1"]);
    check_way(
        &[failover],
        "r9",
        expect![
            "no-run-open: failover `r1` is open: FENCED, its point of no return ahead; needed: one run at a time; next: type `tideover resume r1`"
        ],
    );
    check_way(
        &[failover],
        "r1",
        expect![
            "no-run-open: failover `r1` is open: FENCED, its point of no return ahead; needed: one run at a time; next: type `tideover resume r1`"
        ],
    );
    check_way(
        &[failover, Pass, Do("open")],
        "r9",
        expect!["west to east, epoch 2 to 3, closes r1"],
    );
    check_way(
        &[failover, Pass, Do("open")],
        "r1",
        expect![
            "no-run-open: failover `r1` is open: ACTIVE, its point of no return passed; needed: one run at a time; next: type `tideover resume r1`"
        ],
    );
    check_way(
        &[failover, Pass, Do("open"), Do("direct")],
        "r9",
        expect!["west to east, epoch 2 to 3, closes r1"],
    );
}

/// Alarms are muted by a switchover only, and every list of actions that may follow that unmutes them where they were
/// muted: its own, the way back, and a failover as which it goes on or that closes it.
#[test]
fn what_is_muted_is_unmuted_whatever_follows() {
    let switchover = planned(PlanKind::Switchover, "east");
    let unmuting = |actions: &[Action], region: &fence::RegionName| {
        let mut calls = actions.iter().flat_map(|action| &action.calls);
        calls.any(|call| call.api == "EnableAlarmActions" && call.region == *region)
    };
    assert!(unmuting(&switchover.actions, &switchover.target));
    assert!(unmuting(&switchover.way_back, &switchover.target));
    let failover = planned(PlanKind::Failover, "east");
    for region in [&failover.source, &failover.target] {
        assert!(unmuting(&failover.actions, region), "{region}");
    }
    assert!(unmuting(&failover.way_back, &failover.target));
    let mutes = |action: &Action| action.name == ActionName::MuteAlarms;
    assert!(!failover.actions.iter().any(mutes));
    // The source of a failover may be lost for long: only the target's are unmuted before.
    let served = failover.actions.iter().filter(|action| action.stage < Stage::Restore);
    let served: Vec<Action> = served.cloned().collect();
    assert!(unmuting(&served, &failover.target) && !unmuting(&served, &failover.source));
}
