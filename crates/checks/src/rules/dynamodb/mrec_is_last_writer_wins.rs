//! Tables in which the last writer wins.

use super::purpose::{self, Purpose};
use super::replicas::{self, Consistency, Table};
use crate::answer::Answer;
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
    /// `ledger`, `balance`, `lock`, `epoch`); any of them is, if nothing in the templates can say which Region may
    /// write: neither a `STRONG` table for a control record nor an ARC routing control. Whether the code asks it is for
    /// tests and drills to show.
    ///
    /// ## Why it hurts
    ///
    /// Such a table takes concurrent writes in both Regions and keeps the younger one. Conditional writes and
    /// consistent reads look at their own Region only: a key is accepted twice, a lock is held twice, an older truth
    /// overwrites a newer one.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// MultiRegionConsistency: STRONG
    /// GlobalTableWitnesses:
    ///   - Region: us-west-2
    /// ```
    ///
    /// Consistency is fixed at creation, so that this is a new table. Where the last writer may win, say why when you
    /// allow the finding.
    ///
    /// ## Source
    ///
    /// Amazon DynamoDB Developer Guide, "Global tables".
    "ddb-mrec-is-last-writer-wins": Blocker, TwoWriters, Documented, Pair;
    why: "both Regions accept what only one may, and the older truth can win: a key is taken twice, a lock held twice";
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
            None if !fenced => unfenced(design, judge, &table),
            None => {}
        }
    }
}

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

fn unfenced(design: &Design, judge: &mut Judge<'_>, table: &Table<'_>) {
    judge.finding(
        &table.resource.at("MultiRegionConsistency"),
        format!(
            "`{}` replicates to {} so that the last writer wins, and nothing in the templates says which Region may \
             write: no `STRONG` table, no routing control",
            table.named(design),
            table.regions()
        ),
        "add a table with `MultiRegionConsistency: STRONG` whose control record every writer asks; or make this one \
         `STRONG`; or allow the finding with the reason why the last writer may win",
    );
}
