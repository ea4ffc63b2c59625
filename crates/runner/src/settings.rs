//! What the function is told by variables of its environment, which the templates set.

use fence::RegionName;
use runbook::System;
use runbook::automatic::Guards;

/// What the function is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The Region that it is in.
    pub(crate) here: RegionName,
    /// The system whose runs it makes attempts of.
    pub(crate) system: System,
    /// The topic that people are told through.
    pub(crate) people_topic: String,
    /// When an alarm starts a failover; none: never.
    pub(crate) guards: Option<Guards>,
}

/// A variable that is not there, or not as it must be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} must be {wanted}: {found}")]
pub(crate) struct Fault {
    name: &'static str,
    wanted: &'static str,
    found: String,
}

impl Settings {
    /// Reads the variables.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Fault> {
        let text = |name: &'static str, wanted: &'static str| {
            let value = variable(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| Fault { name, wanted, found: "it is not set".to_owned() })
        };
        let wanted = "the system, as the templates write it";
        let system = System::decode(&text("TIDEOVER_SYSTEM", wanted)?);
        let system = system.map_err(|found| Fault { name: "TIDEOVER_SYSTEM", wanted, found })?;
        let wanted = "a home Region of the system";
        let here = RegionName::new(text("AWS_REGION", wanted)?);
        if ![&system.homes.primary, &system.homes.standby].contains(&&here) {
            let found = format!("`{here}` is none");
            return Err(Fault { name: "AWS_REGION", wanted, found });
        }
        let people_topic =
            text("TIDEOVER_PEOPLE_TOPIC_ARN", "the topic that people are told through")?;
        let guards = variable("TIDEOVER_AUTOMATIC").filter(|value| !value.is_empty());
        let guards = guards.map(|text| Guards::decode(&text)).transpose();
        let guards = guards.map_err(|found| {
            let wanted = "when an alarm starts a failover, as the templates write it";
            Fault { name: "TIDEOVER_AUTOMATIC", wanted, found }
        })?;
        Ok(Self { here, system, people_topic, guards })
    }
}
