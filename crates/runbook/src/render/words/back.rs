//! Words for the way back.

use super::Entry;

pub(super) const CONFIRM_WRITER: Entry = Entry {
    does: "Checks that the database of {source} is still the writer, and that no change of that is under way: the \
           source is reopened on the strength of it.",
    precondition: "The point of no return is not passed, or the database service has moved nothing.",
    verification: "{source} takes writes, and the global database shows no FailoverState.",
    by_hand: "`SELECT pg_is_in_recovery()` in {source} answers `f`, and the global cluster shows no \
              `FailoverState`.",
    when_it_fails: "Do not reopen {source}: it might take money that nobody keeps. Find out who moves the database.",
};

pub(super) const ABORT: Entry = Entry {
    does: "Makes {source} active again, under epoch {epoch} and never under its old one.",
    precondition: "The database of {source} is the writer, and no change of that is under way.",
    verification: "The control record is ACTIVE in epoch {epoch} with {source} as `active_region`.",
    by_hand: "Read the control record. {source} takes money once its epoch row says {epoch}, too.",
    when_it_fails: "Read the control record. When it is ACTIVE, it is done. When it says `passed` in a failover, \
                    somebody has promoted: the run can only be finished.",
};

pub(super) const REOPEN_SOURCE: Entry = Entry {
    does: "Turns on again what was turned off in {source}: event sources, schedules, functions, the stage.",
    precondition: "{source} is active.",
    verification: "What this run turned off in {source} is on.",
    by_hand: "List the event source mappings of {source}: `State` is `Enabled`. Reserved concurrency is what the \
              template says.",
    when_it_fails: "Payments are taken only where functions run: try again until it is done.",
};
