//! What wakes the outbox worker: a queue that gets a message each minute, and one more after each payment.
//!
//! The mapping from queue to worker is off in both templates. Activation turns it on in the Region that is
//! active, and a role change moves it (rule `lambda-esm-disabled-in-standby`); a message that nobody takes
//! is gone after a minute.

use cfn::events::Rule;
use cfn::events::rule::{RuleState, Target};
use cfn::lambda::event_source_mapping::ScalingConfig;
use cfn::lambda::{Alias, EventSourceMapping};
use cfn::sqs::{Queue, QueuePolicy};
use cfn::{Handle, Stack, set};
use topology::Function as Model;

use crate::functions::Context;
use crate::policy::{self, Allow, allow};
use crate::site::Site;

pub(crate) fn worker(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    alias: &Handle<Alias>,
) {
    if context.site.topology.processor.url.is_none() {
        let text = "`processor.url` is not set: payments are accepted and stay posted; set it before you take any";
        stack.warnings.push(text.to_owned());
    }
    let queue = Queue {
        queue_name: set(context.site.wake_up_queue()),
        kms_master_key_id: set(context.foundation.signals_key.arn()),
        message_retention_period: set(60),
        visibility_timeout: set(6 * i64::from(model.timeout_seconds)),
        ..Queue::default()
    };
    let queue = stack.add("OutboxWakeUp", queue);
    tick(stack, context.site, &queue);
    let mapping = EventSourceMapping {
        enabled: set(false),
        event_source_arn: set(queue.arn()),
        batch_size: set(10),
        scaling_config: set(ScalingConfig { maximum_concurrency: set(2) }),
        ..EventSourceMapping::new(alias.alias_arn())
    };
    stack.add("OutboxMapping", mapping);
}

/// One message a minute, so that retries due later are not forgotten when no payment comes.
fn tick(stack: &mut Stack, site: Site<'_>, queue: &Handle<Queue>) {
    let rule = Rule {
        description: set("Wakes the outbox worker each minute"),
        name: set(format!("{}-outbox-tick", site.prefix())),
        schedule_expression: set("rate(1 minute)"),
        state: set(RuleState::Enabled),
        targets: set([Target::new(queue.arn(), "outbox")]),
        ..Rule::default()
    };
    let rule = stack.add("OutboxTick", rule);
    let send = allow(["sqs:SendMessage"], [queue.arn().into()])
        .by_service("events.amazonaws.com")
        .when("ArnEquals", "aws:SourceArn", rule.arn());
    stack
        .add("OutboxWakeUpPolicy", QueuePolicy::new(policy::document([send]), [queue.reference()]));
}

/// What the worker's role needs for Lambda to take messages on its behalf.
pub(crate) fn receive(site: Site<'_>) -> Allow {
    let queue = site.arn("sqs", &site.wake_up_queue());
    let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    allow(actions, [queue.into()])
}
