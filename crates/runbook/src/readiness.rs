//! Whether a failover could be done now, and if not why not: decided here for Regions in AWS and on one machine alike.
//! Who looks at them tells what it saw; some requirements only one of the two kinds has, and words itself.

use fence::DurationMs;

use crate::request::Settings;

/// How old the last value of a lag may be: one is sent each minute, and is late by another.
const LAG_AGE_MAX: DurationMs = DurationMs(300_000);

/// Whether a failover could be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What must be so for that.
    pub requirements: Vec<Requirement>,
}

impl Readiness {
    /// Whether everything is so.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.requirements.iter().all(|requirement| requirement.is_met)
    }
}

/// What must be so for a failover, with what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What.
    pub what: &'static str,
    /// Whether it is known to be so.
    pub is_met: bool,
    /// What was seen.
    pub evidence: String,
    /// How old that is.
    pub age: DurationMs,
}

/// What is seen of the control record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its epoch.
    pub epoch: u64,
    /// Whether a Region is active.
    pub is_active: bool,
    /// The run that is open.
    pub run: Option<String>,
}

/// What is seen of how far a database is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// So far, when that was measured so long ago.
    Measured {
        /// How far.
        lag: DurationMs,
        /// How long ago.
        age: DurationMs,
    },
    /// Who measures it is silent; the last that has arrived is so old.
    Arrived {
        /// How old.
        age: DurationMs,
    },
}

impl Requirement {
    /// This, as it is seen now.
    #[must_use]
    pub fn now(what: &'static str, is_met: bool, evidence: impl Into<String>) -> Self {
        Self { what, is_met, evidence: evidence.into(), age: DurationMs::ZERO }
    }

    /// The control record: a run that is open goes first. Else why it is not known.
    #[must_use]
    pub fn record(seen: Result<Held, String>) -> Self {
        let what = "control record";
        match seen {
            Err(said) => Self::now(what, false, said),
            Ok(Held { epoch, run: Some(run), .. }) => {
                Self::now(what, false, format!("epoch {epoch}, run {run} is open"))
            }
            Ok(Held { epoch, is_active, .. }) => {
                Self::now(what, is_active, format!("epoch {epoch}, no run open"))
            }
        }
    }

    /// The ledger of the target: whether it is the writer, or what was said instead of that.
    #[must_use]
    pub fn ledger(target: &str, is_writer: Result<bool, String>) -> Self {
        let what = "ledger of the target";
        match is_writer {
            Err(said) => Self::now(what, false, said),
            Ok(true) => Self::now(what, false, format!("`{target}` is the writer already")),
            Ok(false) => Self::now(what, true, format!("`{target}` follows")),
        }
    }

    /// How far the target's database is behind, or why that is not known. A value from before its writer fell silent
    /// counts for a while: that is what a failover is for.
    #[must_use]
    pub fn lag(seen: Result<Behind, String>) -> Self {
        let (what, most) = ("database lag", Settings::default().database_lag_max);
        match seen {
            Err(said) => Self::now(what, false, said),
            Ok(Behind::Measured { lag, age }) => {
                let evidence = format!("{lag} behind, at most {most} is well");
                Self { what, is_met: lag <= most && age <= LAG_AGE_MAX, evidence, age }
            }
            Ok(Behind::Arrived { age }) => {
                let evidence = "the writer is silent; this is the last that arrived".to_owned();
                Self { what, is_met: age <= LAG_AGE_MAX, evidence, age }
            }
        }
    }

    /// What the API of the target answers.
    #[must_use]
    pub fn api(status: Result<u16, String>) -> Self {
        let evidence = match &status {
            Ok(status) => format!("answers {status}"),
            Err(said) => said.clone(),
        };
        Self::now("API of the target", status == Ok(200), evidence)
    }

    /// The certificate of the target: whether the alarm that watches it rings, or what was said instead of that; and how
    /// many days are left, where that is measured. One that is good for some days still is good for a failover now.
    #[must_use]
    pub fn certificate(rings: Result<Option<bool>, String>, days_left: Option<i64>) -> Self {
        let (is_met, evidence) = match (rings, days_left) {
            (Err(said), _) => (false, said),
            (Ok(_), Some(..1)) => (false, "it expires within a day, or has".to_owned()),
            (Ok(Some(true)), Some(days)) => {
                (true, format!("it expires in {days} days, and its alarm rings"))
            }
            (Ok(_), Some(days)) => (true, format!("it expires in {days} days")),
            (Ok(Some(true)), None) => {
                (false, "its alarm rings: it expires soon, or has".to_owned())
            }
            (Ok(Some(false)), None) => (true, "its alarm is quiet".to_owned()),
            (Ok(None), None) => (false, "no alarm watches it".to_owned()),
        };
        Self::now("certificate of the target", is_met, evidence)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn silent<T>() -> Result<T, String> {
        Err("no answer in time".to_owned())
    }

    fn held(is_active: bool, run: Option<&str>) -> Result<Held, String> {
        Ok(Held { epoch: 7, is_active, run: run.map(str::to_owned) })
    }

    fn measured(lag: u64, age: u64) -> Result<Behind, String> {
        Ok(Behind::Measured { lag: DurationMs(lag), age: DurationMs(age) })
    }

    fn arrived(age: u64) -> Result<Behind, String> {
        Ok(Behind::Arrived { age: DurationMs(age) })
    }

    #[test]
    fn each_requirement_says_what_was_seen() {
        let all = [
            Requirement::record(held(true, None)),
            Requirement::record(held(false, None)),
            Requirement::record(held(true, Some("failover-1"))),
            Requirement::record(silent()),
            Requirement::ledger("us-east-2", Ok(false)),
            Requirement::ledger("us-east-2", Ok(true)),
            Requirement::ledger("us-east-2", silent()),
            Requirement::lag(measured(2_000, 300_000)),
            Requirement::lag(measured(2_001, 0)),
            Requirement::lag(measured(0, 300_001)),
            Requirement::lag(arrived(300_000)),
            Requirement::lag(arrived(300_001)),
            Requirement::lag(silent()),
            Requirement::api(Ok(200)),
            Requirement::api(Ok(429)),
            Requirement::api(silent()),
            Requirement::certificate(Ok(Some(false)), None),
            Requirement::certificate(Ok(Some(false)), Some(212)),
            Requirement::certificate(Ok(Some(false)), Some(0)),
            Requirement::certificate(Ok(Some(true)), None),
            Requirement::certificate(Ok(Some(true)), Some(12)),
            Requirement::certificate(Ok(None), None),
            Requirement::certificate(silent(), None),
        ];
        let told = all.iter().map(|one| {
            let Requirement { what, is_met, evidence, age } = one;
            format!("{what} {is_met}: {evidence} ({age})\n")
        });
        expect![[r#"
            control record true: epoch 7, no run open (0 ms)
            control record false: epoch 7, no run open (0 ms)
            control record false: epoch 7, run failover-1 is open (0 ms)
            control record false: no answer in time (0 ms)
            ledger of the target true: `us-east-2` follows (0 ms)
            ledger of the target false: `us-east-2` is the writer already (0 ms)
            ledger of the target false: no answer in time (0 ms)
            database lag true: 2000 ms behind, at most 2000 ms is well (300000 ms)
            database lag false: 2001 ms behind, at most 2000 ms is well (0 ms)
            database lag false: 0 ms behind, at most 2000 ms is well (300001 ms)
            database lag true: the writer is silent; this is the last that arrived (300000 ms)
            database lag false: the writer is silent; this is the last that arrived (300001 ms)
            database lag false: no answer in time (0 ms)
            API of the target true: answers 200 (0 ms)
            API of the target false: answers 429 (0 ms)
            API of the target false: no answer in time (0 ms)
            certificate of the target true: its alarm is quiet (0 ms)
            certificate of the target true: it expires in 212 days (0 ms)
            certificate of the target false: it expires within a day, or has (0 ms)
            certificate of the target false: its alarm rings: it expires soon, or has (0 ms)
            certificate of the target true: it expires in 12 days, and its alarm rings (0 ms)
            certificate of the target false: no alarm watches it (0 ms)
            certificate of the target false: no answer in time (0 ms)
        "#]]
        .assert_eq(&told.collect::<String>());
        let is_ready = |requirements: &[Requirement]| {
            Readiness { requirements: requirements.to_vec() }.is_ready()
        };
        assert!(is_ready(&all[..1]));
        assert!(!is_ready(&all[..2]));
    }
}
