//! Write forwarding from the secondary.

use super::members::Members;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The ledger does not use global write forwarding.
    ///
    /// ## What is checked
    ///
    /// `EnableGlobalWriteForwarding` is not true on a member of a global database. If something other than money
    /// is written through it on purpose, allow this finding with that reason.
    ///
    /// ## Why it hurts
    ///
    /// Forwarded sessions have no SERIALIZABLE, no savepoints, no LOCK and no COPY, and what they read depends on
    /// `apg_write_forward.consistency_mode`. The standby then works only while the other Region does, which is the
    /// Region that it must outlive.
    ///
    /// ## What to change
    ///
    /// Write in the Region that is active, and nowhere else:
    ///
    /// ```yaml
    /// EnableGlobalWriteForwarding: false
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using write forwarding in an Aurora PostgreSQL global database".
    "aurora-no-write-forwarding-for-ledger": Error, TwoWriters, Documented, Template;
    why: "the standby's writes run with weaker isolation, and stop together with the Region that they are forwarded to";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for member in Members::of(design).iter() {
        judge.subject();
        let forwarding = member.cluster.at("EnableGlobalWriteForwarding");
        if judge.bool(&forwarding) == Some(Some(true)) {
            judge.finding(
                &forwarding,
                "`EnableGlobalWriteForwarding` is `true`",
                "set `EnableGlobalWriteForwarding: false`, and let only the active Region write",
            );
        }
    }
}
