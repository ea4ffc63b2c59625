//! Under which conditions an alarm starts a failover, as the file has them.

use fence::DurationMs;
use serde_json::{Value, json};

/// What an alarm does when nothing stands against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It tells people that a failover would have been started.
    Tell,
    /// It starts a failover, which waits for people to accept the loss.
    Start,
}

impl Manner {
    /// The word for it, in the file and in the function's environment.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Start => "start",
        }
    }

    /// What is done to a failover, or not.
    #[must_use]
    pub const fn done(self) -> &'static str {
        match self {
            Self::Tell => "due",
            Self::Start => "started",
        }
    }
}

/// The conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards {
    /// What comes of it.
    pub manner: Manner,
    /// For how long nobody must have seen the active Region alive. The alarms ring after so long by themselves; the
    /// lease must have been over for so long.
    pub silent: DurationMs,
    /// How long after any run has ended no alarm starts another.
    pub pause_after_run: DurationMs,
    /// How long after an alarm has started a run no alarm starts another.
    pub pause_after_start: DurationMs,
}

impl Guards {
    /// One line of JSON.
    #[must_use]
    pub fn encode(&self) -> String {
        json!({
            "manner": self.manner.as_str(),
            "silent_ms": self.silent.0,
            "pause_after_run_ms": self.pause_after_run.0,
            "pause_after_start_ms": self.pause_after_start.0,
        })
        .to_string()
    }

    /// The conditions that were written so, or what is missing or not as it should be.
    ///
    /// # Errors
    /// When the text is no JSON, or a member is missing or of another kind.
    pub fn decode(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|cause| cause.to_string())?;
        let span = |name: &str| {
            let span = value[name].as_u64().map(DurationMs);
            span.ok_or_else(|| format!("`{name}` is no number"))
        };
        let manner = value["manner"].as_str().unwrap_or_default();
        let manner = [Manner::Tell, Manner::Start].into_iter().find(|one| one.as_str() == manner);
        Ok(Self {
            manner: manner.ok_or("`manner` is neither `tell` nor `start`")?,
            silent: span("silent_ms")?,
            pause_after_run: span("pause_after_run_ms")?,
            pause_after_start: span("pause_after_start_ms")?,
        })
    }
}
