//! What comes upon an attempt between its first entry and its effect: others write behind that
//! entry, or its time is over.

use fence::{Author, DurationMs, NoAnswer};
use runbook::{ActionName, Appended, Entry, Event, Journal, PlanKind, Stopped, drive};

use crate::carry::{Life, check_right, plan_for, planned, runner};
use crate::clock::Task;
use crate::lab::Lab;

/// The journal of a lab, in which this happens when the first attempt of this action begins; and
/// whoever begins it hears of it only when he reads.
struct Meddled<'l> {
    lab: &'l Lab,
    action: ActionName,
    meddle: fn(&Lab),
}

impl Journal for Meddled<'_> {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        self.lab.read().await
    }

    async fn append(&self, entry: &Entry) -> Appended {
        let appended = self.lab.append(entry).await;
        match &entry.event {
            Event::Began { action, attempt: 1, .. } if *action == self.action => {
                (self.meddle)(self.lab);
                Appended::Unknown
            }
            _ => appended,
        }
    }
}

fn write_behind(lab: &Lab, event: Event) {
    let at = lab.clock.now();
    let mut inner = lab.inner();
    let position = u64::try_from(inner.entries.len()).expect("few");
    inner.entries.push(Entry { position, at, event });
}

/// A switchover in which this happens.
fn meddled(action: ActionName, meddle: fn(&Lab)) -> (Lab, Stopped) {
    let lab = planned(PlanKind::Switchover);
    let journal = Meddled { lab: &lab, action, meddle };
    let end = Life::long().run(&lab, drive(&lab, &journal, &runner("n1"))).expect("it stops");
    check_right(&lab);
    (lab, end)
}

#[track_caller]
fn check_not_attempted(lab: &Lab, name: ActionName) {
    let told = lab.told();
    assert!(told.contains(&format!("begins {name} 1")), "{told}");
    assert!(!told.contains(&format!("ends {name}")), "{told}");
}

/// What began on the way forward has no effect on the way back.
#[test]
fn an_attempt_behind_which_the_run_turns_back_is_not_made() {
    let (lab, end) = meddled(ActionName::StopIntake, |lab| {
        write_behind(lab, Event::Aborted { by: Author::new("bob"), reason: "no".to_owned() });
    });
    assert_eq!(end, Stopped::TurnedBack);
    check_not_attempted(&lab, ActionName::StopIntake);
}

/// What began under a switchover has no effect under the failover, whose loss nobody has approved.
#[test]
fn an_attempt_behind_which_another_plan_comes_is_not_made() {
    let (lab, end) = meddled(ActionName::PassPointOfNoReturn, |lab| {
        let plan = Box::new(plan_for(lab, PlanKind::Failover, "r9"));
        write_behind(
            lab,
            Event::Planned { plan, by: Author::new("ann"), reason: "lost".to_owned() },
        );
    });
    assert!(matches!(end, Stopped::WaitsForApproval { .. }), "{end:?}");
    check_not_attempted(&lab, ActionName::PassPointOfNoReturn);
}

/// Whoever wants the run after `free_at` counts from the entry, however long it took to write it.
#[test]
fn the_time_limit_counts_from_the_entry() {
    let (lab, end) = meddled(ActionName::StopIntake, |lab| lab.clock.advance(DurationMs(30_000)));
    assert_eq!(end, Stopped::Finished);
    let told = lab.told();
    assert!(told.contains("ends stop-intake 1: no answer within the time limit"), "{told}");
}

/// A runner that stood still in the middle of an attempt makes no further call of it.
#[test]
fn who_wakes_up_after_the_time_limit_does_nothing_more() {
    let mut places = 0;
    for polls in 0.. {
        let lab = planned(PlanKind::Switchover);
        let one = runner("n1");
        let mut tasks: [Task<'_, Stopped>; 1] = [Some(Box::pin(drive(&lab, &lab, &one)))];
        let mut left: u64 = polls;
        let ended = lab.clock.run(&mut tasks, |_| {
            left = left.checked_sub(1)?;
            Some(0)
        });
        if ended.is_some() || lab.told().contains("ends stop-intake") {
            break;
        }
        let is_begun = lab.told().trim_end().ends_with("begins stop-intake 1");
        let has_effect = lab.inner().workers.is_empty();
        if !is_begun || has_effect {
            continue;
        }
        lab.clock.advance(DurationMs(30_000));
        let ended = lab.clock.run(&mut tasks, |_| Some(0)).expect("it ends");
        assert_eq!(ended, [Stopped::Finished], "{polls}");
        let told = lab.told();
        assert!(told.contains("ends stop-intake 1: no answer within the time limit"), "{told}");
        check_right(&lab);
        places += 1;
    }
    assert!(places > 1, "only {places}");
}
