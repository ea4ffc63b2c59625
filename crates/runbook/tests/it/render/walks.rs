//! State machines do what plans say, whatever fails.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use runbook::{Action, ActionName, Condition, OnFailure, Plan, PlanKind, supposed};
use serde_json::{Value, json};

use super::states_language::definition;
use super::walk::{Answer, Walk, walk};
use crate::pairs;

/// The answer to everything that is not in the script.
fn well() -> Answer {
    Ok(json!({}))
}

/// An execution in which these lines are answered so, the last answer again and again.
fn with(kind: PlanKind, script: &[(&str, &[Answer])]) -> Walk {
    let mut script: BTreeMap<&str, Vec<Answer>> =
        script.iter().map(|(line, answers)| (*line, answers.to_vec())).collect();
    walk(&definition(kind), |line| match script.get_mut(line) {
        Some(answers) if answers.len() > 1 => answers.remove(0),
        Some(answers) => answers[0].clone(),
        None => well(),
    })
}

fn decision(word: &str) -> Answer {
    Ok(json!({"decision": word}))
}

const NO: Answer = Err("Refused.other");

#[track_caller]
fn check(kind: PlanKind, script: &[(&str, &[Answer])], expected: Expect) {
    let Walk { told, end } = with(kind, script);
    expected.assert_eq(&format!("{}\nend: {end}", told.join("\n")));
}

/// What a plan does when nothing fails.
fn undisturbed(plan: &Plan) -> Vec<&'static str> {
    let due = |action: &&Action| !matches!(action.condition, Condition::IfRefused(_));
    plan.actions.iter().filter(due).map(|action| action.name.as_str()).collect()
}

#[test]
fn all_is_well() {
    for kind in pairs::KINDS {
        let plan = supposed(kind, &pairs::first());
        let Walk { told, end } = with(kind, &[]);
        assert_eq!(
            (told, end.as_str()),
            (undisturbed(&plan).iter().map(ToString::to_string).collect(), "done")
        );
    }
}

/// Every action of every plan fails for good, one at a time.
#[test]
fn each_action_fails() {
    for kind in pairs::KINDS {
        let plan = supposed(kind, &pairs::first());
        for name in undisturbed(&plan) {
            let action = plan.actions.iter().find(|action| action.name.as_str() == name);
            let action = action.expect("it is in the plan");
            let question = format!("{name}?");
            // Whoever is asked has put it right.
            let script: [(&str, &[Answer]); 2] =
                [(name, &[NO, well()]), (&question, &[decision("retry")])];
            let Walk { told, end } = with(kind, &script);
            let is_asked = told.contains(&question);
            assert_eq!(is_asked, action.on_failure == OnFailure::Stop, "{kind}: {told:?}");
            let turns = action.on_failure == OnFailure::Abort;
            assert_eq!(end, if turns { "aborted" } else { "done" }, "{kind}: {told:?}");
            assert_eq!(told.contains(&"back: write-report".to_owned()), turns, "{kind}: {told:?}");
        }
    }
}

/// What may be skipped, and where people may still turn back.
#[test]
fn what_people_may_answer() {
    for kind in pairs::KINDS {
        let plan = supposed(kind, &pairs::first());
        let machine = definition(kind);
        let names = plan.actions.iter().map(|action| action.name);
        let point = names.clone().position(|name| name == ActionName::PassPointOfNoReturn);
        for (position, action) in plan.actions.iter().enumerate() {
            let ask = &machine["States"][format!("{:02} {} - ask", position + 1, action.name)];
            let Some(answers) = ask["Parameters"]["Payload"]["answers"].as_array() else {
                assert_ne!(action.on_failure, OnFailure::Stop, "{}", action.name);
                continue;
            };
            let has = |word: &str| answers.contains(&Value::from(word));
            assert!(has("retry"), "{}", action.name);
            assert_eq!(has("skip"), action.is_skippable, "{}", action.name);
            assert_eq!(has("abort"), Some(position) < point, "{}", action.name);
        }
    }
}

#[test]
fn attempts_are_bounded() {
    let busy: &[Answer] = &[Err("TryAgain")];
    let Walk { told, end } = with(PlanKind::Switchover, &[("begin-run", busy)]);
    assert_eq!(told.iter().filter(|line| *line == "begin-run").count(), 5);
    assert_eq!(end, "aborted");
    // An attempt of an hour is asked for four times: no invocation lasts longer than 15 minutes.
    let script: [(&str, &[Answer]); 2] =
        [("rescue-tail", busy), ("rescue-tail?", &[decision("skip")])];
    let Walk { told, end } = with(PlanKind::Failover, &script);
    assert_eq!(told.iter().filter(|line| *line == "rescue-tail").count(), 40);
    assert_eq!(end, "done");
}

#[test]
fn a_run_that_never_began_has_nothing_to_turn_back() {
    check(
        PlanKind::Switchover,
        &[("check-preconditions", &[NO])],
        expect![[r#"
        check-preconditions
        back: write-report
        end: aborted"#]],
    );
    check(
        PlanKind::Switchover,
        &[("begin-run", &[NO])],
        expect![[r#"
        check-preconditions
        begin-run
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
    check(
        PlanKind::Failover,
        &[("promote-database", &[Err("Refused.versions")])],
        expect![[r#"
        triage
        snapshot-evidence
        approve-loss
        begin-run
        stop-source
        wait-for-fence
        pass-point-of-no-return
        promote-database
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
fn the_switch_is_refused() {
    check(
        PlanKind::Switchover,
        &[("switch-database", &[Err("Refused.nothing-moved")])],
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
fn the_source_does_not_come_back() {
    let script: [(&str, &[Answer]); 2] =
        [("await-source", &[NO]), ("await-source?", &[decision("skip")])];
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
fn people_turn_back() {
    let script: [(&str, &[Answer]); 2] =
        [("wait-for-fence", &[NO]), ("wait-for-fence?", &[decision("abort")])];
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
        wait-for-fence?
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
fn people_answer_nonsense() {
    let nonsense: &[Answer] = &[Ok(json!({})), decision("abort"), decision("retry")];
    let script: [(&str, &[Answer]); 2] = [("open", &[NO, well()]), ("open?", nonsense)];
    let Walk { told, end } = with(PlanKind::Failover, &script);
    assert_eq!(told.iter().filter(|line| *line == "open?").count(), 3);
    assert_eq!(end, "done");
}

#[test]
fn nobody_answers() {
    let script: [(&str, &[Answer]); 2] = [("open", &[NO]), ("open?", &[Err("States.Timeout")])];
    assert_eq!(with(PlanKind::Failover, &script).end, "unanswered");
    let late: [(&str, &[Answer]); 2] = [
        ("approve-loss", &[Err("States.Timeout"), well()]),
        ("approve-loss?", &[decision("retry")]),
    ];
    assert_eq!(with(PlanKind::Failover, &late).end, "done");
}

#[test]
fn another_run_has_begun() {
    for kind in pairs::KINDS {
        for name in undisturbed(&supposed(kind, &pairs::first())) {
            let Walk { told, end } = with(kind, &[(name, &[Err("Refused.superseded")])]);
            assert_eq!(end, "superseded", "{kind}: {name}");
            assert_eq!(told.last().map(String::as_str), Some(name));
        }
    }
}
