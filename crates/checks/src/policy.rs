//! IAM policies: which statements a role has, and which actions they allow.

use crate::answer::{Answer, Unknown};
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

/// What a role may do.
#[derive(Debug)]
pub(crate) struct Permissions<'d> {
    statements: Vec<Statement<'d>>,
    /// Why that is not all, where it is not.
    doubt: Option<Unknown>,
}

impl<'d> Permissions<'d> {
    /// Everything that these templates let a role do.
    pub(crate) fn of(design: &'d Design, role: Resource<'d>) -> Self {
        Self { statements: of_role(design, role), doubt: opaque(design, role) }
    }

    /// Whether something may be done to a resource: yes if a statement allows it, no if all that the role may do is
    /// known and nothing does. The resource is a text as [`Design::symbol`] gives it. Denials and conditions are not
    /// weighed.
    pub(crate) fn allow(&self, design: &Design, action: &str, resource: &str) -> Answer<bool> {
        let mut doubt = self.doubt.clone();
        let allowing = self.statements.iter().filter(|statement| statement.allows);
        for statement in allowing.filter(|statement| statement.may_cover(action)) {
            match statement.reaches(design, resource) {
                Answer::Known(true) if statement.covers(action) => return Answer::Known(true),
                Answer::Known(true) => doubt = Some(Unknown("an action is not known".into())),
                Answer::Known(false) | Answer::Absent => {}
                Answer::Unknown(why) => doubt = Some(why),
            }
        }
        doubt.map_or(Answer::Known(false), Answer::Unknown)
    }

    /// Whether something may be done to any resource at all.
    pub(crate) fn allow_somewhere(&self, action: &str) -> Answer<bool> {
        let mut allowing = self.statements.iter().filter(|statement| statement.allows);
        let mut unread = allowing.clone().filter(|statement| statement.may_cover(action));
        match (allowing.any(|statement| statement.covers(action)), unread.next(), &self.doubt) {
            (true, ..) => Answer::Known(true),
            (false, None, None) => Answer::Known(false),
            (false, _, Some(why)) => Answer::Unknown(why.clone()),
            (false, Some(_), None) => Answer::Unknown(Unknown("an action is not known".into())),
        }
    }
}

impl Statement<'_> {
    /// Whether it covers an action, or has actions that are not known.
    fn may_cover(&self, action: &str) -> bool {
        let hides = match self.place.at("Action").items() {
            Answer::Known(actions) => actions.len() > self.actions.len(),
            // It says what it is not for, or only a deployment knows.
            Answer::Absent | Answer::Unknown(_) => true,
        };
        hides || self.covers(action)
    }

    /// Whether a resource, as [`Design::symbol`] gives it, is one of those that it speaks of.
    fn reaches(&self, design: &Design, resource: &str) -> Answer<bool> {
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
                    Some(_) => {}
                    None => doubt = Some(Unknown(format!("`{}` is not known", value.shown()))),
                },
                Answer::Unknown(why) => doubt = Some(why),
                Answer::Absent => {}
            }
        }
        doubt.map_or(Answer::Known(false), Answer::Unknown)
    }
}

/// Why not everything is known that a role may do; `None` if it is.
fn opaque(design: &Design, role: Resource<'_>) -> Option<Unknown> {
    let own = role.at("Policies").items();
    let managed = role.at("ManagedPolicyArns").items();
    let (own, managed) = match (own, managed) {
        (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => return Some(why),
        (own, managed) => (own.known().unwrap_or_default(), managed.known().unwrap_or_default()),
    };
    let unread = own.iter().find_map(|policy| unread(&policy.at("PolicyDocument")));
    unread.or_else(|| managed.iter().find_map(|policy| foreign(design, policy))).or_else(|| {
        let hidden = KINDS.iter().any(|kind| design.may_hide(kind, role.region()));
        hidden.then(|| Unknown("a policy may be there under a condition that is not known".into()))
    })
}

/// Why statements of a document are not known.
fn unread(document: &Place<'_>) -> Option<Unknown> {
    match document.at("Statement").items() {
        Answer::Unknown(why) => Some(why),
        Answer::Known(_) | Answer::Absent => None,
    }
}

/// Why a managed policy is not known; `None` for one of these templates.
fn foreign(design: &Design, policy: &Place<'_>) -> Option<Unknown> {
    match policy.reference() {
        Answer::Known(reference) if design.resource(reference).is_some() => None,
        _ => Some(Unknown(format!(
            "the managed policy `{}` is not in these templates",
            policy.shown()
        ))),
    }
}

/// The role of an ARN, where these templates have it.
pub(crate) fn role_of<'d>(design: &'d Design, arn: &Place<'_>) -> Option<Resource<'d>> {
    let value = arn.value().known()?;
    if let crate::value::Value::Reference(reference) = value {
        return design.resource(reference).filter(|role| role.kind() == "AWS::IAM::Role");
    }
    let arn = design.text(value).known()?;
    design.of("AWS::IAM::Role").find(|role| design.arn(*role).known().as_ref() == Some(&arn))
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

/// The types of policies that are attached to a role.
const KINDS: [&str; 3] = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];

/// The statements of everything that these templates give to a role: its own policies, and those that name it.
pub(crate) fn of_role<'d>(design: &'d Design, role: Resource<'d>) -> Vec<Statement<'d>> {
    let own = role.at("Policies").items().known().unwrap_or_default();
    let own = own.iter().map(|policy| policy.at("PolicyDocument"));
    let given = KINDS
        .into_iter()
        .flat_map(|kind| design.of(kind))
        .filter(|policy| names(design, *policy, role));
    let given = given.map(|policy| policy.at("PolicyDocument"));
    let managed = role.at("ManagedPolicyArns").items().known().unwrap_or_default();
    let managed = managed.iter().filter_map(|policy| design.resource(policy.reference().known()?));
    let managed = managed.map(|policy| policy.at("PolicyDocument"));
    own.chain(given).chain(managed).flat_map(|document| statements(&document)).collect()
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
