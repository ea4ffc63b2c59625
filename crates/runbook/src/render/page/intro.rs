//! What stands around the actions of a page.

use crate::plan::{Plan, PlanKind};

/// What has to be at hand.
pub(super) const TOOLS: &str = "Whoever has tideover lets it do this. Without it, the same is done by hand: with \
    bash, the AWS CLI, `jq`, `psql`, `curl` and `dig`, and with credentials that are good in the Regions named \
    here without asking another. Names first; everything below uses them:";

/// What the functions are for.
pub(super) const FUNCTIONS: &str = "Then these functions. A change of the control record is a conditional write \
    over what was read: when somebody else has changed it meanwhile it is refused, and nothing is changed. Doing \
    the same change twice is refused the second time; read the record to see that it is done.";

/// What the run is for.
pub(super) fn paragraphs(plan: &Plan) -> Vec<String> {
    let Plan { source, target, witness, .. } = plan;
    let what = match plan.kind {
        PlanKind::Switchover => format!(
            "Planned: {source} is well and {target} takes over without the loss of anything. For maintenance, for \
             exercise, and when {source} is about to fail. Payments are refused for some seconds to minutes with \
             503 and `Retry-After`; reads stay."
        ),
        PlanKind::Failover => format!(
            "Unplanned: {source} is lost, or gives no service that can be waited for. What its database had \
             committed and not yet replicated is not in {target}; all of it is known by key, because each intent \
             was written to the strongly consistent table before anything else. People accept that loss before \
             anything is done. As long as the database of {source} and its control plane answer, a switchover \
             comes first."
        ),
        PlanKind::Failback => format!(
            "Planned: {target} is home, is well again, and takes over from {source} without the loss of anything. \
             It is a switchover in the other direction. It is never automatic, and not on the day of a failover \
             unless {source} cannot carry the load."
        ),
    };
    let order = "The order is fixed: fence, promote, verify, open, then DNS. Do not go on to an action before the \
                 one above it is done, unless it says that the run goes on without it.";
    let where_from = format!(
        "Everything is asked in {target} unless it says otherwise; the third vote of the control table is in \
         {witness}. `tideover {} --dry-run --output markdown` prints this page for the Regions of another file.",
        plan.kind
    );
    vec![what, order.to_owned(), where_from]
}

/// What must be so before the first action.
pub(super) fn conditions(plan: &Plan) -> Vec<&'static str> {
    const ALWAYS: [&str; 1] =
        ["The control record can be read, names the source as active, and no other run is open."];
    const FAILOVER: [&str; 3] = [
        "The target has a database.",
        "No switchover would do: the source's database or its control plane does not answer.",
        "Two people can be reached who may accept a loss.",
    ];
    const PLANNED: [&str; 6] = [
        "The databases of both Regions are available and in the same version, and the source's is the writer.",
        "AuroraGlobalDBRPOLag has been at most 2 s for 15 minutes (30 before a failback).",
        "Tables are at most 5 s behind, buckets at most one minute.",
        "No alarm rings.",
        "Configuration, quotas and artifacts of both Regions are the same.",
        "The target's canary is green, and its certificates outlast the run.",
    ];
    const HOME: [&str; 2] = [
        "Everything of the latest failover is reconciled, and it is a day ago.",
        "The change is approved.",
    ];
    let more: &[&[&str]] = match plan.kind {
        PlanKind::Switchover => &[&PLANNED],
        PlanKind::Failover => &[&FAILOVER],
        PlanKind::Failback => &[&PLANNED, &HOME],
    };
    ALWAYS.into_iter().chain(more.concat()).collect()
}

/// What stands before the point of no return.
pub(super) fn point_of_no_return(plan: &Plan) -> String {
    let Plan { source, .. } = plan;
    let but = match plan.kind {
        PlanKind::Switchover | PlanKind::Failback => {
            " Only when the database service refuses the switch or cancels it, and nothing was moved, can the way \
             back still be taken."
        }
        PlanKind::Failover => "",
    };
    format!(
        "**The point of no return.** Until here everything can be turned back by the way back below. From the next \
         action on it can only be finished: {source} may not be opened again, whatever comes.{but} Be sure that \
         the fence was waited for."
    )
}

/// When the way back is taken.
pub(super) fn way_back(plan: &Plan) -> String {
    let Plan { source, .. } = plan;
    format!(
        "From anywhere above the point of no return, when a required action fails for good or people want it. \
         {source} is opened again under the epoch that the run reserved, and never under its old one. A run that \
         never took the run lock has nothing to turn back."
    )
}
