//! The gate kept open for as long as it may be, and no longer.

use std::time::Duration;

use expect_test::expect;
use fence::{Decision, Epoch, Ledger, Readiness, RunKind, Tenure};
use payments::{Gate, Gatekeeper, Reign};
use region::{Keeper, Parting};
use service::Health;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::control::{Asked, Control, EAST, EpochRow, Mood, WEST, World};
use crate::lines::Lines;

type TestKeeper = Keeper<Control, EpochRow>;

/// The gate in one word: the epoch that it is open under, or why it is closed.
fn word(keeper: &TestKeeper) -> String {
    match keeper.decision() {
        Decision::Open { epoch, .. } => format!("open {epoch}"),
        Decision::Closed { reason, .. } => reason.code().to_owned(),
    }
}

/// A gate that is open under an epoch, and the epoch since which nothing was lost.
fn open(epoch: u64, nothing_lost_since: u64) -> Gate {
    let nothing_lost_since = payments::Epoch::new(nothing_lost_since);
    Gate::Open(Reign { epoch: payments::Epoch::new(epoch), nothing_lost_since })
}

/// Lets time pass, in the runtime and on the wall.
async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

/// Looks at the gate once a second, and says how often it was seen how.
async fn watch(keeper: &TestKeeper, seconds: u32) -> Vec<(String, u32)> {
    let mut seen: Vec<(String, u32)> = Vec::new();
    for _ in 0..seconds {
        pass(1).await;
        match seen.last_mut() {
            Some((last, count)) if *last == word(keeper) => *count += 1,
            _ => seen.push((word(keeper), 1)),
        }
    }
    seen
}

/// A keeper with a timer, and how to end it.
struct Running {
    keeper: TestKeeper,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Parting>,
}

async fn running(world: &World) -> Running {
    let keeper = world.keeper("process-1", Tenure::Alone);
    let (stop, stopped) = oneshot::channel();
    let kept = keeper.clone();
    let task = tokio::spawn(async move { kept.run(async { stopped.await.unwrap() }).await });
    sleep(Duration::from_millis(1)).await;
    Running { keeper, stop, task }
}

fn seen(words: &[(&str, u32)]) -> Vec<(String, u32)> {
    words.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_timer_keeps_the_gate_open() {
    let world = World::active_in_east().await;
    assert_eq!(world.keeper("process-0", Tenure::Alone).gate(), Gate::Closed);
    let running = running(&world).await;
    let keeper = &running.keeper;
    assert_eq!(watch(keeper, 60).await, seen(&[("open 1", 60)]));
    assert_eq!(keeper.gate(), open(1, 1));
    let Asked { lease_writes, record_reads, .. } = world.control.asked();
    assert_eq!((lease_writes, record_reads), (21, 21), "at once, and every three seconds");
}

#[tokio::test(start_paused = true)]
async fn a_silent_store_closes_the_gate_within_the_lease() {
    for mood in [Mood::Silent, Mood::Hangs] {
        let world = World::active_in_east().await;
        let running = running(&world).await;
        let keeper = &running.keeper;
        pass(1).await;
        world.control.set(mood);
        let closed = seen(&[("open 1", 8), ("lease_expired", 12)]);
        assert_eq!(watch(keeper, 20).await, closed, "{mood:?}: 10 s after the last renewal");
        world.control.set(Mood::Answers);
        pass(4).await;
        assert_eq!(word(keeper), "open 1", "{mood:?}");
    }
}

/// What the lines say: the fields that a test can know.
fn told(lines: &Lines) -> Vec<String> {
    let told = |line: String| {
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["message"], "gate", "{line}");
        let field = |name: &str| match &value[name] {
            serde_json::Value::Null => "-".to_owned(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        ["level", "outcome", "reason", "epoch", "not_renewed"].map(field).join(" | ")
    };
    lines.all().into_iter().map(told).collect()
}

#[tokio::test(start_paused = true)]
async fn each_change_of_the_gate_is_told_once_and_why() {
    let (world, lines) = (World::active_in_east().await, Lines::default());
    let keeper = world.keeper("function", Tenure::Shared).with_log(lines.clone());
    let pass = async |seconds: u64| {
        for _ in 0..seconds {
            keeper.renew_if_due().await;
            pass(1).await;
        }
    };
    pass(30).await;
    assert_eq!(told(&lines), ["info | open | - | 1 | -"], "not each renewal");
    world.control.set(Mood::Hangs);
    pass(20).await;
    let hangs = "warn | closed | lease_expired | 1 | the store did not answer in time";
    assert_eq!(told(&lines)[1..], [hangs]);
    world.control.set(Mood::Answers);
    pass(5).await;
    world.begin(RunKind::Switchover, 1, (EAST, WEST)).await;
    pass(20).await;
    world.finish(1).await;
    pass(20).await;
    let home = "info | closed | not_active | 1 | another Region is active";
    let drains = "warn | closed | draining | 1 | a switchover drains this Region";
    assert_eq!(told(&lines)[2..], ["info | open | - | 1 | -", drains, home]);
}

/// The drill holds the gates of both Regions against each other by these lines.
#[tokio::test(start_paused = true)]
async fn a_gate_that_closed_while_nobody_looked_is_told_with_when_it_did() {
    let (world, lines) = (World::active_in_east().await, Lines::default());
    let keeper = world.keeper("function", Tenure::Shared).with_log(lines.clone());
    keeper.renew_if_due().await;
    world.freeze_ms(60_000);
    world.control.set(Mood::Silent);
    keeper.renew_if_due().await;
    let lines = lines.all().join("\n");
    expect![[r#"
        {"at":"2025-11-23T03:41:01.125Z","level":"info","message":"gate","outcome":"open","epoch":1}
        {"at":"2025-11-23T03:42:01.125Z","level":"warn","message":"gate","outcome":"closed","reason":"lease_expired","epoch":1,"closed_at":"2025-11-23T03:41:11.125Z"}"#]].assert_eq(&lines);
}

/// Whoever comes is let in as soon as the lease is renewed, though the ledger is not read again yet.
#[tokio::test(start_paused = true)]
async fn a_gate_that_opens_is_told_at_once() {
    let (world, lines) = (World::active_in_east().await, Lines::default());
    let keeper = world.keeper("function", Tenure::Shared).with_log(lines.clone());
    keeper.renew_if_due().await;
    world.freeze_ms(60_000);
    world.row.set(Mood::Hangs);
    let (renewing, looking) = (keeper.renew_if_due(), async {
        pass_turns().await;
        told(&lines)
    });
    let ((), told) = tokio::join!(renewing, looking);
    assert_eq!(told.last().unwrap(), "info | open | - | 1 | -");
}

/// Lets everything go on that waits for no time.
async fn pass_turns() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_hangs_does_not_keep_the_lease_from_being_renewed() {
    let world = World::active_in_east().await;
    let running = running(&world).await;
    let keeper = &running.keeper;
    world.row.set(Mood::Hangs);
    assert_eq!(watch(keeper, 60).await, seen(&[("open 1", 60)]));
}

#[tokio::test(start_paused = true)]
async fn a_switchover_closes_the_gate_and_opens_it_again_when_it_comes_home() {
    let world = World::active_in_east().await;
    let running = running(&world).await;
    let keeper = &running.keeper;
    world.begin(RunKind::Switchover, 1, (EAST, WEST)).await;
    assert_eq!(watch(keeper, 20).await, seen(&[("open 1", 2), ("draining", 18)]));
    world.finish(1).await;
    pass(1).await;
    assert_eq!(word(keeper), "not_active");
    world.begin(RunKind::Switchover, 2, (WEST, EAST)).await;
    world.finish(2).await;
    pass(1).await;
    assert_eq!(word(keeper), "ledger_differs", "the ledger was not raised yet");
    world.row.say(Ledger::Writable, Some(3));
    pass(1).await;
    assert_eq!(word(keeper), "open 3");
}

/// What was accepted before a switchover and is not in the ledger was never there, and may be sent again; after a
/// failover, nobody knows.
#[tokio::test(start_paused = true)]
async fn only_a_failover_makes_unknown_what_was_accepted_before() {
    use RunKind::{Failover, Switchover};
    let runs = [(Switchover, Switchover, 1), (Failover, Switchover, 2), (Switchover, Failover, 3)];
    for (out, home, nothing_lost_since) in runs {
        let world = World::active_in_east().await;
        let keeper = &world.keeper("function", Tenure::Shared);
        world.begin(out, 1, (EAST, WEST)).await;
        world.finish(1).await;
        world.begin(home, 2, (WEST, EAST)).await;
        world.finish(2).await;
        world.row.say(Ledger::Writable, Some(3));
        keeper.renew_if_due().await;
        assert_eq!(keeper.gate(), open(3, nothing_lost_since), "{out}, then {home}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_aborted_makes_nothing_unknown() {
    for kind in [RunKind::Switchover, RunKind::Failover] {
        let world = World::active_in_east().await;
        let keeper = &world.keeper("function", Tenure::Shared);
        world.begin(kind, 1, (EAST, WEST)).await;
        world.abort(1).await;
        world.row.say(Ledger::Writable, Some(2));
        keeper.renew_if_due().await;
        assert_eq!(keeper.gate(), open(2, 1), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_epoch_raised_in_the_ledger_closes_the_gate() {
    let world = World::active_in_east().await;
    let running = running(&world).await;
    let keeper = &running.keeper;
    pass(1).await;
    world.row.say(Ledger::Writable, Some(2));
    assert_eq!(watch(keeper, 4).await, seen(&[("open 1", 1), ("ledger_differs", 3)]));
}

#[tokio::test(start_paused = true)]
async fn a_process_that_ends_leaves_the_lease() {
    let world = World::active_in_east().await;
    let Running { keeper, stop, task } = running(&world).await;
    assert_eq!(world.control.holders(EAST), ["process-1"]);
    stop.send(()).unwrap();
    assert_eq!(task.await.unwrap(), Parting::Left);
    assert_eq!(world.control.holders(EAST), [""; 0]);
    assert_eq!(keeper.gate(), Gate::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_cannot_be_taken_out_runs_out() {
    for mood in [Mood::Silent, Mood::Hangs] {
        let world = World::active_in_east().await;
        let Running { keeper, stop, task } = running(&world).await;
        world.control.set(mood);
        stop.send(()).unwrap();
        assert_eq!(task.await.unwrap(), Parting::RunsOut, "{mood:?}");
        assert_eq!(keeper.gate(), Gate::Closed);
    }
}

/// Fifty requests at once.
async fn fifty(keeper: &TestKeeper) {
    let requests = (0..50).map(|_| {
        let keeper = keeper.clone();
        tokio::spawn(async move { keeper.renew_if_due().await })
    });
    for request in requests.collect::<Vec<_>>() {
        request.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn of_fifty_requests_one_renews() {
    let world = World::active_in_east().await;
    let keeper = &world.keeper("function", Tenure::Shared);
    let once = Asked { record_reads: 1, lease_reads: 1, lease_writes: 1, record_writes: 0 };
    fifty(keeper).await;
    assert_eq!((world.control.asked(), word(keeper).as_str()), (once, "open 1"));
    pass(2).await;
    fifty(keeper).await;
    assert_eq!(world.control.asked(), Asked::default(), "it was not due");
    pass(1).await;
    fifty(keeper).await;
    assert_eq!(world.control.asked(), once);
    let other = world.keeper("function", Tenure::Shared);
    fifty(&other).await;
    assert_eq!(world.control.asked(), Asked { lease_writes: 0, ..once }, "it leans on the first");
    assert_eq!(keeper.leave().await, Parting::Shared);
    assert_eq!(word(keeper), "open 1");
}

#[tokio::test(start_paused = true)]
async fn of_fifty_requests_one_hears_that_the_store_is_silent() {
    let world = World::active_in_east().await;
    let keeper = &world.keeper("function", Tenure::Shared);
    world.control.set(Mood::Silent);
    fifty(keeper).await;
    assert_eq!(world.control.asked(), Asked { record_reads: 1, ..Asked::default() });
    world.control.set(Mood::Answers);
    pass(1).await;
    keeper.renew_if_due().await;
    assert_eq!(word(keeper), "open 1");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_frozen_wakes_with_its_gate_closed() {
    let world = World::active_in_east().await;
    let keeper = &world.keeper("function", Tenure::Shared);
    keeper.renew_if_due().await;
    world.freeze_ms(10_000);
    assert_eq!(word(keeper), "lease_expired");
    keeper.renew_if_due().await;
    assert_eq!(word(keeper), "open 1");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_is_dropped_is_done_by_the_next_request() {
    let world = World::active_in_east().await;
    let keeper = &world.keeper("function", Tenure::Shared);
    world.control.set(Mood::Hangs);
    let dropped = tokio::time::timeout(Duration::from_secs(1), keeper.renew_if_due()).await;
    assert!(dropped.is_err());
    world.control.set(Mood::Answers);
    keeper.renew_if_due().await;
    assert_eq!(word(keeper), "open 1");
}

async fn half_a_second() {
    sleep(Duration::from_millis(500)).await;
}

/// Readiness in one word.
async fn ready(keeper: &TestKeeper) -> &'static str {
    match keeper.readiness().await {
        Readiness::Ready { epoch } if epoch == Epoch::FIRST => "ready",
        Readiness::Ready { .. } => "ready under another epoch",
        Readiness::NotReady { reason, .. } => reason.code(),
    }
}

#[tokio::test(start_paused = true)]
async fn readiness_is_told_from_what_the_ledger_said_a_moment_ago() {
    let world = World::active_in_east().await;
    let keeper = &world.keeper("function", Tenure::Shared);
    assert_eq!(ready(keeper).await, "record_unknown");
    keeper.renew_if_due().await;
    assert_eq!(ready(keeper).await, "ready");
    world.row.say(Ledger::ReadOnly, Some(1));
    assert_eq!(ready(keeper).await, "ready", "for half a second");
    half_a_second().await;
    assert_eq!(ready(keeper).await, "ledger_read_only");
    for mood in [Mood::Silent, Mood::Hangs] {
        world.row.set(mood);
        half_a_second().await;
        assert_eq!(ready(keeper).await, "ledger_silent", "{mood:?}");
    }
    world.row.set(Mood::Answers);
    world.row.say(Ledger::Writable, Some(2));
    half_a_second().await;
    assert_eq!(ready(keeper).await, "ledger_differs");
}

#[tokio::test(start_paused = true)]
async fn of_fifty_who_ask_for_readiness_one_looks() {
    for mood in [Mood::Answers, Mood::Silent, Mood::Hangs] {
        let world = World::active_in_east().await;
        let keeper = &world.keeper("function", Tenure::Shared);
        world.row.set(mood);
        for _ in 0..3 {
            let asked = (0..50).map(|_| {
                let keeper = keeper.clone();
                tokio::spawn(async move { keeper.readiness().await })
            });
            for asked in asked.collect::<Vec<_>>() {
                asked.await.unwrap();
            }
            assert_eq!(world.row.asked(), 1, "{mood:?}");
            half_a_second().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn traffic_is_told_from_the_record_that_is_stored_now() {
    let world = World::active_in_east().await;
    let keeper = &world.keeper("function", Tenure::Shared);
    let traffic = async || keeper.traffic().await.map(|region| region.to_string());
    assert_eq!(traffic().await.as_deref(), Some(EAST));
    world.begin(RunKind::Failover, 1, (EAST, WEST)).await;
    world.finish(1).await;
    assert_eq!(traffic().await.as_deref(), Some(WEST));
    assert_eq!(word(keeper), "not_active", "what was read for DNS counts for the gate");
    for mood in [Mood::Silent, Mood::Hangs] {
        world.control.set(mood);
        assert_eq!(traffic().await, None, "{mood:?}");
    }
}
