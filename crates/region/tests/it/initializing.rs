//! The first record, and what a death in the middle leaves.

use std::io;

use fence::{Author, Epoch, RegionName, RunKind};
use region::{Initialized, NotInitialized, initialize};

use crate::control::{Control, EAST, Mood, WEST, World};

/// Initializes the east, and says to which epoch the ledger was raised.
async fn start(
    control: &Control,
    raises: Result<(), io::Error>,
) -> (Result<Initialized, NotInitialized<io::Error>>, Option<Epoch>) {
    let mut raised = None;
    let raise = async |epoch| {
        raised = Some(epoch);
        raises
    };
    let by = Author::new("serve");
    let started = initialize(control, &RegionName::new(EAST), by, raise).await;
    (started, raised)
}

#[tokio::test]
async fn the_first_start_writes_the_record_and_raises_the_ledger() {
    let world = World::empty();
    let (started, raised) = start(&world.control, Ok(())).await;
    assert_eq!(started.unwrap(), Initialized::First);
    assert_eq!(raised, Some(Epoch::FIRST));
    assert_eq!(world.control.asked().record_writes, 1);
}

#[tokio::test]
async fn a_death_before_the_ledger_is_mended_by_the_next_start() {
    let world = World::empty();
    let (started, _) = start(&world.control, Err(io::Error::other("killed"))).await;
    assert!(matches!(started, Err(NotInitialized::Ledger(_))));
    let (started, raised) = start(&world.control, Ok(())).await;
    assert_eq!(started.unwrap(), Initialized::First);
    assert_eq!(raised, Some(Epoch::FIRST));
    assert_eq!(world.control.asked().record_writes, 1, "the record was there");
}

#[tokio::test]
async fn a_system_that_has_moved_on_is_left_alone() {
    let world = World::active_in_east().await;
    world.begin(RunKind::Failover, 1, (EAST, WEST)).await;
    let (started, raised) = start(&world.control, Ok(())).await;
    assert_eq!(started.unwrap(), Initialized::MovedOn(Epoch::new(2)));
    assert_eq!(raised, None);
}

#[tokio::test]
async fn a_silent_store_is_not_taken_for_an_empty_one() {
    let world = World::empty();
    world.control.set(Mood::Silent);
    let (started, raised) = start(&world.control, Ok(())).await;
    assert!(matches!(started, Err(NotInitialized::Record(_))));
    assert_eq!(raised, None);
}
