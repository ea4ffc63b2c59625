//! Executions with answers from a script: where each answer leads.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use runbook::{ActionName, OnFailure, PlanKind, supposed};
use serde_json::{Value, json};

use super::states_language::definition;
use super::walk::{Answer, Function, Told, walk};
use crate::pairs;

/// Answers from a script, the last again and again; all is well where it says nothing.
struct Script<'s> {
    answers: BTreeMap<&'s str, Vec<Answer>>,
    told: Vec<String>,
}

impl Function for Script<'_> {
    fn answer(&mut self, told: &Told<'_>) -> Answer {
        let mark = match told.word {
            "ask" => "?",
            "approve" => "!",
            _ => "",
        };
        let way = if told.way == "back" { "back: " } else { "" };
        let line = format!("{way}{}{mark}", told.name);
        self.told.push(line.clone());
        match self.answers.get_mut(line.as_str()) {
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers[0].clone(),
            None => Ok(json!({})),
        }
    }

    fn wait(&mut self, _: u64) {}
}

fn run(kind: PlanKind, script: &[(&'static str, &[Answer])]) -> (Vec<String>, String) {
    let answers = script.iter().map(|(line, answers)| (*line, answers.to_vec())).collect();
    let mut script = Script { answers, told: Vec::new() };
    let end = walk(&definition(kind), &mut script);
    (script.told, end)
}

fn decision(word: &str) -> Answer {
    Ok(json!({"decision": word}))
}

#[track_caller]
fn check(kind: PlanKind, script: &[(&'static str, &[Answer])], expected: Expect) {
    let (told, end) = run(kind, script);
    expected.assert_eq(&format!("{}\nend: {end}", told.join("\n")));
}

#[test]
fn a_run_that_never_began_has_nothing_to_turn_back() {
    check(
        PlanKind::Switchover,
        &[("check-preconditions", &[Err("TurnsBack")])],
        expect![[r#"
        check-preconditions
        back: write-report
        end: aborted"#]],
    );
}

#[test]
fn a_switchover_turns_back() {
    check(
        PlanKind::Switchover,
        &[("switch-database", &[Err("TurnsBack")])],
        expect![[r#"
        check-preconditions
        begin-run
        mute-alarms
        stop-intake
        wait-for-fence
        drain-outbox
        wait-for-replication
        record-tail
        pass-point-of-no-return
        switch-database
        back: confirm-writer
        back: abort
        back: raise-epoch
        back: reopen-source
        back: swap-monitoring
        back: write-report
        back: close
        end: aborted"#]],
    );
}

#[test]
fn promotion_is_refused_for_versions() {
    let well: Answer = Ok(json!({}));
    let script: [(&str, &[Answer]); 3] = [
        ("approve-loss", &[Err("WaitsForApproval"), well.clone()]),
        ("promote-database", &[Err("RefusedForVersions")]),
        ("approve-detach", &[Err("WaitsForApproval"), well]),
    ];
    check(
        PlanKind::Failover,
        &script,
        expect![[r#"
            triage
            snapshot-evidence
            approve-loss
            approve-loss!
            approve-loss
            begin-run
            stop-source
            wait-for-fence
            pass-point-of-no-return
            promote-database
            approve-detach
            approve-detach!
            approve-detach
            detach-database
            verify-database
            raise-epoch
            hold-missing
            open
            start-workers
            try-payment
            direct-traffic
            confirm-traffic
            unmute-alarms
            ask-processor
            stabilize
            write-report
            await-source
            hold-source
            rescue-tail
            settle-missing
            converge
            restore-protection
            close
            end: done"#]],
    );
}

#[test]
fn the_source_does_not_come_back() {
    let script: [(&str, &[Answer]); 3] = [
        ("triage", &[Err("LeftOut")]),
        ("await-source", &[Err("WaitsForPerson")]),
        ("await-source?", &[decision("skip")]),
    ];
    check(
        PlanKind::Failover,
        &script,
        expect![[r#"
            triage
            snapshot-evidence
            approve-loss
            begin-run
            stop-source
            wait-for-fence
            pass-point-of-no-return
            promote-database
            verify-database
            raise-epoch
            hold-missing
            open
            start-workers
            try-payment
            direct-traffic
            confirm-traffic
            unmute-alarms
            ask-processor
            stabilize
            write-report
            await-source
            await-source?
            settle-missing
            restore-protection
            close
            end: done"#]],
    );
}

#[test]
fn people_answer_nonsense() {
    let nonsense =
        [Ok(json!({})), decision("abort"), Ok(json!({"decision": 7})), decision("retry")];
    let script: [(&str, &[Answer]); 2] =
        [("open", &[Err("WaitsForPerson"), Ok(json!({}))]), ("open?", &nonsense)];
    let (told, end) = run(PlanKind::Failover, &script);
    assert_eq!(told.iter().filter(|line| *line == "open?").count(), 4);
    assert_eq!(end, "done");
}

#[test]
fn nobody_answers() {
    let script: [(&str, &[Answer]); 2] =
        [("open", &[Err("WaitsForPerson")]), ("open?", &[Err("States.Timeout")])];
    assert_eq!(run(PlanKind::Failover, &script).1, "unanswered");
    let script: [(&str, &[Answer]); 2] =
        [("approve-loss", &[Err("WaitsForApproval")]), ("approve-loss!", &[Err("States.Timeout")])];
    assert_eq!(run(PlanKind::Failover, &script).1, "unanswered");
}

/// A function that cannot be invoked, or does not know what to do, is a matter for a person.
#[test]
fn the_function_fails() {
    for error in ["Lambda.ServiceException", "Lambda.Unknown", "TryAgain", "NotPlanned", "Panic"] {
        let script: [(&str, &[Answer]); 2] =
            [("confirm-traffic", &[Err(error)]), ("confirm-traffic?", &[decision("skip")])];
        let (told, end) = run(PlanKind::Failover, &script);
        let asked = told.iter().filter(|line| *line == "confirm-traffic").count();
        let expected = match error {
            // Twice as often as it is attempted, and once more.
            "TryAgain" => 11,
            "NotPlanned" | "Panic" => 1,
            _ => 11,
        };
        assert_eq!((asked, end.as_str()), (expected, "done"), "{error}");
    }
}

/// What may be skipped, and where people may still turn back.
#[test]
fn what_people_may_answer() {
    for kind in pairs::KINDS {
        let plan = supposed(kind, &pairs::first());
        let machine = definition(kind);
        let mut names = plan.actions.iter().map(|action| action.name);
        let point = names.position(|name| name == ActionName::PassPointOfNoReturn);
        for (position, action) in plan.actions.iter().enumerate() {
            let ask = &machine["States"][format!("{:02} {} - ask", position + 1, action.name)];
            let answers = ask["Parameters"]["Payload"]["answers"].as_array().expect("it asks");
            let has = |word: &str| answers.contains(&Value::from(word));
            assert!(has("retry"), "{}", action.name);
            assert_eq!(has("skip"), action.is_skippable, "{}", action.name);
            assert_eq!(has("abort"), Some(position) < point, "{}", action.name);
        }
    }
}

#[test]
fn another_run_has_begun() {
    for kind in pairs::KINDS {
        for action in supposed(kind, &pairs::first()).actions {
            let name = action.name.as_str();
            let (told, end) = run(kind, &[(name, &[Err("Superseded")])]);
            let is_met = told.iter().any(|line| line == name);
            assert_eq!(end, if is_met { "superseded" } else { "done" }, "{kind}: {name}");
            assert!(is_met || action.on_failure == OnFailure::Stop, "only when it is due: {name}");
        }
    }
}

/// Nobody has heard, or whoever has does not answer: people are told again.
#[test]
fn people_are_told_until_they_decide() {
    let well: Answer = Ok(json!({}));
    let script: [(&str, &[Answer]); 2] = [
        ("approve-loss", &[Err("WaitsForApproval"), well.clone()]),
        ("approve-loss!", &[Err("TryAgain"), Err("States.HeartbeatTimeout"), well]),
    ];
    let (told, end) = run(PlanKind::Failover, &script);
    let approvals: Vec<&String> = told.iter().filter(|line| line.starts_with("approve-")).collect();
    let wanted =
        ["approve-loss", "approve-loss!", "approve-loss!", "approve-loss!", "approve-loss"];
    assert_eq!((approvals, end.as_str()), (wanted.map(str::to_owned).iter().collect(), "done"));
}
