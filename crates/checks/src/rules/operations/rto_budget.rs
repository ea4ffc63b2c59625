//! The recovery time objective against what the design takes at least.

use topology::Home;

use crate::design::Design;
use crate::judge::Judge;
use crate::recovery_time::RecoveryTime;
use crate::rule::rule;

rule! {
    /// The parts of a takeover fit into the recovery time that is promised.
    ///
    /// ## What is checked
    ///
    /// Where an objective is stated (`rto_seconds` in `tideover.toml` or under `[objectives]` of the settings), the
    /// parts that the design shows are added up: detect (interval × threshold of the fastest health check of an
    /// endpoint), decide, fence (the lease), promote (60 s for a global database: AWS promises minutes), verify, and
    /// route (interval × threshold of the check that the record follows, and the TTL). What nothing says counts as
    /// nothing, so that the sum is the least that a takeover takes; `[budget]` of the settings states it.
    ///
    /// ## Why it hurts
    ///
    /// A target that the parts cannot meet is fiction: everybody has planned with it on the day.
    ///
    /// ## What to change
    ///
    /// Shorten the largest part (`RequestInterval: 10`, a lower `FailureThreshold`, a TTL of 60 s), or promise what
    /// the design can do.
    ///
    /// ## Source
    ///
    /// Amazon Route 53 Developer Guide, "How Amazon Route 53 determines whether a health check is healthy"; Amazon
    /// Aurora User Guide, "Using switchover or failover in an Amazon Aurora global database".
    "ops-rto-budget": Error, SlowTakeover, Derived, Pair;
    why: "the promise cannot be kept even if every part goes as fast as it can";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let (Some(target), Some(time)) = (design.settings().rto_seconds, RecoveryTime::of(design))
    else {
        return;
    };
    let Some(primary) = design.region(Home::Primary) else { return };
    let Some(stack) = design.stacks().iter().find(|stack| stack.region.as_deref() == Some(primary))
    else {
        return;
    };
    judge.subject();
    if time.seconds() <= target {
        return;
    }
    let parts = time.parts.iter().filter(|part| part.seconds.is_some());
    let largest = parts
        .max_by_key(|part| part.seconds)
        .map(|part| format!("`{}`: {}", part.name, part.source));
    judge.finding(
        &stack.whole(),
        format!("{}, and {target} s are promised", time.sum()),
        format!(
            "shorten the largest part ({}), or promise {} s",
            largest.unwrap_or_default(),
            time.seconds()
        ),
    );
}
