//! When an alarm starts a failover: what is seen against what comes of it, and that what it starts waits for people.

use fence::{
    Author, Command, DurationMs, Epoch, HolderId, Lease, Millis, Order, RegionName, RunId, Verdict,
    judge as judge_order,
};
use runbook::automatic::{
    Episode, Guards, Kept, Manner, Runs, Sight, Started, Switch, Verdict as Comes, View, judge,
};
use runbook::{ActionName, Homes, PlanKind, RecordSeen, supposed};

const MINUTE: u64 = 60_000;
const NOW: Millis = Millis(1_000 * MINUTE);

const GUARDS: Guards = Guards {
    manner: Manner::Start,
    silent: DurationMs(5 * MINUTE),
    pause_after_run: DurationMs(60 * MINUTE),
    pause_after_start: DurationMs(120 * MINUTE),
};

fn region(name: &str) -> RegionName {
    RegionName::new(name)
}

fn ago(minutes: u64) -> Millis {
    Millis(NOW.0 - minutes * MINUTE)
}

fn rings(minutes: u64) -> View {
    View::Rings { since: ago(minutes) }
}

fn active(name: &str) -> RecordSeen {
    let command = Command::Initialize { region: region(name) };
    let order = Order { command, by: Author::new("ann"), reason: "a test".to_owned() };
    match judge_order(None, &order) {
        Verdict::Write(change) => RecordSeen::Read(Box::new(change.record().clone())),
        other => panic!("{other:?}"),
    }
}

fn lease(until: Millis) -> Result<Option<Lease>, String> {
    let holders = [(HolderId::new("router"), until)].into();
    Ok(Some(Lease { region: region("us-east-1"), epoch: Epoch::FIRST, holders, revision: 1 }))
}

fn episode(minutes: u64) -> Episode {
    Episode { region: region("us-east-2"), since: ago(minutes) }
}

fn started(minutes: u64, episode: Episode) -> Result<Kept, String> {
    let run = RunId::new("failover-alarm-1");
    Ok(Kept::default().with_started(Started { run, at: ago(minutes), episode }))
}

fn switched(is_on: bool) -> Result<Kept, String> {
    let (by, reason) = (Author::new("ann"), "a change".to_owned());
    Ok(Kept::default().with_switch(Switch { is_on, by, reason, at: ago(9) }))
}

fn ended(minutes: u64) -> Result<Runs, String> {
    let last_ended = Some((RunId::new("switchover-1"), ago(minutes)));
    Ok(Runs { last_ended, ..Runs::default() })
}

/// us-east-1 is lost, as everybody sees it, and us-east-2 is ready.
fn lost() -> Sight {
    Sight {
        at: NOW,
        here: region("us-east-2"),
        near: rings(1),
        far: rings(2),
        record: active("us-east-1"),
        lease: lease(ago(7)),
        kept: Ok(Kept::default()),
        runs: Ok(Runs::default()),
        not_ready: Vec::new(),
    }
}

fn told(sight: &Sight) -> String {
    match judge(sight, &GUARDS) {
        Comes::Start(run) => format!("start {run}"),
        Comes::GoOn(run) => format!("go on {run}"),
        Comes::Not(against) => {
            let told = against.iter().map(|one| {
                let again = if one.is_final() { "" } else { ", again" };
                format!("{}{again}", one.as_str())
            });
            told.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn what_comes_of_what_is_seen() {
    let cause = || "timed out".to_owned();
    let quiet = View::Silent { cause: cause() };
    let open = Runs { open: Some(RunId::new("switchover-1")), ..Runs::default() };
    let planned = Runs { is_planned: true, open: Some(episode(1).run()), ..Runs::default() };
    let start = format!("start {}", episode(1).run());
    let go_on = format!("go on {}", episode(1).run());
    let rows: Vec<(&str, Sight, &str)> = vec![
        ("everybody misses it", lost(), &start),
        ("nobody ever held its lease", Sight { lease: Ok(None), ..lost() }, &start),
        ("people turned it on again", Sight { kept: switched(true), ..lost() }, &start),
        ("a run ended long ago", Sight { runs: ended(61), ..lost() }, &start),
        (
            "an alarm started one long ago",
            Sight { kept: started(121, episode(130)), ..lost() },
            &start,
        ),
        (
            "died before the plan was written",
            Sight { kept: started(0, episode(1)), ..lost() },
            &start,
        ),
        ("the event comes again", Sight { runs: Ok(planned.clone()), ..lost() }, &go_on),
        (
            "the event comes again, and nothing else is known any more",
            Sight { runs: Ok(planned), kept: Err(cause()), lease: Err(cause()), ..lost() },
            &go_on,
        ),
        ("it answers again", Sight { near: View::Quiet, ..lost() }, "alarm-quiet"),
        ("CloudWatch is silent", Sight { near: quiet.clone(), ..lost() }, "alarm-unknown, again"),
        ("there is no alarm", Sight { near: View::Absent, ..lost() }, "alarm-unknown, again"),
        ("people turned it off", Sight { kept: switched(false), ..lost() }, "switched-off"),
        ("the standby is missed", Sight { record: active("us-east-2"), ..lost() }, "active-here"),
        ("no record", Sight { record: RecordSeen::Absent, ..lost() }, "nothing-active"),
        (
            "the record is silent",
            Sight { record: RecordSeen::Silent { cause: cause() }, ..lost() },
            "table-silent, again",
        ),
        ("a run is open", Sight { runs: Ok(open), ..lost() }, "run-open"),
        ("a run has just ended", Sight { runs: ended(59), ..lost() }, "run-ended-lately"),
        (
            "an alarm has just started one",
            Sight { kept: started(119, episode(119)), ..lost() },
            "started-lately",
        ),
        ("the witness sees it", Sight { far: View::Quiet, ..lost() }, "witness-sees-it, again"),
        ("the witness is silent", Sight { far: quiet, ..lost() }, "witness-unknown, again"),
        (
            "the witness has no canary",
            Sight { far: View::Absent, ..lost() },
            "witness-unknown, again",
        ),
        (
            "canaries fail while it serves",
            Sight { lease: lease(Millis(NOW.0 + 9_000)), ..lost() },
            "lease-held, again",
        ),
        ("it served lately", Sight { lease: lease(ago(4)), ..lost() }, "lease-held, again"),
        ("leases are silent", Sight { lease: Err(cause()), ..lost() }, "table-silent, again"),
        (
            "the standby is not ready",
            Sight { not_ready: vec!["no database".to_owned()], ..lost() },
            "not-ready, again",
        ),
        (
            "everything at once",
            Sight {
                kept: switched(false),
                runs: ended(1),
                far: View::Quiet,
                not_ready: vec!["no database".to_owned()],
                ..lost()
            },
            "switched-off; run-ended-lately; witness-sees-it, again; not-ready, again",
        ),
    ];
    for (name, sight, wanted) in rows {
        assert_eq!(told(&sight), wanted, "{name}");
    }
}

/// The rule that an alarm never accepts a loss: until people have approved, a failover only looks.
#[test]
fn nothing_is_changed_before_people_approve() {
    let [primary, standby, witness] = ["us-east-1", "us-east-2", "us-west-2"].map(region);
    let plan = supposed(PlanKind::Failover, &Homes { primary, standby, witness });
    let before: Vec<_> =
        plan.actions.iter().take_while(|action| action.name != ActionName::ApproveLoss).collect();
    assert!(before.len() < plan.actions.len(), "people approve");
    for call in before.iter().flat_map(|action| &action.calls) {
        let looks = ["Describe", "Get", "GET /", "Scan", "query", "read"];
        let is_look = looks.iter().any(|look| call.api.starts_with(look));
        assert!(is_look, "{:?} {}", call.service, call.api);
    }
    let approve = &plan.actions[before.len()];
    assert!(approve.approvers >= 1 && !approve.is_skippable, "nobody goes past it");
}

#[test]
fn guards_are_read_as_they_were_written() {
    for manner in [Manner::Tell, Manner::Start] {
        let guards = Guards { manner, ..GUARDS };
        assert_eq!(Guards::decode(&guards.encode()), Ok(guards));
    }
    for (text, wanted) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{}", "`manner` is neither `tell` nor `start`"),
        (r#"{"manner": "start", "silent_ms": -1}"#, "`silent_ms` is no number"),
    ] {
        assert_eq!(Guards::decode(text).unwrap_err(), wanted, "{text}");
    }
}

#[test]
fn evidence_and_reasons_in_words() {
    assert_eq!(
        lost().evidence(),
        "the other Region has not answered us-east-2 (the alarm rings for 60 s) nor the witness Region \
         (the alarm rings for 2 min), and its lease is over for 7 min"
    );
    let sight = Sight { lease: lease(ago(4)), runs: ended(59), kept: switched(false), ..lost() };
    let Comes::Not(against) = judge(&sight, &GUARDS) else { panic!("it starts") };
    let words: Vec<String> = against.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "ann has turned this off: a change",
            "run switchover-1 has ended 59 min ago, and nothing is started for 60 min after a run",
            "us-east-1 has renewed its lease, so that it serves; the lease must be over for 5 min",
        ]
    );
}
