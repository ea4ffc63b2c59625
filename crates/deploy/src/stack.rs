//! One stack in CloudFormation: what it is, and the requests that change it.
//!
//! Each request that changes something may be sent twice: a change set is named after what it contains, and what is
//! done with it after the change set.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    Capability, ChangeSetStatus, ChangeSetType, DeploymentConfig, DeploymentConfigMode,
    ExecutionStatus, Parameter, Stack as AwsStack, Tag, TemplateStage,
};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::ask::{Question, Trouble, TroubleKind};
use crate::assembly::{Place, Stack, TEMPLATE_BYTES_MAX};
use crate::changes::{Changes, change};
use crate::events::Event;
use crate::site::{Site, question};
use crate::status::is_over;
use crate::told::Told;

/// The first pause between two looks at something that takes time, and the longest.
const LOOK_FIRST: Duration = Duration::from_millis(50);
const LOOK_MAX: Duration = Duration::from_secs(5);

/// What AWS says of change sets in which nothing is to be done.
const NOTHING: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

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
    pub(crate) is_protected: bool,
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
        let config = self.site.config_as(&self.place, self.stack.deploy_role.as_deref()).await?;
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
        let client = self.client().await?;
        let asked = self.question("cloudformation:GetTemplate");
        let get = || {
            client
                .get_template()
                .stack_name(&self.stack.name)
                .template_stage(TemplateStage::Original)
                .send()
        };
        let told = match self.site.ask(&asked, get).await {
            Ok(told) => told,
            Err(trouble) if is_missing(&trouble) => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        // What is no JSON was not made by an assembly, and equals none.
        Ok(Some(
            told.template_body()
                .map_or(Json::Null, |body| serde_json::from_str(body).unwrap_or(Json::Null)),
        ))
    }

    /// Makes a change set, or finds the one that was made for the same before, and waits until AWS has looked at it.
    pub(crate) async fn review(&self, wish: &Wish) -> Result<Reviewed, Trouble> {
        let name = self.change_set_name(wish);
        if let Err(trouble) = self.create(&name, wish).await {
            if !trouble.has_code("AlreadyExistsException") {
                return Err(trouble);
            }
            let told = self.describe(&name, None).await?;
            if !is_of_use(&told) {
                self.forget(&name).await?;
                self.create(&name, wish).await?;
            }
        }
        let told = self.reviewed(&name).await?;
        if told.status() != Some(&ChangeSetStatus::Failed) {
            return self.ready(&name, wish.is_new, told).await;
        }
        self.forget(&name).await?;
        let why = told.status_reason().unwrap_or("for no reason that it tells").to_owned();
        Ok(if NOTHING.iter().any(|it| why.contains(it)) {
            Reviewed::Nothing
        } else {
            Reviewed::Failed(why)
        })
    }

    /// A name that follows from all that the change set is made of.
    fn change_set_name(&self, wish: &Wish) -> String {
        let text = wish.template.as_ref().unwrap_or(&self.stack.template.text);
        let options = (wish.is_new, wish.imports_existing, wish.is_express);
        let all = format!("{text}\n{:?}\n{:?}\n{options:?}", wish.parameters, self.stack.tags);
        token(&all)
    }

    async fn create(&self, name: &str, wish: &Wish) -> Result<(), Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:CreateChangeSet");
        let kind = if wish.is_new { ChangeSetType::Create } else { ChangeSetType::Update };
        let (body, url) = self.template_to_send(wish).await?;
        let role = self.stack.execution_role.as_ref().map(|role| self.place.fill(role));
        let parameters: Vec<Parameter> =
            wish.parameters.iter().map(|(name, value)| parameter(name, value.as_deref())).collect();
        let tags: Vec<Tag> = self
            .stack
            .tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect();
        let express = DeploymentConfig::builder().mode(DeploymentConfigMode::Express).build();
        let create = || {
            let create =
                client.create_change_set().stack_name(&self.stack.name).change_set_name(name);
            create
                .change_set_type(kind.clone())
                .set_template_body(body.clone())
                .set_template_url(url.clone())
                .set_role_arn(role.clone())
                .set_parameters(Some(parameters.clone()))
                .set_tags(Some(tags.clone()))
                .set_import_existing_resources(wish.imports_existing.then_some(true))
                .set_deployment_config(wish.is_express.then(|| express.clone()))
                .capabilities(Capability::CapabilityIam)
                .capabilities(Capability::CapabilityNamedIam)
                .capabilities(Capability::CapabilityAutoExpand)
                .send()
        };
        self.site.ask(&asked, create).await.map(|_| ())
    }

    /// The template, or where it is when it is too large to be sent.
    async fn template_to_send(
        &self,
        wish: &Wish,
    ) -> Result<(Option<String>, Option<String>), Trouble> {
        let text = wish.template.as_ref().unwrap_or(&self.stack.template.text);
        if text.len() <= TEMPLATE_BYTES_MAX || wish.template.is_some() {
            return Ok((Some(text.clone()), None));
        }
        let destination = self.stack.template_asset().and_then(|asset| asset.destinations.first());
        let destination = destination.ok_or_else(|| Trouble {
            action: "cloudformation:CreateChangeSet",
            region: self.region().to_owned(),
            about: format!("the stack `{}`", self.stack.name),
            kind: TroubleKind::Refused,
            code: None,
            said: format!("its template has more than {TEMPLATE_BYTES_MAX} bytes, and is no asset of the assembly"),
        })?;
        let config = self.site.config(self.region()).await;
        let suffix =
            if self.place.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        let service = || format!("https://s3.{}.{suffix}", self.region());
        let service = config.endpoint_url().map_or_else(service, str::to_owned);
        let bucket = self.place.fill(&destination.bucket);
        Ok((None, Some(format!("{service}/{bucket}/{}", self.place.fill(&destination.key)))))
    }

    /// The change set when AWS has looked at it.
    async fn reviewed(&self, name: &str) -> Result<DescribeChangeSetOutput, Trouble> {
        let mut pause = LOOK_FIRST;
        loop {
            let told = self.describe(name, None).await?;
            let is_pending = matches!(
                told.status(),
                Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress)
            );
            if !is_pending {
                return Ok(told);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOK_MAX);
        }
    }

    async fn describe(
        &self,
        name: &str,
        token: Option<String>,
    ) -> Result<DescribeChangeSetOutput, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DescribeChangeSet");
        let describe = || {
            let describe =
                client.describe_change_set().stack_name(&self.stack.name).change_set_name(name);
            describe.set_next_token(token.clone()).send()
        };
        self.site.ask(&asked, describe).await
    }

    /// All pages of the changes.
    async fn ready(
        &self,
        name: &str,
        is_new: bool,
        first: DescribeChangeSetOutput,
    ) -> Result<Reviewed, Trouble> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (id, stack_id) = (text(first.change_set_id()), text(first.stack_id()));
        let mut changes = Vec::new();
        let mut page = first;
        loop {
            changes.extend(page.changes().iter().filter_map(|told| change(&self.stack, told)));
            let Some(token) = page.next_token().map(str::to_owned) else { break };
            page = self.describe(name, Some(token)).await?;
        }
        let (stack, region) = (self.stack.id.clone(), self.region().to_owned());
        Ok(Reviewed::Ready { id, stack_id, changes: Changes { stack, region, is_new, changes } })
    }

    /// Deletes a change set that is not carried out.
    pub(crate) async fn forget(&self, name: &str) -> Result<(), Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DeleteChangeSet");
        let delete =
            || client.delete_change_set().stack_name(&self.stack.name).change_set_name(name).send();
        match self.site.ask(&asked, delete).await {
            Err(trouble) if !trouble.has_code("ChangeSetNotFound") && !is_missing(&trouble) => {
                Err(trouble)
            }
            _ => Ok(()),
        }
    }

    /// Carries a change set out, and waits for its end.
    pub(crate) async fn execute(
        &self,
        change_set: &str,
        stack_id: &str,
        is_new: bool,
    ) -> Result<Ending, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:ExecuteChangeSet");
        let token = token(change_set);
        let execute = || {
            let execute = client
                .execute_change_set()
                .change_set_name(change_set)
                .client_request_token(&token);
            // What a creation that fails has made is not left behind, where it would be in the way of the next.
            execute.set_retain_except_on_create(is_new.then_some(true)).send()
        };
        match self.site.ask(&asked, execute).await {
            // The answer to an earlier request was lost.
            Err(trouble) if !trouble.has_code("InvalidChangeSetStatus") => return Err(trouble),
            Err(trouble) if !self.is_executed(change_set).await? => return Err(trouble),
            _ => {}
        }
        self.watch(stack_id, Some(&token)).await
    }

    async fn is_executed(&self, change_set: &str) -> Result<bool, Trouble> {
        let told = self.describe(change_set, None).await?;
        let begun = [
            ExecutionStatus::ExecuteInProgress,
            ExecutionStatus::ExecuteComplete,
            ExecutionStatus::ExecuteFailed,
        ];
        Ok(told.execution_status().is_some_and(|status| begun.contains(status)))
    }

    /// Deletes the stack, and waits for its end.
    pub(crate) async fn delete(&self, found: &Found) -> Result<Ending, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DeleteStack");
        // Another try after a failed one is another operation.
        let token = token(&format!("{}{}", found.id, found.status));
        let role = self.stack.execution_role.as_ref().map(|role| self.place.fill(role));
        let delete = || {
            let delete = client.delete_stack().stack_name(&found.id).client_request_token(&token);
            delete.set_role_arn(role.clone()).send()
        };
        self.site.ask(&asked, delete).await?;
        self.watch(&found.id, Some(&token)).await
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

    /// Waits for the end of the operation with this token, or of whichever is going on; tells its events meanwhile.
    pub(crate) async fn watch(
        &self,
        stack_id: &str,
        token: Option<&str>,
    ) -> Result<Ending, Trouble> {
        let mut events: Vec<Event> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pause = LOOK_FIRST;
        loop {
            let news = self.news(stack_id, token, &seen).await?;
            if !news.is_empty() {
                pause = LOOK_FIRST;
            }
            for event in news {
                seen.insert(event.id.clone());
                self.site
                    .tell(Told::Happened { stack: self.stack.id.clone(), event: event.clone() });
                events.push(event);
            }
            let last = events.iter().rev().find(|event| event.is_of_stack);
            if let Some(last) = last.filter(|event| is_over(&event.status)) {
                return Ok(Ending { status: last.status.clone(), events });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOK_MAX);
        }
    }

    /// The events of the operation that has ended, without telling them.
    pub(crate) async fn watch_quietly(&self, stack_id: &str) -> Result<Vec<Event>, Trouble> {
        self.news(stack_id, None, &BTreeSet::new()).await
    }

    /// The events of the newest operation that were not seen, oldest first; none while it is not the one that is meant.
    async fn news(
        &self,
        stack_id: &str,
        token: Option<&str>,
        seen: &BTreeSet<String>,
    ) -> Result<Vec<Event>, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DescribeStackEvents");
        let mut news = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let describe = || {
                client
                    .describe_stack_events()
                    .stack_name(stack_id)
                    .set_next_token(next.clone())
                    .send()
            };
            let told = self.site.ask(&asked, describe).await?;
            for event in told.stack_events() {
                let event = Event::of(&self.stack, event);
                if seen.contains(&event.id) {
                    news.reverse();
                    return Ok(news);
                }
                let is_beginning = event.is_beginning();
                let is_meant = token.is_none() || event.token.as_deref() == token;
                news.push(event);
                if is_beginning {
                    news.reverse();
                    return Ok(if is_meant { news } else { Vec::new() });
                }
            }
            next = told.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(Vec::new());
            }
        }
    }

    /// What is in the stack: logical id, type, physical id.
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
            for it in told.stack_resource_summaries() {
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
    Found {
        id: stack.stack_id().unwrap_or_default().to_owned(),
        status: stack.stack_status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        parameters: parameters.collect(),
        tags: tags.collect(),
        is_protected: stack.enable_termination_protection().unwrap_or(false),
    }
}

fn parameter(name: &str, value: Option<&str>) -> Parameter {
    let parameter = Parameter::builder().parameter_key(name);
    match value {
        Some(value) => parameter.parameter_value(value).build(),
        None => parameter.use_previous_value(true).build(),
    }
}

/// Whether the answer means that there is no such stack.
fn is_missing(trouble: &Trouble) -> bool {
    trouble.has_code("ValidationError") && trouble.said.contains("does not exist")
}

/// Whether a change set that is there may still be carried out, or looked at.
fn is_of_use(told: &DescribeChangeSetOutput) -> bool {
    let is_pending = matches!(
        told.status(),
        Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress)
    );
    is_pending || told.execution_status() == Some(&ExecutionStatus::Available)
}

/// A name for what is done with a change set or a stack, which follows from it.
fn token(of: &str) -> String {
    format!("tideover-{}", hash(of))
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
