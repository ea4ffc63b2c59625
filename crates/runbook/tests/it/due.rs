//! What is due after each entry of a journal, whoever wrote it.

use expect_test::{Expect, expect};
use fence::{Author, DurationMs, Millis};
use runbook::{
    Action, ActionName, Entry, Event, Evidence, Failure, Next, Observed, PlanKind, Refused,
    RunnerName, next,
};

use crate::carry::planned;
use crate::facts::AT;
use crate::lab::shown;

/// A journal that a test writes line by line.
struct Script {
    entries: Vec<Entry>,
    told: String,
}

impl Script {
    fn of(kind: PlanKind) -> Self {
        let entries = planned(kind).inner().entries.clone();
        Self { entries, told: String::new() }
    }

    /// Everything up to this action is done.
    fn up_to(kind: PlanKind, name: ActionName) -> Self {
        let mut script = Self::of(kind);
        loop {
            let (due, is_act) = match next(&script.entries, AT) {
                Next::Act { action, .. } => (action.name, true),
                Next::Approval { action, .. } => (action.name, false),
                other => panic!("{other:?}"),
            };
            if due == name {
                break;
            }
            if is_act {
                script.done(due);
            } else {
                ["bob", "cyd"].into_iter().for_each(|by| script.approve(due, by, 900_000));
            }
        }
        script.told.clear();
        script
    }

    fn write(&mut self, event: Event) {
        let at = AT.plus(DurationMs(1_000 * u64::try_from(self.entries.len()).expect("few")));
        let position = u64::try_from(self.entries.len()).expect("few");
        self.entries.push(Entry { position, at, event });
        let entry = &self.entries[self.entries.len() - 1];
        let due = match next(&self.entries, at) {
            Next::Act { action, attempt, not_before: Millis(0) } => {
                format!("{} {attempt}", action.name)
            }
            Next::Act { action, attempt, not_before } => {
                format!("{} {attempt} after {}", action.name, not_before.since(at))
            }
            Next::Approval { action, approved } => {
                format!("{} by {} more", action.name, action.approvers - approved)
            }
            Next::Person { action, failure } => format!("a person: {}: {failure}", action.name),
            Next::TurnBack { action, .. } => format!("to turn back for {}", action.name),
            other => format!("{other:?}"),
        };
        self.told += &format!("{:<64} -> {due}\n", shown(entry).split_off(8));
    }

    fn took(&mut self, runner: &str) {
        self.write(Event::Took { runner: RunnerName(runner.to_owned()) });
    }

    fn began(&mut self, action: ActionName, attempt: u32) {
        let runner = RunnerName("n1".to_owned());
        self.write(Event::Began { action, attempt, runner });
    }

    fn ended(&mut self, action: ActionName, attempt: u32, result: Result<Observed, Failure>) {
        let runner = RunnerName("n1".to_owned());
        self.write(Event::Ended { action, attempt, runner, result });
    }

    fn done(&mut self, action: ActionName) {
        self.began(action, 1);
        self.ended(action, 1, Ok(Observed::Done));
    }

    fn approve(&mut self, action: ActionName, by: &str, lasts: u64) {
        let (by, shown) = (Author::new(by), Evidence::default());
        let expires_at = AT.plus(DurationMs(lasts));
        self.write(Event::Approved { action, by, expires_at, shown });
    }

    fn aborted(&mut self) {
        self.write(Event::Aborted { by: Author::new("bob"), reason: "no".to_owned() });
    }

    #[track_caller]
    fn check(&self, told: Expect) {
        told.assert_eq(&self.told);
    }
}

fn busy() -> Result<Observed, Failure> {
    Err(Failure::TryAgain("busy".to_owned()))
}

fn no(refused: Refused) -> Result<Observed, Failure> {
    Err(Failure::Refused(refused, "no".to_owned()))
}

#[test]
fn attempts_are_counted_over_all_runners() {
    let mut script = Script::of(PlanKind::Switchover);
    script.took("n1");
    script.began(ActionName::CheckPreconditions, 1);
    script.took("n2");
    script.began(ActionName::CheckPreconditions, 2);
    script.ended(ActionName::CheckPreconditions, 1, Ok(Observed::Done));
    script.ended(ActionName::CheckPreconditions, 2, busy());
    script.began(ActionName::CheckPreconditions, 3);
    script.ended(ActionName::CheckPreconditions, 3, Err(Failure::TimedOut));
    script.took("n3");
    script.began(ActionName::CheckPreconditions, 4);
    script.ended(ActionName::CheckPreconditions, 4, busy());
    script.check(expect![[r#"
        n1 takes it                                                      -> check-preconditions 1
        n1 begins check-preconditions 1                                  -> check-preconditions 2
        n2 takes it                                                      -> check-preconditions 2
        n1 begins check-preconditions 2                                  -> check-preconditions 3
        n1 ends check-preconditions 1: Done                              -> check-preconditions 3
        n1 ends check-preconditions 2: not done yet: busy                -> check-preconditions 3 after 5000 ms
        n1 begins check-preconditions 3                                  -> check-preconditions 4 after 4000 ms
        n1 ends check-preconditions 3: no answer within the time limit   -> check-preconditions 4 after 5000 ms
        n3 takes it                                                      -> check-preconditions 4 after 4000 ms
        n1 begins check-preconditions 4                                  -> check-preconditions 5 after 3000 ms
        n1 ends check-preconditions 4: not done yet: busy                -> to turn back for check-preconditions
    "#]]);
}

#[test]
fn a_best_effort_is_given_up() {
    let mut script = Script::up_to(PlanKind::Switchover, ActionName::MuteAlarms);
    script.began(ActionName::MuteAlarms, 1);
    script.ended(ActionName::MuteAlarms, 1, busy());
    script.began(ActionName::MuteAlarms, 2);
    script.ended(ActionName::MuteAlarms, 2, busy());
    script.began(ActionName::StopIntake, 1);
    script.ended(ActionName::StopIntake, 1, no(Refused::Other));
    script.check(expect![[r#"
        n1 begins mute-alarms 1                                          -> mute-alarms 2
        n1 ends mute-alarms 1: not done yet: busy                        -> mute-alarms 2 after 2000 ms
        n1 begins mute-alarms 2                                          -> mute-alarms 3 after 1000 ms
        n1 ends mute-alarms 2: not done yet: busy                        -> stop-intake 1
        n1 begins stop-intake 1                                          -> stop-intake 2
        n1 ends stop-intake 1: refused: no                               -> to turn back for stop-intake
    "#]]);
}

#[test]
fn what_was_refused_for_its_versions() {
    let mut script = Script::up_to(PlanKind::Failover, ActionName::PromoteDatabase);
    script.began(ActionName::PromoteDatabase, 1);
    script.ended(ActionName::PromoteDatabase, 1, no(Refused::Versions));
    script.approve(ActionName::ApproveDetach, "bob", 900_000);
    script.approve(ActionName::ApproveDetach, "bob", 900_000);
    script.write(Event::Retried { action: ActionName::PromoteDatabase, by: Author::new("bob") });
    script.began(ActionName::PromoteDatabase, 2);
    script.ended(ActionName::PromoteDatabase, 2, no(Refused::Versions));
    script.approve(ActionName::ApproveDetach, "cyd", 900_000);
    script.done(ActionName::ApproveDetach);
    script.done(ActionName::DetachDatabase);
    script.check(expect![[r#"
        n1 begins promote-database 1                                     -> promote-database 2
        n1 ends promote-database 1: refused: no                          -> approve-detach by 2 more
        bob approves approve-detach until 900000                         -> approve-detach by 1 more
        bob approves approve-detach until 900000                         -> approve-detach by 1 more
        bob retries promote-database                                     -> promote-database 2
        n1 begins promote-database 2                                     -> promote-database 3
        n1 ends promote-database 2: refused: no                          -> approve-detach by 1 more
        cyd approves approve-detach until 900000                         -> approve-detach 1
        n1 begins approve-detach 1                                       -> approve-detach 2
        n1 ends approve-detach 1: Done                                   -> detach-database 1
        n1 begins detach-database 1                                      -> detach-database 2
        n1 ends detach-database 1: Done                                  -> verify-database 1
    "#]]);
}

#[test]
fn what_has_ended_when_the_run_turned_back_counts_no_more() {
    let mut script = Script::up_to(PlanKind::Switchover, ActionName::StopIntake);
    script.began(ActionName::StopIntake, 1);
    script.aborted();
    script.ended(ActionName::StopIntake, 1, Ok(Observed::Done));
    for name in [ActionName::ConfirmWriter, ActionName::Abort, ActionName::RaiseEpoch] {
        script.done(name);
    }
    script.began(ActionName::ReopenSource, 1);
    script.ended(ActionName::ReopenSource, 1, no(Refused::Superseded));
    script.check(expect![[r#"
        n1 begins stop-intake 1                                          -> stop-intake 2
        bob aborts: no                                                   -> confirm-writer 1
        n1 ends stop-intake 1: Done                                      -> confirm-writer 1
        n1 begins confirm-writer 1                                       -> confirm-writer 2
        n1 ends confirm-writer 1: Done                                   -> abort 1
        n1 begins abort 1                                                -> abort 2
        n1 ends abort 1: Done                                            -> raise-epoch 1
        n1 begins raise-epoch 1                                          -> raise-epoch 2
        n1 ends raise-epoch 1: Done                                      -> reopen-source 1
        n1 begins reopen-source 1                                        -> reopen-source 2
        n1 ends reopen-source 1: refused: no                             -> Superseded
    "#]]);
}

#[test]
fn whether_a_run_may_have_begun() {
    let mut script = Script::up_to(PlanKind::Switchover, ActionName::BeginRun);
    script.aborted();
    script.check(expect![[r#"
        bob aborts: no                                                   -> write-report 1
    "#]]);
    let mut script = Script::up_to(PlanKind::Switchover, ActionName::BeginRun);
    script.began(ActionName::BeginRun, 1);
    script.aborted();
    script.ended(ActionName::BeginRun, 1, no(Refused::Record));
    script.check(expect![[r#"
        n1 begins begin-run 1                                            -> begin-run 2
        bob aborts: no                                                   -> confirm-writer 1
        n1 ends begin-run 1: refused: no                                 -> write-report 1
    "#]]);
}

#[test]
fn pauses_and_plans() {
    let mut script = Script::up_to(PlanKind::Switchover, ActionName::RecordTail);
    script.write(Event::Paused { by: Author::new("bob") });
    script.began(ActionName::RecordTail, 1);
    script.ended(ActionName::RecordTail, 1, Ok(Observed::Done));
    script.write(Event::Resumed { by: Author::new("bob") });
    script.write(Event::Paused { by: Author::new("bob") });
    // A switchover that goes on as a failover.
    let failover = planned(PlanKind::Failover).inner().entries[0].event.clone();
    script.write(failover);
    script.ended(ActionName::RecordTail, 1, Ok(Observed::Done));
    script.check(expect![[r#"
        bob pauses                                                       -> Paused { by: Author("bob") }
        n1 begins record-tail 1                                          -> Paused { by: Author("bob") }
        n1 ends record-tail 1: Done                                      -> Paused { by: Author("bob") }
        bob resumes                                                      -> pass-point-of-no-return 1
        bob pauses                                                       -> Paused { by: Author("bob") }
        ann plans a failover                                             -> triage 1
        n1 ends record-tail 1: Done                                      -> triage 1
    "#]]);
}

/// The lock that an earlier plan has taken is held, whatever becomes of the order to begin.
#[test]
fn a_refusal_gives_up_no_lock_of_an_earlier_plan() {
    let mut script = Script::up_to(PlanKind::Switchover, ActionName::MuteAlarms);
    script.write(planned(PlanKind::Failover).inner().entries[0].event.clone());
    script.done(ActionName::Triage);
    script.done(ActionName::SnapshotEvidence);
    ["bob", "cyd"].into_iter().for_each(|by| script.approve(ActionName::ApproveLoss, by, 900_000));
    script.done(ActionName::ApproveLoss);
    script.told.clear();
    script.began(ActionName::BeginRun, 1);
    script.ended(ActionName::BeginRun, 1, no(Refused::Record));
    script.aborted();
    script.check(expect![[r#"
        n1 begins begin-run 1                                            -> begin-run 2
        n1 ends begin-run 1: refused: no                                 -> a person: begin-run: refused: no
        bob aborts: no                                                   -> confirm-writer 1
    "#]]);
}

/// A failover whose loss was approved, until 9 s after it was planned.
fn approved_briefly(close_earlier: &[ActionName]) -> Script {
    let mut script = Script::of(PlanKind::Failover);
    if let Event::Planned { plan, .. } = &mut script.entries[0].event {
        let is_begin = |action: &Action| action.name == ActionName::BeginRun;
        let place = plan.actions.iter().position(is_begin).expect("it begins");
        let rows =
            close_earlier.iter().map(|name| Action { name: *name, ..plan.actions[place].clone() });
        let rows: Vec<Action> = rows.collect();
        plan.actions.splice(place..place, rows);
    }
    script.done(ActionName::Triage);
    script.done(ActionName::SnapshotEvidence);
    ["bob", "cyd"].into_iter().for_each(|by| script.approve(ActionName::ApproveLoss, by, 9_500));
    script.done(ActionName::ApproveLoss);
    script.told.clear();
    script
}

/// What comes between an approval and what it permits does not use it up.
#[test]
fn an_approval_is_used_by_what_it_permits() {
    let mut script = approved_briefly(&[ActionName::CloseEarlier]);
    script.began(ActionName::CloseEarlier, 1);
    script.ended(ActionName::CloseEarlier, 1, busy());
    ["bob", "cyd"].into_iter().for_each(|by| script.approve(ActionName::ApproveLoss, by, 900_000));
    script.check(expect![[r#"
        n1 begins close-earlier 1                                        -> close-earlier 2
        n1 ends close-earlier 1: not done yet: busy                      -> approve-loss by 2 more
        bob approves approve-loss until 900000                           -> approve-loss by 1 more
        cyd approves approve-loss until 900000                           -> close-earlier 2 after 0 ms
    "#]]);
}

/// An order to begin that is unclear goes on by itself; a person who orders it anew needs approvals
/// that count.
#[test]
fn what_is_retried_needs_approvals_that_count() {
    let mut script = approved_briefly(&[]);
    for attempt in 1..=10 {
        script.began(ActionName::BeginRun, attempt);
        script.ended(ActionName::BeginRun, attempt, Err(Failure::TimedOut));
    }
    script.told = script.told.lines().skip(18).map(|line| format!("{line}\n")).collect();
    script.write(Event::Retried { action: ActionName::BeginRun, by: Author::new("bob") });
    ["bob", "cyd"].into_iter().for_each(|by| script.approve(ActionName::ApproveLoss, by, 35_000));
    script.began(ActionName::BeginRun, 11);
    script.took("n2");
    script.took("n3");
    script.took("n4");
    script.took("n5");
    script.took("n6");
    script.check(expect![[r#"
        n1 begins begin-run 10                                           -> begin-run 11 after 1000 ms
        n1 ends begin-run 10: no answer within the time limit            -> a person: begin-run: no answer within the time limit
        bob retries begin-run                                            -> approve-loss by 2 more
        bob approves approve-loss until 35000                            -> approve-loss by 1 more
        cyd approves approve-loss until 35000                            -> begin-run 11
        n1 begins begin-run 11                                           -> begin-run 12
        n2 takes it                                                      -> begin-run 12
        n3 takes it                                                      -> begin-run 12
        n4 takes it                                                      -> begin-run 12
        n5 takes it                                                      -> begin-run 12
        n6 takes it                                                      -> begin-run 12
    "#]]);
}
