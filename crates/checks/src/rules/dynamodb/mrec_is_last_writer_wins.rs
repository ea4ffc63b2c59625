//! Tables in which the last writer wins.

use super::purpose::{self, Purpose};
use super::replicas::{self, Consistency, Table};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// What must never fork is not in a table in which the last writer wins: idempotency keys, balances, locks, epochs.
    ///
    /// ## What is checked
    ///
    /// Global tables with replicas in both Regions and without `MultiRegionConsistency: STRONG`. They are reported if
    /// their name, logical id, key or tag `purpose` says that they keep such items (words such as `idempotency`,
    /// `ledger`, `balance`, `lock`, `epoch`). Those that keep sessions or business records by their names (such as
    /// `sessions`, `orders`, `payments`) are, if nothing in the templates can say which Region may write: neither a
    /// `STRONG` table for a control record nor an ARC routing control. Tables whose items expire and those of flags,
    /// settings and caches are left out. What else a table keeps is not known, and not judged: tag it `purpose`.
    /// Whether the code asks the control record is for tests and drills to show.
    ///
    /// ## Why it hurts
    ///
    /// Such a table takes concurrent writes in both Regions and keeps the younger one. Conditional writes and
    /// consistent reads look at their own Region only: a key is accepted twice, a lock is held twice, an older truth
    /// overwrites a newer one. With sessions that is a login or a step of a checkout which is set back in the
    /// takeover, while both Regions still serve.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// MultiRegionConsistency: STRONG
    /// GlobalTableWitnesses:
    ///   - Region: us-west-2
    /// ```
    ///
    /// Consistency is fixed at creation, so that this is a new table. Where the last writer may win, because a lost
    /// session only means to log in again, allow the finding with that reason.
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables".
    "ddb-mrec-is-last-writer-wins": Blocker, TwoWriters, Documented, Pair;
    why: "while roles move both Regions take writes of one item and only the last stays: what the other had accepted, be it a key, a lock, money or a session, is overwritten unseen";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let fenced = fenced(design);
    for table in replicas::in_pair(design) {
        let place = table.resource.at("MultiRegionConsistency");
        let eventual = judge.known(&place, table.consistency());
        if eventual != Some(Some(Consistency::Eventual)) {
            continue;
        }
        judge.subject();
        match purpose::of(design, table.resource) {
            Some(purpose) => forks(design, judge, &table, &purpose),
            None if fenced || table.expires() || purpose::may_go_stale(design, table.resource) => {}
            None => match purpose::records(design, table.resource) {
                Some(items) => unfenced(design, judge, &table, items),
                None => judge.cannot_judge(&place, Unknown(UNTOLD.to_owned())),
            },
        }
    }
}

/// Why a table is not judged.
const UNTOLD: &str =
    "its name, its key and its tags do not say what it keeps, such as a tag `purpose` would";

/// Whether something in the templates can say which Region may write, or may be there without our knowing.
fn fenced(design: &Design) -> bool {
    let strong = replicas::all(design)
        .iter()
        .any(|table| table.consistency() != Answer::Known(Consistency::Eventual));
    let control = "AWS::Route53RecoveryControl::RoutingControl";
    strong || design.of(control).next().is_some() || hides(design, control)
}

/// Whether what fences may be there without our knowing.
fn hides(design: &Design, control: &str) -> bool {
    topology::Home::BOTH
        .into_iter()
        .filter_map(|home| design.region(home))
        .any(|region| design.may_hide(control, region) || design.may_hide(replicas::GLOBAL, region))
}

fn forks(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>, purpose: &Purpose) {
    judge.finding(
        &table.resource.at("MultiRegionConsistency"),
        format!(
            "`{}` keeps {} ({}) and replicates to {} so that the last writer wins",
            table.named(design),
            purpose.keeps,
            purpose.because,
            table.regions()
        ),
        "make a new table with `MultiRegionConsistency: STRONG` and an entry in `GlobalTableWitnesses`, and move",
    );
}

fn unfenced(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>, items: &str) {
    judge.finding(
        &table.resource.at("MultiRegionConsistency"),
        format!(
            "`{}` keeps {items} and replicates to {} so that the last writer wins: an older one can overwrite a newer \
             one, as nothing in the templates says which Region may write (no `STRONG` table, no routing control)",
            table.named(design),
            table.regions()
        ),
        "add a table with `MultiRegionConsistency: STRONG` whose control record every writer asks; or, where a lost \
         write of this table is harmless, as a session that is begun anew, allow the finding with that reason",
    );
}
