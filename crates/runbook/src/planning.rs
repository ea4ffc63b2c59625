//! From a request and what was observed to a plan, or to everything that stands against one.

use crate::conditions;
use crate::facts::Facts;
use crate::plan::{Plan, PlanKind};
use crate::plans::{self, Place};
use crate::request::Request;
use crate::unmet::Unmet;
use crate::way::way;

/// The plan of `request`, as `facts` have it.
///
/// # Errors
/// Every condition that is not met, all at once, in the order of
/// [`Precondition`](crate::Precondition).
pub fn plan(request: &Request, facts: &Facts) -> Result<Plan, Vec<Unmet>> {
    let (way, mut unmet) = way(request, facts);
    unmet.extend(conditions::unmet(request, facts, &way));
    let is_done_without = |unmet: &Unmet| conditions::is_overridden(unmet.what, &request.settings);
    let (despite, mut unmet): (Vec<Unmet>, Vec<Unmet>) =
        unmet.into_iter().partition(is_done_without);
    unmet.sort_by_key(|unmet| unmet.what);
    let epoch = way.seen.next().filter(|_| unmet.is_empty()).ok_or(unmet)?;
    let (source, target) = (way.source.region.clone(), way.target.region.clone());
    let place = Place { source: &source, target: &target, timing: &request.settings.timing };
    let (actions, way_back) = match request.kind {
        PlanKind::Switchover | PlanKind::Failback => {
            (plans::switchover(place), plans::way_back(place))
        }
        PlanKind::Failover => (
            plans::failover(place, request.settings.approvers, way.earlier.as_ref()),
            plans::way_back(place),
        ),
    };
    Ok(Plan {
        run: request.run.clone(),
        kind: request.kind,
        source,
        target,
        witness: facts.witness.clone(),
        seen: way.seen,
        epoch,
        earlier: way.earlier,
        change: request.settings.change.clone(),
        despite: despite.into_iter().map(|unmet| (unmet.what, unmet.found)).collect(),
        timing: request.settings.timing,
        actions,
        way_back,
    })
}
