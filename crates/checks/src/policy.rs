//! IAM policies: which statements a role has, and which actions they allow.

use crate::design::Design;
use crate::place::{Place, Resource};

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

/// The statements of everything that these templates give to a role: its own policies, and those that name it.
pub(crate) fn of_role<'d>(design: &'d Design, role: Resource<'d>) -> Vec<Statement<'d>> {
    let own = role.at("Policies").items().known().unwrap_or_default();
    let own = own.iter().map(|policy| policy.at("PolicyDocument"));
    let kinds = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];
    let given = kinds
        .into_iter()
        .flat_map(|kind| design.of(kind))
        .filter(|policy| names(design, *policy, role));
    let given = given.map(|policy| policy.at("PolicyDocument"));
    own.chain(given).flat_map(|document| statements(&document)).collect()
}

/// Whether a policy is attached to the role.
fn names(design: &Design, policy: Resource<'_>, role: Resource<'_>) -> bool {
    let many = policy.at("Roles").items().known().unwrap_or_default();
    let one = Some(policy.at("RoleName"));
    many.into_iter().chain(one).any(|named| match named.reference().known() {
        Some(reference) => design.resource(reference).is_some_and(|found| found.is(role)),
        None => named.text().known().is_some_and(|name| design.name(role).known() == Some(name)),
    })
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
