//! Statements of IAM policies: which actions they allow, and on what.

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::Place;
use crate::resolve::without_accounts;

/// A statement of a policy document.
#[derive(Debug, Clone)]
pub(crate) struct Statement<'d> {
    /// Where it stands.
    pub(crate) place: Place<'d>,
    /// Whether it allows; it denies otherwise.
    pub(crate) allows: bool,
    /// Its actions, such as `s3:GetObject` or `s3:*`; those that a deployment works out are left out.
    pub(crate) actions: Vec<String>,
}

impl Statement<'_> {
    /// Whether one of its actions is or covers `action`, as IAM matches: without regard to case, `*` and `?` being
    /// wildcards.
    pub(crate) fn covers(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| matches(&pattern.to_lowercase(), &action.to_lowercase()))
    }

    /// Whether it covers an action, or has actions that are not known.
    pub(crate) fn may_cover(&self, action: &str) -> bool {
        let hides = match self.place.at("Action").items() {
            Answer::Known(actions) => actions.len() > self.actions.len(),
            // It says what it is not for, or only a deployment knows.
            Answer::Absent | Answer::Unknown(_) => true,
        };
        hides || self.covers(action)
    }

    /// Whether a resource, as [`Design::symbol`] gives it, is one of those that it speaks of.
    pub(crate) fn reaches(&self, design: &Design, resource: &str) -> Answer<bool> {
        let resources = match self.place.at("Resource").items() {
            Answer::Known(resources) => resources,
            Answer::Unknown(why) => return Answer::Unknown(why),
            Answer::Absent => return Answer::Unknown(Unknown("it says what it is not for".into())),
        };
        let mut doubt = None;
        for pattern in resources {
            match pattern.value() {
                Answer::Known(value) => match design.symbol(value) {
                    Some(pattern) if matches(&pattern, resource) => return Answer::Known(true),
                    Some(pattern) => {
                        let open = without_accounts(&pattern, resource);
                        if open.is_some_and(|[pattern, resource]| matches(&pattern, &resource)) {
                            doubt = Some(Unknown("only a deployment knows the account".into()));
                        }
                    }
                    None => doubt = Some(Unknown(format!("`{}` is not known", value.shown()))),
                },
                Answer::Unknown(why) => doubt = Some(why),
                Answer::Absent => {}
            }
        }
        doubt.map_or(Answer::Known(false), Answer::Unknown)
    }
}

/// The statements of a policy document.
pub(crate) fn statements<'d>(document: &Place<'d>) -> Vec<Statement<'d>> {
    let statements = document.at("Statement").items().known().unwrap_or_default();
    statements.into_iter().map(statement).collect()
}

fn statement(place: Place<'_>) -> Statement<'_> {
    let actions = place.at("Action").items().known().unwrap_or_default();
    let actions = actions.iter().filter_map(|action| action.text().known()).collect();
    let allows = place.at("Effect").text().known().as_deref() == Some("Allow");
    Statement { place, allows, actions }
}

/// Whether a text matches a pattern with `*` and `?`, in time linear in both but for the product of stars.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((position, taken)) => {
                    at = position + 1;
                    read = taken + 1;
                    star = Some((position, read));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}
