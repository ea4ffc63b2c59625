//! A state machine and the loop do the same, over the same system, whatever fails and whatever
//! people decide.

use std::collections::BTreeSet;

use fence::DurationMs;
use runbook::render::report;
use runbook::{
    ActionName, Control, Event, Failure, Heading, Performed, PlanKind, Refused, Stopped,
    perform_one,
};
use serde_json::{Value, json};

use super::states_language::definition;
use super::walk::{Answer, Function, Told, walk};
use crate::carry::{Life, approve, carry, check_right, planned, runner, tell};
use crate::lab::{Lab, Trouble};
use crate::pairs;

/// What people do when they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum People {
    /// Put it right, and have it done.
    Retry,
    /// Leave it out where they may.
    Skip,
    /// Turn back where they may.
    Abort,
}

/// Orders what people decide about a failed action, and says which answer that is.
fn decide(lab: &Lab, people: People, action: ActionName) -> &'static str {
    let reason = || "a test".to_owned();
    let wanted = match people {
        People::Retry => None,
        People::Skip => Some(("skip", Control::Skip { action, reason: reason() })),
        People::Abort => Some(("abort", Control::Abort { reason: reason() })),
    };
    if let Some((answer, control)) = wanted
        && tell(lab, "bob", &control).is_ok()
    {
        return answer;
    }
    lab.heal();
    let retried = tell(lab, "bob", &Control::Retry(action));
    assert_eq!(retried, Ok(()), "{action}\n{}", lab.told());
    "retry"
}

/// The function, with the real code behind it.
struct Machine<'l> {
    lab: &'l Lab,
    people: People,
}

impl Machine<'_> {
    fn perform(&self, heading: Heading, action: ActionName) -> Answer {
        let runner = runner("machine");
        let performed = perform_one(self.lab, self.lab, &runner, heading, action);
        let performed: Performed = Life::long().run(self.lab, performed).expect("it ends");
        report(&performed, &self.lab.inner().entries, action).map(|()| json!({}))
    }
}

impl Function for Machine<'_> {
    fn answer(&mut self, told: &Told<'_>) -> Answer {
        let mut names = ActionName::ALL.iter();
        let action = *names.find(|name| name.as_str() == told.name).expect("it is an action");
        let heading = if told.way == "back" { Heading::Back } else { Heading::Forward };
        match told.word {
            "action" => return self.perform(heading, action),
            "approve" => {
                for by in ["bob", "cyd"] {
                    tell(self.lab, by, &approve(action)).expect("it is due");
                }
                return Ok(Value::Null);
            }
            _ => {}
        }
        let decision = if self.lab.told().trim_end().ends_with("pauses") {
            tell(self.lab, "bob", &Control::Resume).expect("it is paused");
            "retry"
        } else {
            decide(self.lab, self.people, action)
        };
        assert!(told.answers.contains(&decision), "{decision} after {action}: {:?}", told.answers);
        Ok(json!({"decision": decision}))
    }

    fn wait(&mut self, seconds: u64) {
        self.lab.clock.advance(DurationMs(seconds * 1_000));
    }
}

/// The loop, until the run is over.
fn drive_on(lab: &Lab, people: People) -> Stopped {
    loop {
        match carry(lab, "n1", &Life::long()).expect("it is not killed") {
            Stopped::WaitsForPerson { action, .. } => decide(lab, people, action),
            stopped => return stopped,
        };
    }
}

/// The attempts that ended, and how, without who made them and when.
fn ends(lab: &Lab) -> Vec<String> {
    let inner = lab.inner();
    let shown = inner.entries.iter().filter_map(|entry| match &entry.event {
        Event::Ended { action, attempt, result, .. } => {
            Some(format!("{action} {attempt}: {}", result.is_ok()))
        }
        Event::Skipped { action, .. } => Some(format!("{action} skipped")),
        Event::Aborted { .. } => Some("aborted".to_owned()),
        _ => None,
    });
    shown.collect()
}

fn troubles() -> Vec<(usize, Trouble)> {
    let refused = |why| Trouble::Before(Failure::Refused(why, "no".to_owned()));
    let busy = Failure::TryAgain("busy".to_owned());
    vec![
        (1, Trouble::Before(busy.clone())),
        (1, Trouble::After(busy.clone())),
        (1, Trouble::Hangs),
        (99, Trouble::Before(busy)),
        (1, refused(Refused::Other)),
        (1, refused(Refused::Versions)),
        (1, refused(Refused::NothingMoved)),
        (1, refused(Refused::Superseded)),
    ]
}

#[track_caller]
fn check(
    kind: PlanKind,
    definition: &Value,
    name: ActionName,
    trouble: &(usize, Trouble),
    people: People,
) {
    let case = format!("{kind}, {name}, {trouble:?}, {people:?}");
    let labs = [planned(kind), planned(kind)];
    for lab in &labs {
        lab.trouble(name, trouble.0, &trouble.1);
    }
    let [looped, machine] = &labs;
    let stopped = drive_on(looped, people);
    let end = walk(definition, &mut Machine { lab: machine, people });
    let expected = match stopped {
        Stopped::Finished => "done",
        Stopped::TurnedBack => "aborted",
        Stopped::Superseded => "superseded",
        other => panic!("{case}: {other:?}"),
    };
    assert_eq!(end, expected, "{case}");
    assert_eq!(ends(machine), ends(looped), "{case}");
    assert_eq!(machine.state(), looped.state(), "{case}");
    check_right(machine);
}

/// Every action of a plan, every trouble, every way of people to deal with it.
fn check_all(kind: PlanKind) {
    let definition = definition(kind);
    let plan = runbook::supposed(kind, &pairs::first());
    let names = plan.actions.iter().chain(&plan.way_back).map(|action| action.name);
    for name in names.collect::<BTreeSet<_>>() {
        for trouble in troubles() {
            for people in [People::Retry, People::Skip, People::Abort] {
                check(kind, &definition, name, &trouble, people);
            }
        }
    }
}

#[test]
fn a_machine_does_what_the_loop_does_in_a_switchover() {
    check_all(PlanKind::Switchover);
}

#[test]
fn a_machine_does_what_the_loop_does_in_a_failover() {
    check_all(PlanKind::Failover);
}

#[test]
fn a_machine_does_what_the_loop_does_in_a_failback() {
    check_all(PlanKind::Failback);
}

#[test]
fn a_machine_waits_while_it_is_paused() {
    let lab = planned(PlanKind::Switchover);
    tell(&lab, "bob", &Control::Pause).expect("it is not paused");
    let end =
        walk(&definition(PlanKind::Switchover), &mut Machine { lab: &lab, people: People::Retry });
    assert_eq!(end, "done");
    assert!(lab.told().contains("bob resumes"), "{}", lab.told());
    check_right(&lab);
}

/// Whoever starts it again when it is over is told so, and nothing is done.
#[test]
fn a_machine_that_is_started_again() {
    let lab = planned(PlanKind::Failover);
    let run =
        || walk(&definition(PlanKind::Failover), &mut Machine { lab: &lab, people: People::Retry });
    assert_eq!(run(), "done");
    let entries = lab.inner().entries.len();
    assert_eq!(run(), "done");
    assert_eq!(lab.inner().entries.len(), entries);
}
