//! What is turned on and off of a Region's functions: event source mappings, and how many invocations may run at once.

use std::time::Duration;

use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use crate::fault::{Fault, within};
use crate::site::Site;

/// An event source of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) uuid: String,
    /// The last part of the event source's ARN.
    pub(crate) name: String,
    pub(crate) state: SourceState,
}

/// How an event source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceState {
    On,
    Off,
    /// It changes, or is made: in the service's word.
    Changing(String),
}

impl SourceState {
    fn of(word: &str) -> Self {
        match word {
            "Enabled" => Self::On,
            "Disabled" => Self::Off,
            other => Self::Changing(other.to_owned()),
        }
    }

    pub(crate) fn is(&self, on: bool) -> bool {
        *self == if on { Self::On } else { Self::Off }
    }
}

impl Site {
    /// The event sources whose names begin so.
    pub(crate) async fn sources(
        &self,
        prefix: &str,
        limit: Duration,
    ) -> Result<Vec<Source>, Fault> {
        let mut sources = Vec::new();
        let mut marker = None;
        loop {
            let asked = self.lambda().await.list_event_source_mappings().set_marker(marker);
            let page = within(limit, asked.send()).await?;
            let mappings = page.event_source_mappings().iter();
            sources.extend(mappings.filter_map(source).filter(|one| one.name.starts_with(prefix)));
            marker = page.next_marker().filter(|marker| !marker.is_empty()).map(str::to_owned);
            if marker.is_none() {
                return Ok(sources);
            }
        }
    }

    /// Turns the event sources whose names begin so on or off; each takes a while to follow.
    pub(crate) async fn turn_all(
        &self,
        prefix: &str,
        on: bool,
        limit: Duration,
    ) -> Result<(), Fault> {
        for source in self.sources(prefix, limit).await? {
            if !source.state.is(on) {
                self.turn(&source, on, limit).await?;
            }
        }
        Ok(())
    }

    async fn turn(&self, source: &Source, on: bool, limit: Duration) -> Result<(), Fault> {
        let asked = self.lambda().await.update_event_source_mapping();
        within(limit, asked.uuid(&source.uuid).enabled(on).send()).await.map(drop)
    }

    /// How many invocations of a function may run at once, if that is bounded.
    pub(crate) async fn at_once(
        &self,
        function: &str,
        limit: Duration,
    ) -> Result<Option<u32>, Fault> {
        let asked = self.lambda().await.get_function_concurrency().function_name(function);
        let answer = within(limit, asked.send()).await?;
        Ok(answer.reserved_concurrent_executions().and_then(|number| u32::try_from(number).ok()))
    }

    /// Bounds them.
    pub(crate) async fn bound(
        &self,
        function: &str,
        at_once: u32,
        limit: Duration,
    ) -> Result<(), Fault> {
        let number = i32::try_from(at_once).unwrap_or(i32::MAX);
        let asked = self.lambda().await.put_function_concurrency().function_name(function);
        within(limit, asked.reserved_concurrent_executions(number).send()).await.map(drop)
    }

    /// What a function is made of, for comparing both Regions' and nothing else.
    pub(crate) async fn make(&self, function: &str, limit: Duration) -> Result<String, Fault> {
        let asked = self.lambda().await.get_function_configuration().function_name(function);
        let made = within(limit, asked.send()).await?;
        let (code, memory) = (made.code_sha256().unwrap_or_default(), made.memory_size());
        let architectures = made.architectures();
        let (time, runtime) = (made.timeout(), made.runtime());
        Ok(format!("{code} {memory:?} {time:?} {runtime:?} {architectures:?}"))
    }
}

fn source(mapping: &EventSourceMappingConfiguration) -> Option<Source> {
    let name = mapping.event_source_arn()?.split(':').nth(5)?;
    Some(Source {
        uuid: mapping.uuid()?.to_owned(),
        name: name.to_owned(),
        state: SourceState::of(mapping.state().unwrap_or("unknown")),
    })
}
