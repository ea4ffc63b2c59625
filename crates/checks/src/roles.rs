//! Roles of these templates, and what everything that they are given lets them do.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::policy::{Statement, statements};
use crate::resolve::ACCOUNT;
use crate::value::{Reference, Value};

/// The type of a role.
const ROLE: &str = "AWS::IAM::Role";
/// The types of policies that are attached to a role.
const KINDS: [&str; 3] = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];

/// The roles of a design with the policies that name them, read once.
#[derive(Debug)]
pub(crate) struct Roles<'d> {
    design: &'d Design,
    by_arn: BTreeMap<String, Resource<'d>>,
    /// Roles by name; roles are in no Region.
    named: BTreeMap<String, Resource<'d>>,
    /// Policies by the role that they refer to.
    by_reference: BTreeMap<Reference, Vec<Resource<'d>>>,
    /// Policies by the name of a role.
    policies_by_name: BTreeMap<String, Vec<Resource<'d>>>,
    /// Regions in which policies may be hidden.
    hidden: BTreeSet<&'d str>,
}

impl<'d> Roles<'d> {
    /// Reads them.
    pub(crate) fn of(design: &'d Design) -> Self {
        let regions = design.stacks().iter().filter_map(|stack| stack.region.as_deref());
        let regions: BTreeSet<&str> = regions.chain([""]).collect();
        let hides = |region: &&str| KINDS.iter().any(|kind| design.may_hide(kind, region));
        let arns = design.of(ROLE).filter_map(|role| Some((design.arn(role).known()?, role)));
        let named = design.of(ROLE).filter_map(|role| Some((design.name(role).known()?, role)));
        let mut roles = Self {
            design,
            by_arn: arns.collect(),
            named: named.collect(),
            by_reference: BTreeMap::new(),
            policies_by_name: BTreeMap::new(),
            hidden: regions.into_iter().filter(hides).collect(),
        };
        for policy in KINDS.into_iter().flat_map(|kind| design.of(kind)) {
            roles.attach(policy);
        }
        roles
    }

    fn attach(&mut self, policy: Resource<'d>) {
        let many = policy.at("Roles").items().known().unwrap_or_default();
        for named in many.into_iter().chain([policy.at("RoleName")]) {
            match named.value() {
                Answer::Known(Value::Reference(reference)) => {
                    let role = Reference { attribute: None, ..reference.clone() };
                    self.by_reference.entry(role).or_default().push(policy);
                }
                Answer::Known(value) => {
                    if let Answer::Known(name) = self.design.text(value) {
                        self.policies_by_name.entry(name).or_default().push(policy);
                    }
                }
                Answer::Absent | Answer::Unknown(_) => {}
            }
        }
    }

    /// The role of an ARN or a name, where these templates have it, in the stack of whichever Region.
    pub(crate) fn role(&self, named: &Place<'_>) -> Option<Resource<'d>> {
        let value = named.value().known()?;
        if let Value::Reference(reference) = value {
            return self.design.resource(reference).filter(|role| role.kind() == ROLE);
        }
        let text = self.design.text(value).known()?;
        self.by_arn.get(&text).or_else(|| self.by_name(&text)).copied()
    }

    /// The role of a name, or of an ARN with a path before the name, if it is not one of another account.
    fn by_name(&self, text: &str) -> Option<&Resource<'d>> {
        let role = self.named.get(text.rsplit('/').next()?)?;
        let known = text.replace(ACCOUNT, "");
        let account = known.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(3));
        let account = account.filter(|account| !account.is_empty());
        let own = role.stack.account.as_deref();
        let is_foreign = account.zip(own).is_some_and(|(account, own)| account != own);
        (!is_foreign).then_some(role)
    }

    /// The statements of everything that these templates give to a role.
    pub(crate) fn statements(&self, role: Resource<'d>) -> Vec<Statement<'d>> {
        let documents = self.documents(role, &mut None);
        documents.iter().flat_map(statements).collect()
    }

    /// Everything that these templates let a role do.
    pub(crate) fn permissions(&self, role: Resource<'d>) -> Permissions<'d> {
        let mut doubt = None;
        let documents = self.documents(role, &mut doubt);
        for document in &documents {
            if let Answer::Unknown(why) = document.at("Statement").items() {
                doubt = Some(why);
            }
        }
        if self.hidden.contains(role.region()) {
            doubt = Some(Unknown("a policy may be there that is not seen".into()));
        }
        Permissions { statements: documents.iter().flat_map(statements).collect(), doubt }
    }

    /// The documents of every policy that a role has.
    fn documents(&self, role: Resource<'d>, doubt: &mut Option<Unknown>) -> Vec<Place<'d>> {
        let mut documents = self.own(role, doubt);
        documents.extend(self.given(role).map(|policy| policy.at("PolicyDocument")));
        documents
    }

    /// The documents that the role itself names.
    fn own(&self, role: Resource<'d>, doubt: &mut Option<Unknown>) -> Vec<Place<'d>> {
        let mut documents = Vec::new();
        match role.at("Policies").items() {
            Answer::Known(policies) => {
                documents.extend(policies.iter().map(|policy| policy.at("PolicyDocument")));
            }
            Answer::Unknown(why) => *doubt = Some(why),
            Answer::Absent => {}
        }
        match role.at("ManagedPolicyArns").items() {
            Answer::Known(policies) => {
                for policy in policies {
                    let reference = policy.reference().known();
                    match reference.and_then(|reference| self.design.resource(reference)) {
                        Some(found) => documents.push(found.at("PolicyDocument")),
                        None => *doubt = Some(foreign(&policy)),
                    }
                }
            }
            Answer::Unknown(why) => *doubt = Some(why),
            Answer::Absent => {}
        }
        documents
    }

    /// The policies that name the role.
    fn given(&self, role: Resource<'d>) -> impl Iterator<Item = Resource<'d>> {
        let name = self.design.name(role).known();
        let by_name = name.and_then(|name| self.policies_by_name.get(&name)).into_iter().flatten();
        let by_reference = self.by_reference.get(&role.reference(None)).into_iter().flatten();
        by_reference.chain(by_name).copied()
    }
}

/// Why a managed policy is not known.
fn foreign(policy: &Place<'_>) -> Unknown {
    Unknown(format!("the managed policy `{}` is not in these templates", policy.shown()))
}

/// What a role may do.
#[derive(Debug)]
pub(crate) struct Permissions<'d> {
    statements: Vec<Statement<'d>>,
    /// Why that is not all, where it is not.
    doubt: Option<Unknown>,
}

impl Permissions<'_> {
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
