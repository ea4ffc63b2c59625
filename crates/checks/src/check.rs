//! Every rule over a design.

use crate::design::Design;
use crate::guess::agree;
use crate::hidden::unexpanded;
use crate::judge::Judge;
use crate::recovery_time::RecoveryTime;
use crate::report::{Report, Spot, Unseen};
use crate::rule::{Rule, Scope};
use crate::rules;

/// Judges a design by every rule; what its settings allow is set apart. Where it is not known which Region is the home
/// primary, what counts is only what is found whichever it is.
#[must_use]
pub fn check(design: &Design) -> Report {
    let regions = topology::Home::BOTH.map(|home| design.region(home).map(str::to_owned));
    let pair = regions.iter().all(Option::is_some);
    let regions = pair.then(|| regions.map(Option::unwrap_or_default));
    let turned = (pair && !design.home_is_known()).then(|| design.turned());
    let mut report = Report { regions, roles_are_guessed: turned.is_some(), ..Report::default() };
    for rule in rules::all().filter(|rule| pair || rule.scope == Scope::Template) {
        let mut judge = judged(rule, design);
        if let Some(turned) = &turned {
            agree(&mut judge, judged(rule, turned));
        }
        report.findings.append(&mut judge.findings);
        report.unjudged.append(&mut judge.unjudged);
        report.subjects.insert(rule.code, judge.subjects);
    }
    report.recovery_time = RecoveryTime::of(design);
    report.unseen = unseen(design).collect();
    report.findings.sort();
    report.unjudged.sort();
    report.unjudged.dedup();
    report.unseen.sort();
    report.allow(design.settings())
}

fn judged<'r>(rule: &'r Rule, design: &Design) -> Judge<'r> {
    let mut judge = Judge::new(rule);
    (rule.check)(design, &mut judge);
    judge
}

/// Resources of which it is not known whether they are created, what only a deployment expands, and stacks of another
/// pair.
fn unseen(design: &Design) -> impl Iterator<Item = Unseen> {
    let doubtful = design.resources().filter_map(|resource| {
        let why = resource.declared.doubt.as_ref()?;
        Some(Unseen { spot: Spot::of(&resource.whole()), why: why.to_string() })
    });
    let closed = unexpanded(design.stacks())
        .into_iter()
        .map(|(place, why)| Unseen { spot: Spot::of(&place), why });
    let elsewhere = design
        .pairing()
        .not_judged()
        .map(|(stack, why)| Unseen { spot: Spot::of(&design.stacks()[stack].whole()), why });
    closed.chain(doubtful).chain(elsewhere)
}
