//! Change sets: made, looked at, carried out, forgotten.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    Capability, Change as AwsChange, ChangeSetStatus, ChangeSetType, DeploymentConfig,
    DeploymentConfigMode, DeploymentMode, ExecutionStatus, Parameter, Tag,
};

use super::{Ending, Pauses, Reviewed, Seat, Wish, is_missing, token};
use crate::ask::{Trouble, TroubleKind};
use crate::assembly::{Destination, TEMPLATE_BYTES_MAX};
use crate::assets::put;
use crate::changes::{Change, Changes, change, nested_change_set};
use crate::stateful::NESTED;

/// What AWS says of change sets in which nothing is to be done.
const NOTHING: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

impl Seat {
    /// Makes a change set, or finds the one that was made for the same before, and waits until AWS has looked at it.
    pub(crate) async fn review(&self, wish: &Wish) -> Result<Reviewed, Trouble> {
        let name = self.change_set_name(wish);
        if let Err(trouble) = self.create(&name, wish).await {
            if !trouble.has_code("AlreadyExistsException") {
                return Err(trouble);
            }
            let told = self.describe(&name).await?;
            // What it says of drift was so when it was made.
            if wish.reverts_drift || !is_of_use(&told) {
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
        let options = (wish.is_new, wish.imports_existing, wish.is_express, wish.reverts_drift);
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
        let has_nested =
            wish.template.as_ref().unwrap_or(&self.stack.template.text).contains(NESTED);
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
                // Without it nobody knows what becomes of what is in them.
                .set_include_nested_stacks(has_nested.then_some(true))
                .set_import_existing_resources(wish.imports_existing.then_some(true))
                .set_deployment_config(wish.is_express.then(|| express.clone()))
                .set_deployment_mode(wish.reverts_drift.then_some(DeploymentMode::RevertDrift))
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
        if text.len() <= TEMPLATE_BYTES_MAX {
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
        let service = aws::endpoint(&self.site.config(self.region()).await, "s3", self.region());
        let bucket = self.place.fill(&destination.bucket);
        let mut key = self.place.fill(&destination.key);
        if let Some(text) = &wish.template {
            key = format!("{}.json", token(text));
            let destination = Destination { key: key.clone(), ..destination.clone() };
            put(&self.site, &self.place, &destination, text).await?;
        }
        Ok((None, Some(format!("{service}/{bucket}/{key}"))))
    }

    /// The change set when AWS has looked at it.
    async fn reviewed(&self, name: &str) -> Result<DescribeChangeSetOutput, Trouble> {
        let mut pauses = Pauses::default();
        loop {
            let told = self.describe(name).await?;
            if !is_pending(&told) {
                return Ok(told);
            }
            pauses.wait().await;
        }
    }

    /// What AWS says of a change set of this stack, by its name or ARN.
    async fn describe(&self, name: &str) -> Result<DescribeChangeSetOutput, Trouble> {
        self.page(name, Some(&self.stack.name), None).await
    }

    async fn page(
        &self,
        name: &str,
        stack: Option<&str>,
        token: Option<String>,
    ) -> Result<DescribeChangeSetOutput, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DescribeChangeSet");
        let describe = || {
            let describe = client.describe_change_set().change_set_name(name);
            let describe = describe.set_stack_name(stack.map(str::to_owned));
            // Only with values does AWS tell which of them are not those of the last deployment.
            describe.include_property_values(true).set_next_token(token.clone()).send()
        };
        self.site.ask(&asked, describe).await
    }

    /// The changes with those of stacks in it, which have change sets of their own.
    async fn ready(
        &self,
        name: &str,
        is_new: bool,
        first: DescribeChangeSetOutput,
    ) -> Result<Reviewed, Trouble> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (id, stack_id) = (text(first.change_set_id()), text(first.stack_id()));
        let (mut changes, mut nested) = (Vec::new(), Vec::new());
        for told in self.all_pages(name, Some(&self.stack.name), first).await? {
            let Some(change) = change(&self.stack, &told) else { continue };
            nested.extend(nested_change_set(&told).map(|id| (id, change.path.clone())));
            changes.push(change);
        }
        while let Some((id, path)) = nested.pop() {
            let first = self.page(&id, None, None).await?;
            for told in self.all_pages(&id, None, first).await? {
                let Some(change) = change(&self.stack, &told) else { continue };
                let path = format!("{path}/{}", change.logical_id);
                nested.extend(nested_change_set(&told).map(|id| (id, path.clone())));
                changes.push(Change { path, ..change });
            }
        }
        let (stack, region) = (self.stack.id.clone(), self.region().to_owned());
        Ok(Reviewed::Ready { id, stack_id, changes: Changes { stack, region, is_new, changes } })
    }

    async fn all_pages(
        &self,
        name: &str,
        stack: Option<&str>,
        first: DescribeChangeSetOutput,
    ) -> Result<Vec<AwsChange>, Trouble> {
        let mut changes = Vec::new();
        let mut page = first;
        loop {
            changes.extend(page.changes().iter().cloned());
            let Some(token) = page.next_token().map(str::to_owned) else { return Ok(changes) };
            page = self.page(name, stack, Some(token)).await?;
        }
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
        let told = self.describe(change_set).await?;
        let begun = [
            ExecutionStatus::ExecuteInProgress,
            ExecutionStatus::ExecuteComplete,
            ExecutionStatus::ExecuteFailed,
        ];
        Ok(told.execution_status().is_some_and(|status| begun.contains(status)))
    }
}

fn parameter(name: &str, value: Option<&str>) -> Parameter {
    let parameter = Parameter::builder().parameter_key(name);
    match value {
        Some(value) => parameter.parameter_value(value).build(),
        None => parameter.use_previous_value(true).build(),
    }
}

/// Whether AWS has yet to look at a change set.
fn is_pending(told: &DescribeChangeSetOutput) -> bool {
    let pending = [ChangeSetStatus::CreatePending, ChangeSetStatus::CreateInProgress];
    told.status().is_some_and(|status| pending.contains(status))
}

/// Whether a change set that is there may still be carried out, or looked at.
fn is_of_use(told: &DescribeChangeSetOutput) -> bool {
    is_pending(told) || told.execution_status() == Some(&ExecutionStatus::Available)
}
