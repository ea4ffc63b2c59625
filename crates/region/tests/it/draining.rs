//! A process that is drained leaves the lease, so that a run need not wait until it runs out.

use std::time::Duration;

use fence::{Fence, FenceWait, Millis, RunId, RunKind, Tenure, Timing, fence_once};
use payments::Gatekeeper;
use region::{Keeper, Parting};
use service::Health;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::control::{Control, EAST, EpochRow, Mood, WEST, World};

/// A keeper with a timer, and how to end it.
struct Running {
    keeper: Keeper<Control, EpochRow>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Parting>,
}

async fn running(world: &World, tenure: Tenure) -> Running {
    let keeper = world.keeper("process-1", tenure);
    let (stop, stopped) = oneshot::channel();
    let kept = keeper.clone();
    let task = tokio::spawn(async move { kept.run(async { stopped.await.unwrap() }).await });
    pass_ms(1).await;
    assert_eq!(world.control.holders(EAST), ["process-1"]);
    Running { keeper, stop, task }
}

async fn pass_ms(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

/// Longer than from one renewal to the next, and much shorter than the lease.
const A_RENEWAL_MS: u64 = 3_001;

/// Opens a run and revokes the lease, as a run does, and says how long it waits after a renewal.
async fn wait_of_run(world: &World, kind: RunKind) -> FenceWait {
    world.begin(kind, 1, (EAST, WEST)).await;
    fence(world).await;
    pass_ms(A_RENEWAL_MS).await;
    fence(world).await
}

async fn fence(world: &World) -> FenceWait {
    let now = Millis(world.clock()().as_ms());
    let (run, epoch) = (RunId::new("run-1"), fence::Epoch::new(2));
    match fence_once(&world.control, &run, epoch, &Timing::default(), now).await.unwrap() {
        Fence::Revoked(wait) => wait,
        Fence::Refused(refusal) => panic!("{refusal}"),
    }
}

fn is_over(wait: &FenceWait) -> bool {
    matches!(wait, FenceWait::Over(_))
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_for_whoever_writes_and_for_names_that_others_share() {
    for kind in [RunKind::Switchover, RunKind::Failover] {
        for (tenure, writes, is_waited_for) in [
            (Tenure::Alone, 0, false),
            (Tenure::Alone, 1, true),
            (Tenure::Alone, 2, true),
            (Tenure::Shared, 0, true),
        ] {
            let world = World::active_in_east().await;
            let running = running(&world, tenure).await;
            let open: Vec<_> = (0..writes).map(|_| running.keeper.writing()).collect();
            let wait = wait_of_run(&world, kind).await;
            let case = format!("{kind}, {tenure:?}, {writes} writes");
            assert_eq!(is_over(&wait), !is_waited_for, "{case}");
            assert_eq!(world.control.holders(EAST).is_empty(), !is_waited_for, "{case}");
            drop(open);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_write_that_ends_ends_the_wait() {
    let world = World::active_in_east().await;
    let running = running(&world, Tenure::Alone).await;
    let (first, last) = (running.keeper.writing(), running.keeper.writing());
    assert!(!is_over(&wait_of_run(&world, RunKind::Switchover).await));
    drop(first);
    pass_ms(1).await;
    assert!(!is_over(&fence(&world).await), "one is open still");
    drop(last);
    pass_ms(1).await;
    assert!(is_over(&fence(&world).await), "at once, not at the next renewal");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_ends_while_the_gate_is_open_has_nobody_leave() {
    let world = World::active_in_east().await;
    let running = running(&world, Tenure::Alone).await;
    for _ in 0..10 {
        drop(running.keeper.writing());
        pass_ms(A_RENEWAL_MS).await;
        assert_eq!(world.control.holders(EAST), ["process-1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_health_checks_read_of_the_record_is_enough_to_leave() {
    let world = World::active_in_east().await;
    let running = running(&world, Tenure::Alone).await;
    world.begin(RunKind::Switchover, 1, (EAST, WEST)).await;
    running.keeper.traffic().await;
    pass_ms(1).await;
    assert_eq!(world.control.holders(EAST), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn whoever_left_comes_back_under_another_name() {
    let world = World::active_in_east().await;
    let running = running(&world, Tenure::Alone).await;
    wait_of_run(&world, RunKind::Switchover).await;
    world.abort(1).await;
    world.row.say(fence::Ledger::Writable, Some(2));
    pass_ms(A_RENEWAL_MS).await;
    assert_eq!(world.control.holders(EAST), ["process-1.1"]);
    assert!(running.keeper.decision().is_open());
    running.stop.send(()).unwrap();
    assert_eq!(running.task.await.unwrap(), Parting::Left);
    assert_eq!(world.control.holders(EAST), [""; 0]);
}

/// It says so once. The run waits for the lease then, as for a process that died.
#[tokio::test(start_paused = true)]
async fn what_the_store_does_not_hear_runs_out() {
    let world = World::active_in_east().await;
    let running = running(&world, Tenure::Alone).await;
    let last = running.keeper.writing();
    wait_of_run(&world, RunKind::Switchover).await;
    world.control.set(Mood::Silent);
    drop(last);
    pass_ms(1).await;
    world.control.set(Mood::Answers);
    pass_ms(A_RENEWAL_MS).await;
    assert!(!is_over(&fence(&world).await));
    pass_ms(12_000).await;
    assert!(is_over(&fence(&world).await));
}
