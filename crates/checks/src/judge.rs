//! The judge of one rule: takes down what is wrong, what could not be judged, and how much was looked at.

use crate::answer::{Answer, Unknown};
use crate::place::Place;
use crate::report::{Finding, Spot, Unjudged};
use crate::rule::Rule;

/// Takes down what a rule says.
pub(crate) struct Judge<'r> {
    rule: &'r Rule,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unjudged: Vec<Unjudged>,
    pub(crate) subjects: usize,
}

impl<'r> Judge<'r> {
    pub(crate) fn new(rule: &'r Rule) -> Self {
        Self { rule, findings: Vec::new(), unjudged: Vec::new(), subjects: 0 }
    }

    /// One more thing that the rule applies to was looked at. A rule without any has nothing to say about a design.
    pub(crate) fn subject(&mut self) {
        self.subjects += 1;
    }

    /// What an answer says, `Some(None)` if it is absent. What is unknown is taken down, and is `None`.
    pub(crate) fn known<T>(&mut self, place: &Place<'_>, answer: Answer<T>) -> Option<Option<T>> {
        match answer {
            Answer::Absent => Some(None),
            Answer::Known(value) => Some(Some(value)),
            Answer::Unknown(why) => {
                self.cannot_judge(place, why);
                None
            }
        }
    }

    /// The text at a place, as [`Judge::known`].
    pub(crate) fn text(&mut self, place: &Place<'_>) -> Option<Option<String>> {
        self.known(place, place.text())
    }

    /// The truth at a place, as [`Judge::known`].
    pub(crate) fn bool(&mut self, place: &Place<'_>) -> Option<Option<bool>> {
        self.known(place, place.bool())
    }

    /// The number at a place, as [`Judge::known`].
    pub(crate) fn number(&mut self, place: &Place<'_>) -> Option<Option<f64>> {
        self.known(place, place.number())
    }

    /// The items at a place; none where there are none or where they are not known, which is taken down.
    pub(crate) fn items<'d>(&mut self, place: &Place<'d>) -> Vec<Place<'d>> {
        self.known(place, place.items()).flatten().unwrap_or_default()
    }

    /// Something could not be judged.
    pub(crate) fn cannot_judge(&mut self, place: &Place<'_>, why: Unknown) {
        self.unjudged.push(Unjudged { rule: self.rule.code, spot: Spot::of(place), why: why.0 });
    }

    /// The rule is broken here: what is there, and the exact change. Both are fragments without the full stop.
    pub(crate) fn finding(
        &mut self,
        place: &Place<'_>,
        found: impl Into<String>,
        change: impl Into<String>,
    ) {
        self.finding_with(place, &[], found, change);
    }

    /// The same, with other places that have part in it.
    pub(crate) fn finding_with(
        &mut self,
        place: &Place<'_>,
        related: &[Place<'_>],
        found: impl Into<String>,
        change: impl Into<String>,
    ) {
        self.findings.push(Finding {
            rule: self.rule.code,
            severity: self.rule.severity,
            consequence: self.rule.consequence,
            spot: Spot::of(place),
            related: related.iter().map(Spot::of).collect(),
            found: found.into(),
            why: self.rule.why.to_owned(),
            change: change.into(),
            note: None,
        });
    }
}
