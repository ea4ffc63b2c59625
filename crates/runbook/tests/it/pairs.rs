//! Every pair of Regions that the product allows, in both orders, with its plans.

use fence::RegionName;
use runbook::{Homes, Plan, PlanKind, supposed};
use topology::MRSC_SETS;

pub(crate) const KINDS: [PlanKind; 3] =
    [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback];

/// Every ordered pair, with a witness of the same set.
pub(crate) fn all() -> Vec<Homes> {
    let mut homes = Vec::new();
    for set in MRSC_SETS {
        for primary in set {
            for standby in set.iter().filter(|standby| *standby != primary) {
                let mut others = set.iter().filter(|other| ![primary, standby].contains(other));
                let witness = others.next().expect("a set has three Regions or more");
                let name = |region: &&str| RegionName::new(*region);
                let [primary, standby, witness] = [primary, standby, witness].map(name);
                homes.push(Homes { primary, standby, witness });
            }
        }
    }
    homes
}

/// The pair of the examples.
pub(crate) fn first() -> Homes {
    let [primary, standby, witness] = ["us-east-1", "us-east-2", "us-west-2"].map(RegionName::new);
    Homes { primary, standby, witness }
}

/// Every plan of every pair.
pub(crate) fn plans() -> impl Iterator<Item = Plan> {
    let homes = all().into_iter();
    homes.flat_map(|homes| KINDS.map(|kind| supposed(kind, &homes)))
}
