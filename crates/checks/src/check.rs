//! Every rule over a design.

use crate::design::Design;
use crate::hidden::unexpanded;
use crate::judge::Judge;
use crate::recovery_time::RecoveryTime;
use crate::report::{Report, Spot, Unseen};
use crate::rule::{Rule, Scope};
use crate::rules;

/// Judges a design by every rule; what its settings allow is set apart.
#[must_use]
pub fn check(design: &Design) -> Report {
    let regions = topology::Home::BOTH.map(|home| design.region(home).map(str::to_owned));
    let pair = regions.iter().all(Option::is_some);
    let regions = pair.then(|| regions.map(Option::unwrap_or_default));
    let mut report = Report { regions, ..Report::default() };
    for rule in rules::all().filter(|rule| pair || rule.scope == Scope::Template) {
        add(&mut report, rule, design);
    }
    report.recovery_time = RecoveryTime::of(design);
    report.unseen = unseen(design).collect();
    report.findings.sort();
    report.unjudged.sort();
    report.unjudged.dedup();
    report.unseen.sort();
    report.allow(design.settings())
}

fn add(report: &mut Report, rule: &'static Rule, design: &Design) {
    let mut judge = Judge::new(rule);
    (rule.check)(design, &mut judge);
    report.findings.append(&mut judge.findings);
    report.unjudged.append(&mut judge.unjudged);
    report.subjects.insert(rule.code, judge.subjects);
}

/// Resources of which it is not known whether they are created, and what only a deployment expands.
fn unseen(design: &Design) -> impl Iterator<Item = Unseen> {
    let doubtful = design.resources().filter_map(|resource| {
        let why = resource.declared.doubt.as_ref()?;
        Some(Unseen { spot: Spot::of(&resource.whole()), why: why.to_string() })
    });
    let closed = unexpanded(design.stacks())
        .into_iter()
        .map(|(place, why)| Unseen { spot: Spot::of(&place), why });
    closed.chain(doubtful)
}
