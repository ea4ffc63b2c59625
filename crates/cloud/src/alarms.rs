//! A Region's alarms: which ring, and whether they call anybody.

use std::time::Duration;

use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};
use fence::RegionName;
use runbook::AlarmNote;

use crate::fault::{Fault, within};
use crate::metrics::CERTIFICATE_DIMENSION;
use crate::site::Site;

/// How many alarms one request may name.
const ALARMS_AT_ONCE: usize = 100;

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alarm {
    pub(crate) name: String,
    /// Its state, in the words of the service.
    pub(crate) state: String,
    /// Whether it calls somebody when it rings.
    pub(crate) calls: bool,
    /// The ARN of the certificate that it watches, if it watches one.
    pub(crate) certificate: Option<String>,
}

fn certificate(alarm: &MetricAlarm) -> Option<String> {
    let mut dimensions = alarm.dimensions().iter();
    let arn = dimensions.find(|dimension| dimension.name() == Some(CERTIFICATE_DIMENSION))?;
    arn.value().map(str::to_owned)
}

impl Alarm {
    /// Whether it rings.
    pub(crate) fn rings(&self) -> bool {
        rings(&self.state)
    }

    /// As it stands in a journal.
    pub(crate) fn note(&self, region: &RegionName) -> AlarmNote {
        let Self { name, state, .. } = self.clone();
        AlarmNote { region: region.to_string(), name, state }
    }
}

/// Whether this state is that of an alarm which rings.
pub(crate) fn rings(state: &str) -> bool {
    state == StateValue::Alarm.as_str()
}

impl Site {
    /// The alarms whose names begin so.
    pub(crate) async fn alarms(&self, prefix: &str, limit: Duration) -> Result<Vec<Alarm>, Fault> {
        let mut alarms = Vec::new();
        let mut token = None;
        loop {
            let asked = self.cloudwatch().await.describe_alarms().alarm_name_prefix(prefix);
            let page = within(limit, asked.set_next_token(token).send()).await?;
            alarms.extend(page.metric_alarms().iter().filter_map(|alarm| {
                Some(Alarm {
                    name: alarm.alarm_name()?.to_owned(),
                    state: alarm.state_value().map_or("UNKNOWN", StateValue::as_str).to_owned(),
                    calls: alarm.actions_enabled().unwrap_or(true),
                    certificate: certificate(alarm),
                })
            }));
            token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(alarms);
            }
        }
    }

    /// Lets these alarms call, or not.
    pub(crate) async fn let_call(
        &self,
        alarms: &[Alarm],
        call: bool,
        limit: Duration,
    ) -> Result<(), Fault> {
        for some in alarms.chunks(ALARMS_AT_ONCE) {
            let names = Some(some.iter().map(|alarm| alarm.name.clone()).collect());
            let client = self.cloudwatch().await;
            if call {
                let asked = client.enable_alarm_actions().set_alarm_names(names).send();
                within(limit, asked).await?;
            } else {
                let asked = client.disable_alarm_actions().set_alarm_names(names).send();
                within(limit, asked).await?;
            }
        }
        Ok(())
    }
}
