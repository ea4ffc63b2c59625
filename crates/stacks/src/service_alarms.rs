//! Alarms on what the service says of itself. It says so in the Region that works: the other one's silence is
//! health, and nothing here knows which is which.

use cfn::Stack;
use topology::{Function, Runtime};

use crate::alarm::{Series, Statistic, Threshold, alarm, expression_alarm};
use crate::site::Site;
use crate::webhooks::calls_back;

/// Where the service's own numbers are.
pub(crate) const NAMESPACE: &str = "Tideover";

/// The dimension of each of them; its value is the beginning of all names.
pub(crate) const DIMENSION: &str = "Service";

/// Share of the events of five minutes with something left to do, in percent, above which it is no coincidence.
const UNSETTLED_PERCENT: u32 = 20;

/// None for a worker in another language, which says nothing of this.
pub(crate) fn service_alarms(stack: &mut Stack, site: Site<'_>) {
    let ours =
        |function: &&Function| function.worker && function.runtime == Runtime::ProvidedAl2023;
    let Some(worker) = site.topology.functions.iter().find(ours) else { return };
    if calls_back(worker) {
        let disabled = series(site, "EndpointsDisabled", Statistic::Maximum);
        let text =
            "An endpoint failed for days and is called back no more: its owner hears of nothing";
        let at = Threshold::above(0, 1);
        alarm(stack, site, "WebhookEndpointsDisabled", text, &disabled, at);
    }
    let told = series(site, "EventsTold", Statistic::Sum);
    unsettled(stack, site, &told);
    outbox_silence(stack, site, &told);
}

/// What is told of and stays unsettled waits for the processor: it does not answer, or there is none.
fn unsettled(stack: &mut Stack, site: Site<'_>, told: &Series) {
    let settled = series(site, "EventsSettled", Statistic::Sum);
    let expression = "IF(FILL(all, 0) >= 1, 100 * (all - FILL(settled, 0)) / all, 0)".to_owned();
    let series: [(&str, &Series); 2] = [("all", told), ("settled", &settled)];
    let text = format!("Over {UNSETTLED_PERCENT} % of payments and refunds stay posted, unsettled");
    let at = Threshold::above(UNSETTLED_PERCENT, 3);
    expression_alarm(stack, site, "PaymentsNotSettled", &text, (expression, &series), at);
}

/// A Region whose gate is open takes money, and its worker reports each minute, if only that nothing happened.
/// When it does not, the mapping that wakes it was not turned on, or the worker fails.
fn outbox_silence(stack: &mut Stack, site: Site<'_>, told: &Series) {
    let gate = series(site, "GateOpen", Statistic::Maximum);
    let expression = "IF(FILL(gate, 0) > 0 AND FILL(told, -1) < 0, 1, 0)".to_owned();
    let series: [(&str, &Series); 2] = [("gate", &gate), ("told", told)];
    let text = "Payments are taken here, and no worker tells or settles them";
    let at = Threshold::above(0, 3);
    expression_alarm(stack, site, "OutboxSilence", text, (expression, &series), at);
}

fn series(site: Site<'_>, metric: &'static str, statistic: Statistic) -> Series {
    let dimensions = vec![(DIMENSION, site.prefix().into())];
    Series { namespace: NAMESPACE, metric, dimensions, statistic, period_seconds: 300 }
}
