//! Which alarms are to be unmuted, by the journal alone.

use std::collections::BTreeSet;

use fence::Millis;
use runbook::{
    ActionName, Entry, Event, Failure, Notes, Observed, PlanKind, RunnerName, muted, supposed,
};

use crate::pairs;

fn entries(events: Vec<Event>) -> Vec<Entry> {
    let entry = |(position, event)| Entry { position, at: Millis(position), event };
    (0..).zip(events).map(entry).collect()
}

fn planned(kind: PlanKind) -> Event {
    let plan = Box::new(supposed(kind, &pairs::first()));
    Event::Planned { plan, by: fence::Author::new("ann"), reason: "a test".to_owned() }
}

fn runner() -> RunnerName {
    RunnerName("n1".to_owned())
}

fn began(action: ActionName) -> Event {
    Event::Began { action, attempt: 1, runner: runner() }
}

fn ended(action: ActionName, result: Result<Observed, Failure>) -> Event {
    Event::Ended { action, attempt: 1, runner: runner(), result }
}

fn looked(silent: &[&str]) -> Event {
    let silent = silent.iter().map(|name| (*name).to_owned()).collect();
    let notes = Notes { silent, ..Notes::default() };
    ended(ActionName::CheckPreconditions, Ok(Observed::Noted(notes)))
}

#[test]
fn all_but_those_that_people_had_muted() {
    use ActionName::{MuteAlarms, SwapMonitoring, UnmuteAlarms};
    let switchover = || planned(PlanKind::Switchover);
    let failed = || Err(Failure::TimedOut);
    let old = || Some(BTreeSet::from(["old".to_owned()]));
    let rows = [
        ("not muted yet", vec![switchover(), looked(&["old"])], None),
        ("an attempt that died", vec![switchover(), looked(&["old"]), began(MuteAlarms)], old()),
        ("nobody looked before", vec![switchover(), began(MuteAlarms)], Some(BTreeSet::new())),
        (
            "it goes on as a failover",
            vec![switchover(), looked(&["old"]), began(MuteAlarms), planned(PlanKind::Failover)],
            old(),
        ),
        (
            "unmuting failed",
            vec![
                switchover(),
                looked(&["old"]),
                began(MuteAlarms),
                began(SwapMonitoring),
                ended(SwapMonitoring, failed()),
            ],
            old(),
        ),
        (
            "they are unmuted",
            vec![
                switchover(),
                looked(&["old"]),
                began(MuteAlarms),
                planned(PlanKind::Failover),
                ended(UnmuteAlarms, Ok(Observed::Done)),
            ],
            None,
        ),
        ("a failover mutes none", vec![planned(PlanKind::Failover)], None),
    ];
    let homes = pairs::first();
    for (what, events, wanted) in rows {
        let entries = entries(events);
        assert_eq!(muted(&entries, &homes.standby), wanted, "{what}");
        assert_eq!(muted(&entries, &homes.primary), None, "{what}: only the target's are muted");
    }
}
