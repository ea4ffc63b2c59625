//! The functions of a Region: one stack for each group that the topology names.
//!
//! Both Regions have the same functions with the same reserved and provisioned concurrency, so that a
//! standby takes the whole load with what exists (rule `compute-static-stability`).

use std::collections::BTreeMap;

use cfn::iam::Role;
use cfn::lambda::alias::ProvisionedConcurrencyConfiguration;
use cfn::lambda::function::{
    Code, DeadLetterConfig, Environment, FunctionArchitecture, FunctionRuntime, TracingConfig,
    TracingConfigMode, VpcConfig,
};
use cfn::lambda::{Alias, Function, Version};
use cfn::logs::LogGroup;
use cfn::sqs::Queue;
use cfn::{Asset, Attributes, Handle, Stack, ToJson, Value, assembly, set, sub};
use runbook::ALIAS;
use topology::{Architecture, Function as Model, Runtime};

use crate::environment::environment;
use crate::foundation::Foundation;
use crate::function_role;
use crate::logs::log_group;
use crate::network::Network;
use crate::site::{Site, pascal};
use crate::{Packages, function_alarms, outbox};

/// What a function is built from.
pub(crate) struct Context<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) foundation: &'a Foundation,
    pub(crate) network: &'a Network,
    pub(crate) database_host: Value<String>,
    pub(crate) packages: &'a Packages,
}

pub(crate) fn functions(context: &Context<'_>) -> Vec<Stack> {
    let mut groups: BTreeMap<&str, Vec<&Model>> = BTreeMap::new();
    for function in &context.site.topology.functions {
        groups.entry(&function.group).or_default().push(function);
    }
    groups.into_iter().map(|(name, functions)| group(context, name, &functions)).collect()
}

fn group(context: &Context<'_>, name: &str, functions: &[&Model]) -> Stack {
    let mut stack = context.site.protected_stack(name, "Functions of the Region");
    let dead_letters = dead_letters(&mut stack, context, name);
    for model in functions {
        let alias = function(&mut stack, context, model, &dead_letters);
        function_alarms::function_alarms(&mut stack, context.site, model);
        if model.worker {
            outbox::worker(&mut stack, context, model, &alias);
        }
    }
    stack
}

/// Where events go that a function has failed to handle; nothing about money is only there.
fn dead_letters(stack: &mut Stack, context: &Context<'_>, group: &str) -> Handle<Queue> {
    let name = format!("{}-{}-dead-letters", context.site.prefix(), group.to_ascii_lowercase());
    let queue = Queue {
        queue_name: set(&name),
        kms_master_key_id: set(context.foundation.signals_key.arn()),
        message_retention_period: set(1_209_600),
        ..Queue::default()
    };
    let queue = stack.add_with("DeadLetters", queue, Attributes::retained());
    function_alarms::dead_letter_alarm(stack, context.site, &name, group);
    queue
}

fn function(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    dead_letters: &Handle<Queue>,
) -> Handle<Alias> {
    let logs = function_logs(stack, context, model);
    let role = function_role::function_role(stack, context, model, &logs, dead_letters);
    let made = Made {
        role: &role,
        logs: &logs,
        variables: environment(context, model),
        network: Some(vpc_config(context.network)),
        dead_letters: Some(dead_letters),
        seen_from: context.site,
    };
    publish(stack, context, model, made)
}

/// The group of a function's logs.
pub(crate) fn function_logs(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
) -> Handle<LogGroup> {
    let name = format!("/aws/lambda/{}", context.site.function_name(model));
    let id = format!("{}Logs", pascal(&model.name));
    log_group(stack, context.site, &id, name, context.foundation)
}

/// What a function is made with, beside what the topology says of it.
pub(crate) struct Made<'a> {
    pub(crate) role: &'a Handle<Role>,
    pub(crate) logs: &'a Handle<LogGroup>,
    pub(crate) variables: BTreeMap<String, Value<String>>,
    /// Where it is in the VPC, if it is in it.
    pub(crate) network: Option<VpcConfig>,
    /// Where events go that it failed to handle; none where whoever calls it waits for the answer.
    pub(crate) dead_letters: Option<&'a Handle<Queue>>,
    /// The Region that is "here" in what the version is named after, so that it has one name in both Regions.
    pub(crate) seen_from: Site<'a>,
}

/// The function, its newest version, and the alias on it.
pub(crate) fn publish(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    made: Made<'_>,
) -> Handle<Alias> {
    let id = pascal(&model.name);
    let code = code(stack, context, model);
    let give_up = |queue: &Handle<Queue>| DeadLetterConfig { target_arn: set(queue.arn()) };
    let published = Function {
        function_name: set(context.site.function_name(model)),
        description: set(format!("{} of {}", model.name, context.site.prefix())),
        runtime: set(runtime(model.runtime)),
        handler: set(&model.handler),
        architectures: set([architecture(context)]),
        memory_size: set(i64::from(model.memory_mb)),
        timeout: set(i64::from(model.timeout_seconds)),
        environment: set(Environment { variables: set(made.variables) }),
        dead_letter_config: made.dead_letters.map(|queue| give_up(queue).into()),
        tracing_config: set(TracingConfig { mode: set(TracingConfigMode::Active) }),
        vpc_config: made.network.map(Value::Literal),
        ..Function::new(code, made.role.arn())
    };
    let version = format!("{id}Version{}", made.seen_from.fingerprint(&published.to_json()));
    let reserved = model.reserved_concurrency.map(|count| i64::from(count).into());
    let function = Function { reserved_concurrent_executions: reserved, ..published };
    let function = stack.add_with(&id, function, Attributes::after(made.logs));
    let alias = alias(stack, model, &id, &version, &function);
    stack.output(
        &format!("{id}Arn"),
        "Alias under which the function is invoked",
        alias.alias_arn(),
    );
    alias
}

/// The asset in the Region's own bucket (rule `lambda-artifact-in-own-region`). Without a package the key
/// says what to do, and deployment stops at it.
fn code(stack: &mut Stack, context: &Context<'_>, model: &Model) -> Code {
    let bucket = sub(assembly::asset_bucket());
    let Some(hash) = context.packages.get(&model.name) else {
        stack.warnings.push(format!(
            "function `{}` has no package at `{}`; run `tideover package`, then synth again, before you deploy",
            model.name, model.code
        ));
        let key = format!("{}/run-tideover-package-first.zip", model.name);
        return Code { s3_bucket: set(bucket), s3_key: set(key), ..Code::default() };
    };
    let asset = Asset { hash: hash.clone(), description: format!("code of {}", model.name) };
    let code = Code { s3_bucket: set(bucket), s3_key: set(asset.object_key()), ..Code::default() };
    stack.assets.insert(asset);
    code
}

fn runtime(runtime: Runtime) -> FunctionRuntime {
    match runtime {
        Runtime::ProvidedAl2023 => FunctionRuntime::ProvidedAl2023,
        Runtime::Nodejs22 => FunctionRuntime::Nodejs22X,
        Runtime::Python313 => FunctionRuntime::Python313,
        Runtime::Java21 => FunctionRuntime::Java21,
        Runtime::Ruby34 => FunctionRuntime::Ruby34,
    }
}

fn architecture(context: &Context<'_>) -> FunctionArchitecture {
    match context.site.topology.architecture {
        Architecture::Arm64 => FunctionArchitecture::Arm64,
        Architecture::X86_64 => FunctionArchitecture::X8664,
    }
}

pub(crate) fn vpc_config(network: &Network) -> VpcConfig {
    let subnets: Vec<_> = network.private_subnets.iter().map(Handle::reference).collect();
    VpcConfig {
        subnet_ids: set(subnets),
        security_group_ids: set([network.function_group.group_id()]),
        ..VpcConfig::default()
    }
}

/// The alias that everything invokes, on a version. A version never changes, so its logical id names all that
/// goes into it: with any change comes another version, and the alias moves to it.
fn alias(
    stack: &mut Stack,
    model: &Model,
    id: &str,
    version: &str,
    function: &Handle<Function>,
) -> Handle<Alias> {
    let version = stack.add(version, Version::new(function.reference()));
    let provisioned = model.provisioned_concurrency.filter(|count| *count > 0);
    let provisioned =
        provisioned.map(|count| ProvisionedConcurrencyConfiguration::new(i64::from(count)));
    let alias = Alias {
        description: set("What the API and the queues invoke"),
        provisioned_concurrency_config: provisioned.map(Value::Literal),
        ..Alias::new(function.reference(), version.version(), ALIAS)
    };
    stack.add(&format!("{id}Alias"), alias)
}
