//! Health checks that are switched off.

use super::health;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// No health check is disabled: a disabled check counts as healthy and stops nothing.
    ///
    /// ## What is checked
    ///
    /// No `AWS::Route53::HealthCheck` has `Disabled: true`. Whether somebody disables one by hand, only the running
    /// system shows.
    ///
    /// ## Why it hurts
    ///
    /// Whoever disables the check of a lost Region to send traffic away keeps it there.
    ///
    /// ## What to change
    ///
    /// Delete `Disabled`. To take a record out, turn the switch that its check follows.
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Values that you specify when you create or update health checks".
    "r53-disabled-check-is-healthy": Warning, SlowTakeover, Documented, Template;
    why: "a disabled check counts as healthy, so that DNS keeps answering with the Region that is down";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for check in design.of(health::KIND) {
        judge.subject();
        let disabled = check.at("HealthCheckConfig.Disabled");
        if judge.bool(&disabled) == Some(Some(true)) {
            judge.finding(
                &disabled,
                format!("`{}` is disabled, which counts as healthy", check.id()),
                "delete `Disabled`",
            );
        }
    }
}
