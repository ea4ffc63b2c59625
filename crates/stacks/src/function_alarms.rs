//! Alarms of functions and their queues, beside what they watch.

use cfn::Stack;
use topology::Function as Model;

use crate::alarm::{Series, Statistic, Threshold, alarm, ratio_alarm};
use crate::site::{Site, pascal};

/// Fewest invocations in five minutes at which a share of errors means something.
const GUARD_INVOCATIONS: u32 = 10;

/// The same for the worker, which is woken five times in five minutes even when nothing happens.
const GUARD_WAKE_UPS: u32 = 3;

pub(crate) fn function_alarms(stack: &mut Stack, site: Site<'_>, model: &Model) {
    let id = pascal(&model.name);
    let series = |metric, statistic| Series {
        namespace: "AWS/Lambda",
        metric,
        dimensions: vec![("FunctionName", site.function_name(model).into())],
        statistic,
        period_seconds: 300,
    };
    let percent = site.topology.monitoring.function_error_percent;
    let shares = (&series("Errors", Statistic::Sum), &series("Invocations", Statistic::Sum));
    let text = format!("More than {percent} % of the calls of {} failed", model.name);
    ratio_alarm(
        stack,
        site,
        &format!("{id}Errors"),
        &text,
        shares,
        if model.worker { GUARD_WAKE_UPS } else { GUARD_INVOCATIONS },
        Threshold::above(percent, 2),
    );
    let throttles = series("Throttles", Statistic::Sum);
    let text = format!("Calls of {} were refused for want of concurrency", model.name);
    alarm(stack, site, &format!("{id}Throttles"), &text, &throttles, Threshold::above(0, 1));
    if let Some(reserved) = model.reserved_concurrency {
        let running = series("ConcurrentExecutions", Statistic::Maximum);
        let text = format!("{} uses over 80 % of its reserved concurrency", model.name);
        let at = Threshold::above(f64::from(reserved) * 0.8, 2);
        alarm(stack, site, &format!("{id}Concurrency"), &text, &running, at);
    }
}

pub(crate) fn dead_letter_alarm(stack: &mut Stack, site: Site<'_>, queue: &str, group: &str) {
    let waiting = Series {
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        dimensions: vec![("QueueName", queue.into())],
        statistic: Statistic::Maximum,
        period_seconds: 300,
    };
    let text = "Events that no function could handle are waiting for a person";
    alarm(stack, site, &format!("{group}DeadLetterDepth"), text, &waiting, Threshold::above(0, 1));
}
