//! What a rule says whichever Region is the home primary, where that is not known.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::Judge;
use crate::report::{Finding, Spot, Unjudged};

/// Why a finding that only one of the two ways gives is not judged.
const UNKNOWN: &str = "which Region is the home primary is not known: name both under `[regions]`";

/// Leaves what both judges of a rule find, of which the other had the home roles exchanged. What only one finds rests
/// on a guess, and is not judged.
pub(crate) fn agree(judge: &mut Judge<'_>, other: Judge<'_>) {
    let (here, there) = (std::mem::take(&mut judge.findings), other.findings);
    let both = |findings: &[Finding]| findings.iter().cloned().collect::<BTreeSet<_>>();
    let equal: BTreeSet<Finding> = &both(&here) & &both(&there);
    let mut open: BTreeMap<BTreeSet<Spot>, Vec<Finding>> = BTreeMap::new();
    for finding in there.into_iter().filter(|one| !equal.contains(one)) {
        open.entry(places(&finding)).or_default().push(finding);
    }
    let mut guessed: Vec<Finding> = Vec::new();
    for finding in here {
        if equal.contains(&finding) {
            judge.findings.push(finding);
        } else if let Some(turned) = open.get_mut(&places(&finding)).and_then(Vec::pop) {
            judge.findings.push(either_way(finding, &turned));
        } else {
            guessed.push(finding);
        }
    }
    guessed.extend(open.into_values().flatten());
    judge.unjudged.extend(other.unjudged);
    judge.unjudged.extend(guessed.into_iter().map(|finding| Unjudged {
        rule: finding.rule,
        spot: finding.spot,
        why: UNKNOWN.to_owned(),
    }));
    judge.subjects = judge.subjects.max(other.subjects);
}

/// Every place that has part in a finding: two findings of one rule about the same places are one, told from either
/// Region.
fn places(finding: &Finding) -> BTreeSet<Spot> {
    std::iter::once(&finding.spot).chain(&finding.related).cloned().collect()
}

/// A finding, with the change that it asks for when the other Region is the home primary, where that is another.
fn either_way(finding: Finding, turned: &Finding) -> Finding {
    let differs = finding.change != turned.change;
    let note = differs.then(|| {
        format!(
            "which Region is the home primary is not known; if it is the other one, {}",
            turned.change
        )
    });
    Finding { note, ..finding }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Judge, Spot, agree};
    use crate::rules;

    fn spot(stack: &str) -> Spot {
        Spot {
            stack: stack.to_owned(),
            region: String::new(),
            file: String::new(),
            resource: String::new(),
            kind: String::new(),
            construct_path: None,
            property: String::new(),
        }
    }

    /// What a judge finds: stacks, of which all but the first are related, and the change.
    fn judge(findings: &[(&[&str], &str)]) -> Judge<'static> {
        let rule = rules::all().next().expect("there are rules");
        let mut judge = Judge::new(rule);
        judge.findings.extend(findings.iter().map(|(stacks, change)| Finding {
            consequence: rule.consequence,
            severity: rule.severity,
            rule: rule.code,
            spot: spot(stacks[0]),
            found: String::new(),
            why: String::new(),
            change: (*change).to_owned(),
            related: stacks[1..].iter().map(|stack| spot(stack)).collect(),
            note: None,
        }));
        judge
    }

    #[test]
    fn what_both_find_counts() {
        let mut here = judge(&[(&["a"], "mend a"), (&["a", "b"], "mend b"), (&["b"], "mend b")]);
        agree(&mut here, judge(&[(&["b", "a"], "mend a"), (&["a"], "mend a"), (&["c"], "mend c")]));
        let changes: Vec<_> = here
            .findings
            .iter()
            .map(|one| (one.spot.stack.as_str(), one.change.as_str(), one.note.as_deref()))
            .collect();
        let other = "which Region is the home primary is not known; if it is the other one, mend a";
        assert_eq!(changes, [("a", "mend a", None), ("a", "mend b", Some(other))]);
        let unjudged: Vec<&str> = here.unjudged.iter().map(|one| one.spot.stack.as_str()).collect();
        assert_eq!(unjudged, ["b", "c"]);
    }
}
