//! Records that somebody else wrote, and what a gate must not open on.

use expect_test::{Expect, expect};
use fence::{
    Author, ControlRecord, Epoch, PointOfNoReturn, RecordFields, RegionName, Run, RunId, RunKind,
    State,
};

/// A row: epoch, epoch of the latest loss, state, active Region, kind of run, its way, its point of
/// no return, traffic Region.
#[track_caller]
fn check(table: Expect) {
    let rows = table.data.lines().map(str::trim).filter(|row| !row.is_empty());
    let actual = rows.map(|row| {
        let left = row.split("->").next().unwrap_or_default().trim();
        let words: Vec<&str> = left.split_whitespace().collect();
        let verdict = match ControlRecord::from_stored(fields(&words)) {
            Ok(_) => "ok".to_owned(),
            Err(contradiction) => contradiction.to_string(),
        };
        let columns = words.iter().map(|word| format!("{word:<10} "));
        format!("{}-> {verdict}\n", columns.collect::<String>())
    });
    table.assert_eq(&actual.collect::<String>());
}

fn fields(words: &[&str]) -> RecordFields {
    let [epoch, loss, state, active, kind, source, target, point, traffic] = words else {
        panic!("nine columns: {words:?}")
    };
    let region = |word: &&str| (*word != "-").then(|| RegionName::new(*word));
    RecordFields {
        epoch: Epoch::new(epoch.parse().expect("an epoch")),
        nothing_lost_since: Epoch::new(loss.parse().expect("an epoch")),
        state: match *state {
            "ACTIVE" => State::Active,
            "DRAINING" => State::Draining,
            _ => State::Fenced,
        },
        active_region: region(active),
        run: run(kind, source, target, point),
        traffic_region: RegionName::new(*traffic),
        updated_by: Author::new("somebody"),
        reason: String::new(),
    }
}

fn run(kind: &str, source: &str, target: &str, point: &str) -> Option<Run> {
    let kind = match kind {
        "switchover" => RunKind::Switchover,
        "failover" => RunKind::Failover,
        _ => return None,
    };
    let point_of_no_return =
        if point == "passed" { PointOfNoReturn::Passed } else { PointOfNoReturn::Ahead };
    let (source, target) = (RegionName::new(source), RegionName::new(target));
    Some(Run { id: RunId::new("r1"), kind, source, target, point_of_no_return })
}

#[test]
fn contradictions() {
    check(expect![[r#"
        0          1          ACTIVE     east       -          -          -          -          east       -> the epoch is 0
        1          1          ACTIVE     east       -          -          -          -          east       -> ok
        1          1          ACTIVE     -          -          -          -          -          east       -> the active Region is not the one of this state and run
        1          1          ACTIVE     east       -          -          -          -          west       -> the traffic Region is not one of this state and run
        1          1          DRAINING   east       -          -          -          -          east       -> no run is open and the state is not ACTIVE
        1          1          FENCED     -          -          -          -          -          east       -> no run is open and the state is not ACTIVE
        2          1          DRAINING   east       switchover east       west       ahead      east       -> ok
        2          1          DRAINING   east       switchover east       west       passed     east       -> ok
        2          1          DRAINING   east       switchover east       west       passed     west       -> the traffic Region is not one of this state and run
        2          1          DRAINING   west       switchover east       west       ahead      east       -> the active Region is not the one of this state and run
        2          1          DRAINING   -          switchover east       west       ahead      east       -> the active Region is not the one of this state and run
        2          1          DRAINING   east       failover   east       west       ahead      east       -> the state is not one of this kind of run
        2          1          DRAINING   east       switchover east       east       ahead      east       -> the run's source is its target
        2          1          FENCED     -          failover   east       west       ahead      east       -> ok
        2          1          FENCED     -          failover   east       west       passed     east       -> ok
        2          1          FENCED     east       failover   east       west       ahead      east       -> the active Region is not the one of this state and run
        2          1          FENCED     -          switchover east       west       ahead      east       -> the state is not one of this kind of run
        2          1          ACTIVE     west       failover   east       west       passed     east       -> ok
        2          1          ACTIVE     west       failover   east       west       passed     west       -> ok
        2          1          ACTIVE     west       failover   east       west       ahead      east       -> the active Region is not the one of this state and run
        2          1          ACTIVE     east       failover   east       west       ahead      east       -> ok
        2          1          ACTIVE     east       failover   east       west       ahead      west       -> the traffic Region is not one of this state and run
        2          1          ACTIVE     east       failover   east       west       passed     east       -> the active Region is not the one of this state and run
        2          1          ACTIVE     west       failover   east       west       passed     north      -> the traffic Region is not one of this state and run
        0          0          ACTIVE     east       -          -          -          -          east       -> the epoch is 0
        3          0          ACTIVE     east       -          -          -          -          east       -> the epoch of the latest loss is 0 or above the epoch
        3          1          ACTIVE     east       -          -          -          -          east       -> ok
        3          3          ACTIVE     east       -          -          -          -          east       -> ok
        3          4          ACTIVE     east       -          -          -          -          east       -> the epoch of the latest loss is 0 or above the epoch
        3          4          FENCED     -          failover   east       west       ahead      east       -> the epoch of the latest loss is 0 or above the epoch
    "#]]);
}
