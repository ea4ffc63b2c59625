//! One stack in CloudFormation: what it is, and the requests that change it; change sets in `change_set`, and what
//! happens meanwhile in `watch`.
//!
//! Each request that changes something may be sent twice: a change set is named after what it contains, and what is
//! done with it after the change set.

mod change_set;
mod watch;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    ResourceStatus, Stack as AwsStack, StackResourceSummary, StackStatus, TemplateStage,
};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::ask::{Question, Trouble};
use crate::assembly::{Place, Stack};
use crate::changes::Changes;
use crate::events::Event;
use crate::site::{Site, question};

/// The first pause between two looks at something that takes time, and the longest.
const LOOK_FIRST: Duration = Duration::from_millis(50);
const LOOK_MAX: Duration = Duration::from_secs(5);

/// The pauses between looks at something that takes time, each twice as long as the one before.
pub(crate) struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(LOOK_FIRST)
    }
}

impl Pauses {
    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(LOOK_MAX);
    }
}

/// One stack and the place that it goes to.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) site: Site,
    pub(crate) stack: Stack,
    pub(crate) place: Place,
}

/// A stack as it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its ARN, under which it is known even after it is deleted.
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) is_protected: bool,
    /// When something was last begun on it, in AWS's words.
    pub(crate) last_begun: String,
    /// When it was changed last, or made.
    pub(crate) changed_at: Option<SystemTime>,
}

/// How a stack is to be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) is_new: bool,
    /// Values of parameters, or none for those that keep theirs; the others have their defaults.
    pub(crate) parameters: BTreeMap<String, Option<String>>,
    /// Another template than that of the assembly.
    pub(crate) template: Option<String>,
    pub(crate) imports_existing: bool,
    pub(crate) is_express: bool,
    /// Whether what was changed outside CloudFormation is changed back.
    pub(crate) reverts_drift: bool,
}

/// What became of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reviewed {
    /// Nothing would change.
    Nothing,
    /// It can be carried out.
    Ready { id: String, stack_id: String, changes: Changes },
    /// AWS does not make it, for this reason.
    Failed(String),
}

/// How an operation on a stack ended, with its events, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) status: String,
    pub(crate) events: Vec<Event>,
}

impl Seat {
    pub(crate) fn region(&self) -> &str {
        &self.place.region
    }

    fn question(&self, action: &'static str) -> Question {
        question(action, self.region(), &format!("the stack `{}`", self.stack.name))
    }

    async fn client(&self) -> Result<Client, Trouble> {
        let config = self.site.config_as(&self.place, self.stack.deploy_role.as_ref()).await?;
        Ok(Client::new(&config))
    }

    /// The stack as it is there; none when it is not.
    pub(crate) async fn look(&self) -> Result<Option<Found>, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DescribeStacks");
        let told = self
            .site
            .ask(&asked, || client.describe_stacks().stack_name(&self.stack.name).send())
            .await;
        match told {
            Ok(told) => Ok(told
                .stacks()
                .first()
                .map(found)
                .filter(|found| found.status != "DELETE_COMPLETE")),
            Err(trouble) if is_missing(&trouble) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// The template that is there, as it was sent; none when there is none.
    pub(crate) async fn template(&self) -> Result<Option<Json>, Trouble> {
        // What is no JSON was not made by an assembly, and equals none.
        let text = self.template_text().await?;
        Ok(text.map(|text| serde_json::from_str(&text).unwrap_or(Json::Null)))
    }

    /// The same, as text.
    pub(crate) async fn template_text(&self) -> Result<Option<String>, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:GetTemplate");
        let get = || {
            client
                .get_template()
                .stack_name(&self.stack.name)
                .template_stage(TemplateStage::Original)
                .send()
        };
        match self.site.ask(&asked, get).await {
            Ok(told) => Ok(Some(told.template_body().unwrap_or_default().to_owned())),
            Err(trouble) if is_missing(&trouble) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Deletes the stack, and waits for its end.
    pub(crate) async fn delete(&self, found: &Found) -> Result<Ending, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DeleteStack");
        // Another try after a failed one is another operation.
        let token = token(&format!("{}{}{}", found.id, found.status, found.last_begun));
        let role = self.stack.execution_role.as_ref().map(|role| self.place.fill(role));
        let delete = || {
            let delete = client.delete_stack().stack_name(&found.id).client_request_token(&token);
            delete.set_role_arn(role.clone()).send()
        };
        self.site.ask(&asked, delete).await?;
        self.watch(&found.id, Some(&token)).await
    }

    /// The ARN of the newest stack of this name that was deleted, as long as AWS remembers it.
    pub(crate) async fn deleted(&self) -> Result<Option<String>, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:ListStacks");
        let mut newest = None;
        let mut next: Option<String> = None;
        loop {
            let list = || {
                let list = client.list_stacks().stack_status_filter(StackStatus::DeleteComplete);
                list.set_next_token(next.clone()).send()
            };
            let told = self.site.ask(&asked, list).await?;
            let named = told.stack_summaries().iter();
            for it in named.filter(|it| it.stack_name() == Some(self.stack.name.as_str())) {
                let begun = it.creation_time().copied();
                newest = newest.max(begun.zip(it.stack_id().map(str::to_owned)));
            }
            next = told.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(newest.map(|(_, id)| id));
            }
        }
    }

    /// Protects the stack from being deleted, or not.
    pub(crate) async fn protect(&self, is_protected: bool) -> Result<(), Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:UpdateTerminationProtection");
        let protect = || {
            let protect = client.update_termination_protection().stack_name(&self.stack.name);
            protect.enable_termination_protection(is_protected).send()
        };
        self.site.ask(&asked, protect).await.map(|_| ())
    }

    /// What is in the stack: logical id, type, physical id; without what was deleted.
    pub(crate) async fn resources(
        &self,
        stack_id: &str,
    ) -> Result<Vec<(String, String, String)>, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:ListStackResources");
        let mut resources = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let list = || {
                client
                    .list_stack_resources()
                    .stack_name(stack_id)
                    .set_next_token(next.clone())
                    .send()
            };
            let told = self.site.ask(&asked, list).await?;
            let is_there = |it: &&StackResourceSummary| {
                it.resource_status() != Some(&ResourceStatus::DeleteComplete)
            };
            for it in told.stack_resource_summaries().iter().filter(is_there) {
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                resources.push((
                    text(it.logical_resource_id()),
                    text(it.resource_type()),
                    text(it.physical_resource_id()),
                ));
            }
            next = told.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(resources);
            }
        }
    }
}

fn found(stack: &AwsStack) -> Found {
    let parameters = stack
        .parameters()
        .iter()
        .filter_map(|it| Some((it.parameter_key()?.to_owned(), it.parameter_value()?.to_owned())));
    let tags =
        stack.tags().iter().filter_map(|it| Some((it.key()?.to_owned(), it.value()?.to_owned())));
    let outputs = stack
        .outputs()
        .iter()
        .filter_map(|it| Some((it.output_key()?.to_owned(), it.output_value()?.to_owned())));
    Found {
        id: stack.stack_id().unwrap_or_default().to_owned(),
        status: stack.stack_status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        parameters: parameters.collect(),
        tags: tags.collect(),
        outputs: outputs.collect(),
        is_protected: stack.enable_termination_protection().unwrap_or(false),
        last_begun: format!("{:?}{:?}", stack.last_updated_time(), stack.deletion_time()),
        changed_at: stack
            .last_updated_time()
            .or(stack.creation_time())
            .and_then(|at| SystemTime::try_from(*at).ok()),
    }
}

/// Whether the answer means that there is no such stack.
fn is_missing(trouble: &Trouble) -> bool {
    trouble.has_code("ValidationError") && trouble.said.contains("does not exist")
}

/// A name for what is done with a change set or a stack, which follows from it.
fn token(of: &str) -> String {
    format!("tideover-{}", hash(of))
}

pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
