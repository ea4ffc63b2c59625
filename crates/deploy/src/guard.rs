//! What is not done unless people say the resource's name, and what is not done at all (rule
//! `cfn-deploy-guard-after-failover`).

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;

use crate::assembly::resources;
use crate::changes::{Action, Change, Changes, Replacement};
use crate::stateful::{Purpose, is_of_roles, is_stateful, purpose};

/// What the control record says, for whoever deploys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none: the system is being deployed for the first time, or is not one that has roles.
    None,
    /// What it says.
    Recorded {
        /// The Region that is active, where one is.
        active: Option<String>,
        /// The Region that is active as the templates suppose.
        home_primary: String,
        /// The run that is open.
        run: Option<String>,
    },
    /// It cannot be read, for this reason.
    Unreadable(String),
}

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
            let drift = || self.refuses_drift(change, standing);
            first.into_iter().chain(role.or_else(drift))
        });
        refusals.map(|refusal| Refusal { stack: changes.stack.clone(), ..refusal }).collect()
    }

    fn refuses_loss(&self, change: &Change) -> Option<Refusal> {
        if !change.is_destructive()
            || !is_stateful(&change.type_name)
            || is_named(&self.replace, change)
        {
            return None;
        }
        let what = match (change.action, change.replacement) {
            (Action::Remove, _) => "would be deleted",
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

    /// What a run has changed outside the templates is not changed back.
    fn refuses_drift(&self, change: &Change, standing: &Standing) -> Option<Refusal> {
        let (is_active, is_away) = match standing {
            Standing::Recorded { active, home_primary, .. } => {
                (active.is_some(), active.as_ref() != Some(home_primary))
            }
            // Nobody knows, and it may be.
            Standing::Unreadable(_) => (true, true),
            Standing::None => (false, false),
        };
        let is_meant = |name: &str| match purpose(&change.type_name, name) {
            Some(Purpose::Always) => true,
            Some(Purpose::WhileActive) => is_active,
            Some(Purpose::WhileAway) => is_away,
            None => false,
        };
        let drifted = change.properties.iter().filter(|it| it.is_drift && is_meant(&it.name));
        let drifted: Vec<&str> = drifted.map(|property| property.name.as_str()).collect();
        if drifted.is_empty() || is_named(&self.roles, change) {
            return None;
        }
        let why = format!(
            "({}) is not as the template says on purpose, by what a run or `activate` has done, and {} would be changed back",
            change.type_name,
            drifted.join(", ")
        );
        let advice = format!(
            "leave its stack out, or `--revert-drift`; or, if that is meant, `--allow-role-change {}`, and after it `tideover activate`",
            change.logical_id
        );
        Some(refusal(change, why, advice))
    }

    fn refuses_role(&self, change: &Change, standing: &Standing) -> Option<Refusal> {
        let Standing::Recorded { active, home_primary, .. } = standing else { return None };
        let is_home = active.as_ref() == Some(home_primary);
        if is_home || !is_of_roles(&change.type_name) || is_named(&self.roles, change) {
            return None;
        }
        let active = active
            .as_deref()
            .map_or_else(|| "no Region is active".to_owned(), |it| format!("{it} is active"));
        let why = format!(
            "({}) belongs to the roles of the Regions, and {active} instead of {home_primary}: the change may take the failover back",
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
