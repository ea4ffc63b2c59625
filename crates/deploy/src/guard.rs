//! What is not done unless people say the resource's name, and what is not done at all (rule
//! `cfn-deploy-guard-after-failover`).

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;

use crate::assembly::resources;
use crate::changes::{Action, Change, Changes, PropertyChange, Replacement};
use crate::standing::Standing;
use crate::stateful::{EVENT_SOURCE, NESTED, Purpose, is_of_roles, is_stateful, purpose};

/// What people have said may happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Resources, by logical id or construct path, that may be replaced, deleted, or taken out of their global cluster.
    pub replace: BTreeSet<String>,
    /// Resources that may be changed though the active Region is not the home primary.
    pub roles: BTreeSet<String>,
    /// Whether it may be done without reading the control record.
    pub without_record: bool,
}

/// Why something is not done, and what to type if it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stack.
    pub stack: String,
    /// The resource, by its construct path; empty when it is about the whole.
    pub path: String,
    /// Why.
    pub why: String,
    /// What to type if it is meant.
    pub advice: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, why, advice, .. } = self;
        match path.as_str() {
            "" => write!(f, "{why}; {advice}"),
            path => write!(f, "`{path}` {why}; {advice}"),
        }
    }
}

impl Guard {
    /// Why nothing at all is to be deployed or destroyed at present.
    #[must_use]
    pub fn refuses_all(&self, standing: &Standing) -> Option<Refusal> {
        let (why, advice) = match standing {
            Standing::Recorded { run: Some(run), .. } => (
                format!("the run `{run}` is open, and what it does must not be changed under it"),
                format!("end it first: `tideover resume {run}`, or `tideover abort {run}`"),
            ),
            Standing::Unreadable(cause) if !self.without_record => (
                format!("the control record cannot be read, so that nobody knows whether a run is open or which Region is active: {cause}"),
                "type the command again when it can be, or with `--without-control-record` if you know".to_owned(),
            ),
            _ => return None,
        };
        Some(Refusal { stack: String::new(), path: String::new(), why, advice })
    }

    /// Why these changes are not carried out at present, whatever was found when they were planned.
    pub(crate) fn refuses_now(
        &self,
        changes: &Changes,
        emptied: &BTreeSet<String>,
        standing: &Standing,
    ) -> Vec<Refusal> {
        match self.refuses_all(standing) {
            Some(refusal) => vec![Refusal { stack: changes.stack.clone(), ..refusal }],
            None => self.refuses(changes, emptied, standing),
        }
    }

    /// Why these changes are not made. `emptied` are the logical ids of clusters that would leave their global cluster.
    #[must_use]
    pub fn refuses(
        &self,
        changes: &Changes,
        emptied: &BTreeSet<String>,
        standing: &Standing,
    ) -> Vec<Refusal> {
        // What is made anew was not there to be lost, and nothing of it has a role yet.
        if changes.is_new {
            return Vec::new();
        }
        let refusals = changes.changes.iter().flat_map(|change| {
            let lost = self.refuses_loss(change);
            let left = || self.refuses_leaving(change, emptied);
            let first = lost.or_else(left);
            let role = self.refuses_role(change, standing);
            let sleep = || self.refuses_sleep(change, standing.is_active_in(&changes.region));
            let purpose = || self.refuses_purpose(change, standing);
            first.into_iter().chain(role.or_else(sleep).or_else(purpose))
        });
        refusals.map(|refusal| Refusal { stack: changes.stack.clone(), ..refusal }).collect()
    }

    fn refuses_loss(&self, change: &Change) -> Option<Refusal> {
        let holds_data = is_stateful(&change.type_name) || change.type_name == NESTED;
        if !change.is_destructive() || !holds_data || is_named(&self.replace, change) {
            return None;
        }
        let what = match (change.action, change.replacement) {
            (Action::Remove, _) if change.type_name == NESTED => {
                "would be deleted with all that is in it"
            }
            (Action::Remove, _) => "would be deleted",
            (_, Replacement::Perhaps) if change.type_name == NESTED => {
                "is changed, and AWS does not say what becomes of what is in it"
            }
            (_, Replacement::Always) => "would be replaced by an empty one",
            _ => "may be replaced by an empty one",
        };
        let kept =
            if change.is_kept { " (what is there stays in AWS, outside of the stack)" } else { "" };
        let causes: Vec<&str> =
            change.properties.iter().map(|property| property.name.as_str()).collect();
        let causes = match (change.action, causes.is_empty()) {
            (Action::Remove, _) | (_, true) => String::new(),
            _ => format!(" by the change of {}", causes.join(", ")),
        };
        let why = format!("({}) {what}{causes}{kept}", change.type_name);
        Some(refusal(
            change,
            why,
            format!("if that is meant: `--allow-replace {}`", change.logical_id),
        ))
    }

    fn refuses_leaving(&self, change: &Change, emptied: &BTreeSet<String>) -> Option<Refusal> {
        if !emptied.contains(&change.logical_id) || is_named(&self.replace, change) {
            return None;
        }
        let why =
            format!("({}) would leave its global cluster, and replicate no more", change.type_name);
        Some(refusal(
            change,
            why,
            format!("if that is meant: `--allow-replace {}`", change.logical_id),
        ))
    }

    /// What a run has changed outside the templates is not changed back: not by looking for drift, and not by a template
    /// that says another value than it did before.
    fn refuses_purpose(&self, change: &Change, standing: &Standing) -> Option<Refusal> {
        let is_meant = |property: &&PropertyChange| {
            match purpose(&change.type_name, &property.name) {
                // What the templates say of it is their own; only what is there is not as they say.
                Some(Purpose::Always) => property.is_drift,
                Some(Purpose::WhileActive) => standing.is_active(),
                Some(Purpose::WhileAway) => standing.is_away(),
                None => false,
            }
        };
        let meant: Vec<&PropertyChange> = change.properties.iter().filter(is_meant).collect();
        if meant.is_empty() || is_named(&self.roles, change) {
            return None;
        }
        let names: Vec<&str> = meant.iter().map(|property| property.name.as_str()).collect();
        let names = names.join(", ");
        let is_drift = meant.iter().any(|property| property.is_drift);
        let (why, first) = if is_drift {
            (
                format!(
                    "is not as the template says on purpose, by what a run or `activate` has done, and {names} would be changed back"
                ),
                "leave its stack out, or `--revert-drift`",
            )
        } else {
            (
                format!(
                    "may have been closed by a run, and the change of {names} would open it again"
                ),
                "first `tideover failback`, or leave its stack out",
            )
        };
        let why = format!("({}) {why}", change.type_name);
        let advice = format!(
            "{first}; or, if that is meant, `--allow-role-change {}`, and after it `tideover activate`",
            change.logical_id
        );
        Some(refusal(change, why, advice))
    }

    /// CloudFormation writes all that a template says of an event source when any of it changes, and templates have them
    /// off: whoever takes payments would not be woken any more.
    fn refuses_sleep(&self, change: &Change, is_active: bool) -> Option<Refusal> {
        let is_there = change.type_name == EVENT_SOURCE && change.action != Action::Add;
        if !is_there || !is_active || is_named(&self.roles, change) {
            return None;
        }
        let why = format!(
            "({EVENT_SOURCE}) would be turned off by the change where it is on: `activate` has turned it on outside of the template"
        );
        let advice = format!(
            "leave its stack out; or, if that is meant, `--allow-role-change {}`, and at once after it `tideover activate`",
            change.logical_id
        );
        Some(refusal(change, why, advice))
    }

    fn refuses_role(&self, change: &Change, standing: &Standing) -> Option<Refusal> {
        if !standing.is_away() || !is_of_roles(&change.type_name) || is_named(&self.roles, change) {
            return None;
        }
        let active = match standing {
            Standing::Recorded { active: Some(active), home_primary, .. } => {
                format!("{active} is active instead of {home_primary}")
            }
            Standing::Recorded { home_primary, .. } => {
                format!("no Region is active instead of {home_primary}")
            }
            _ => "nobody knows which is active".to_owned(),
        };
        let why = format!(
            "({}) belongs to the roles of the Regions, and {active}: the change may take a failover back",
            change.type_name
        );
        Some(refusal(
            change,
            why,
            format!(
                "first `tideover failback`; or, if that is meant, `--allow-role-change {}`",
                change.logical_id
            ),
        ))
    }
}

fn refusal(change: &Change, why: String, advice: String) -> Refusal {
    Refusal { stack: String::new(), path: change.path.clone(), why, advice }
}

fn is_named(names: &BTreeSet<String>, change: &Change) -> bool {
    names.contains(&change.logical_id) || names.contains(&change.path)
}

/// The clusters that are in a global cluster by the template that is there, and would not be by the new one.
pub(crate) fn emptied(old: &Json, new: &Json) -> BTreeSet<String> {
    let member = |resource: &Json| match &resource["Properties"]["GlobalClusterIdentifier"] {
        Json::Null => false,
        Json::String(text) => !text.is_empty(),
        _ => true,
    };
    let clusters =
        resources(old).filter(|(_, it)| it["Type"] == "AWS::RDS::DBCluster" && member(it));
    let leaving =
        clusters.filter(|(id, _)| new["Resources"].get(*id).is_some_and(|it| !member(it)));
    leaving.map(|(id, _)| id.to_owned()).collect()
}

#[cfg(test)]
mod tests;
