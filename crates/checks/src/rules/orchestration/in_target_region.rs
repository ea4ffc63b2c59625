//! Where a takeover is driven from.

use topology::Home;

use super::drivers::{self, Driver, MACHINE};
use crate::design::Design;
use crate::functions::FUNCTION;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;

rule! {
    /// What drives a takeover runs in the Region that is activated, so it is deployed in both.
    ///
    /// ## What is checked
    ///
    /// State machines and functions of the primary whose roles may do what only a takeover needs (promote a global
    /// database, set routing controls, start a Region switch plan), or that are named after a takeover and may change
    /// records of Route 53: the standby has something of that kind too. Whether both have the same definition is for
    /// you to compare.
    ///
    /// ## Why it hurts
    ///
    /// A takeover is driven when the primary is lost, and what is in the primary is lost with it.
    ///
    /// ## What to change
    ///
    /// Deploy the same stack in the standby; the run that activates a Region is started in that Region.
    ///
    /// ## Source
    ///
    /// ARC Region switch guide, "Region switch data plane and control planes": plans are executed from the Region
    /// that is activated.
    "orchestrator-in-target-region": Blocker, NoTakeover, Documented, Pair;
    why: "what should carry out the takeover is lost together with the Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let drivers = drivers::of(design);
    let of_home = |home| drivers.iter().filter(move |one| design.home(one.resource) == Some(home));
    let Some(standby) = design.region(Home::Standby) else { return };
    let is_there = of_home(Home::Standby).next().is_some();
    for Driver { resource, action, by } in of_home(Home::Primary) {
        judge.subject();
        let hidden = [FUNCTION, MACHINE].into_iter().any(|kind| design.may_hide(kind, standby));
        if is_there || hidden {
            continue;
        }
        let related: Vec<Place<'_>> = by.iter().map(|function| function.whole()).collect();
        let how = match by {
            Some(function) => format!("calls `{}`, which may `{action}`", function.id()),
            None => format!("may `{action}`"),
        };
        judge.finding_with(
            &resource.whole(),
            &related,
            format!(
                "`{}` {how}; it is in {} only, and nothing of the kind is in {standby}",
                resource.id(),
                resource.region()
            ),
            format!("deploy it in {standby} too, from the same template, and start a takeover in the Region that takes over"),
        );
    }
}
