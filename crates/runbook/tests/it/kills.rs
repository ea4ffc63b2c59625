//! The runner is killed wherever it can be, and another goes on from the journal.

use expect_test::expect;
use runbook::{ActionName, Event, Failure, PlanKind, Refused, Stopped};

use crate::carry::{Life, carry, check_right, planned};
use crate::lab::{Lab, Trouble};

const KINDS: [PlanKind; 3] = [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback];

/// A switch that the database service refuses, so that the run turns back.
fn refused(kind: PlanKind) -> Lab {
    let lab = planned(kind);
    let failure = Failure::Refused(Refused::NothingMoved, "not now".to_owned());
    lab.trouble(ActionName::SwitchDatabase, 99, &Trouble::Before(failure));
    lab
}

/// Kills the first runner after each number of polls, and the second after so many; the third ends
/// the run. How often the first was killed.
fn kill_everywhere(lab: impl Fn() -> Lab, second: impl Fn(u64) -> u64, end: &Stopped) -> u64 {
    let (whole, state) = {
        let whole = lab();
        assert_eq!(carry(&whole, "n1", &Life::long()).as_ref(), Some(end));
        let state = whole.state();
        (whole, state)
    };
    let moves = whole.inner().moves;
    for polls in 0.. {
        let lab = lab();
        if carry(&lab, "n1", &Life::polls(polls)).is_some() {
            return polls;
        }
        let stopped = carry(&lab, "n2", &Life::polls(second(polls)));
        let stopped = stopped.or_else(|| carry(&lab, "n3", &Life::long()));
        assert_eq!(stopped.as_ref(), Some(end), "after {polls} polls:\n{}", lab.told());
        check_right(&lab);
        assert_eq!(lab.state(), state, "after {polls} polls");
        assert_eq!(lab.inner().moves, moves, "after {polls} polls");
    }
    unreachable!("a run ends")
}

#[test]
fn at_every_await() {
    let kills = KINDS.map(|kind| {
        let kills = kill_everywhere(|| planned(kind), |_| 0, &Stopped::Finished);
        format!("{kind}: killed {kills} times\n")
    });
    expect![[r#"
        switchover: killed 281 times
        failover: killed 342 times
        failback: killed 281 times
    "#]]
    .assert_eq(&kills.concat());
}

#[test]
fn at_every_await_of_the_way_back() {
    let kills = kill_everywhere(|| refused(PlanKind::Switchover), |_| 0, &Stopped::TurnedBack);
    expect!["killed 263 times"].assert_eq(&format!("killed {kills} times"));
}

#[test]
fn and_the_next_one_too() {
    for stride in [1, 7, 23, 101] {
        let second = |polls| (polls * 13 + stride) % 97;
        kill_everywhere(|| planned(PlanKind::Failover), second, &Stopped::Finished);
        kill_everywhere(|| planned(PlanKind::Switchover), second, &Stopped::Finished);
        kill_everywhere(|| refused(PlanKind::Switchover), second, &Stopped::TurnedBack);
    }
}

/// The journal loses its end, while everything that was done stays done.
#[test]
fn a_journal_cut_at_every_length() {
    for kind in KINDS {
        let (length, begun) = {
            let lab = planned(kind);
            carry(&lab, "n1", &Life::long());
            let inner = lab.inner();
            let begun = inner.entries.iter().position(|entry| {
                matches!(&entry.event, Event::Ended { action, .. }
                    if *action == ActionName::BeginRun)
            });
            (inner.entries.len(), begun.expect("it began"))
        };
        for kept in begun + 1..length {
            let lab = planned(kind);
            carry(&lab, "n1", &Life::long());
            let state = lab.state();
            lab.inner().entries.truncate(kept);
            let stopped = carry(&lab, "n2", &Life::long());
            assert_eq!(stopped, Some(Stopped::Finished), "{kept} kept:\n{}", lab.told());
            check_right(&lab);
            assert_eq!((lab.state(), lab.inner().moves), (state, 1), "{kept} kept");
        }
    }
}
