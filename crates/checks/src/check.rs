//! Every rule over a design.

use std::collections::BTreeSet;

use crate::design::Design;
use crate::hidden::unexpanded;
use crate::judge::Judge;
use crate::recovery_time::RecoveryTime;
use crate::report::{Finding, Report, Spot, Unjudged, Unseen};
use crate::rule::{Rule, Scope};
use crate::rules;

/// Why a rule that gives different answers with the roles exchanged is not judged.
const ROLES_UNKNOWN: &str =
    "which Region is the home primary is not known: name both under `[regions]`";

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

/// Leaves the findings that both judges have; the others rest on a guess.
fn agree(judge: &mut Judge<'_>, other: Judge<'_>) {
    let both = |findings: &[Finding]| findings.iter().cloned().collect::<BTreeSet<_>>();
    let (here, there) = (both(&judge.findings), both(&other.findings));
    judge.findings.retain(|finding| there.contains(finding));
    let guessed = here.symmetric_difference(&there).map(|finding| Unjudged {
        rule: finding.rule,
        spot: finding.spot.clone(),
        why: ROLES_UNKNOWN.to_owned(),
    });
    judge.unjudged.extend(other.unjudged);
    judge.unjudged.extend(guessed);
    judge.subjects = judge.subjects.max(other.subjects);
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
